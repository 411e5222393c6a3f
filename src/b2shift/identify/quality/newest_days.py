"""The newest day of a source, in the version that serves and in this load."""

from datetime import date

from b2shift.identify.sources.cleansed import clean_notes
from b2shift.identify.sources.declaration import Source
from b2shift.identify.sources.gone import clean_stage
from b2shift.lake.api import Session


def moved_from(session: Session, source: Source) -> tuple[date, date] | None:
    """The newest day of a source in the version that serves, and in this load; None when this load brought nothing."""
    before = session.base.stages.get(clean_stage(source)) if session.base else None
    notes = clean_notes(session, source)
    told = (before.notes.get("newest") if before else None, notes.get("newest"))
    if notes.get("load") != session.version or not all(told):
        return None
    served, brought = (date.fromisoformat(str(day)) for day in told)
    return served, brought
