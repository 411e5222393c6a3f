"""High-water marks of a source: its newest day in the served version and in this load."""

from datetime import date

from b2shift.identify.sources.cleansing_stage import clean_notes
from b2shift.identify.sources.declaration import Source
from b2shift.identify.sources.removed_sources import clean_stage
from b2shift.lake.api import Session


def watermarks(session: Session, source: Source) -> tuple[date, date] | None:
    """(served, loaded) newest day of a source; None when this load has nothing of it or either is unknown."""
    before = session.base.stages.get(clean_stage(source)) if session.base else None
    notes = clean_notes(session, source)
    marks = (before.notes.get("newest") if before else None, notes.get("newest"))
    if notes.get("load") != session.version or not all(marks):
        return None
    served, loaded = (date.fromisoformat(str(day)) for day in marks)
    return served, loaded
