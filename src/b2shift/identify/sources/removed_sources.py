"""What a deleted or changed declaration no longer fills: its rows leave the tables with the next run."""

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from b2shift.identify.sources.declaration import Source
from b2shift.identify.sources.declarations import tables
from b2shift.lake.api import Session
from b2shift.lake.contracts import StageVersion

_CLEAN = "clean "


def clean_stage(source: Source) -> str:
    """The stage that cleanses a source."""
    return f"{_CLEAN}{source.source}"


def tally_stage(source: Source, file: str) -> str:
    """The stage that keeps the sums of a file."""
    return f"tally {source.source}: {file}"


def forget_removed(session: Session, sources: Iterable[Source]) -> None:
    """Forget what reading and cleansing kept of sources that nobody declares any more, as delivered rows included."""
    declared = {source.source for source in sources}
    for gone in {name.removeprefix(_CLEAN) for name in session.stages if name.startswith(_CLEAN)} - declared:
        for name in session.stages:
            if (
                name == f"{_CLEAN}{gone}"
                or name == f"quarantine {gone}"
                or name.startswith((f"read {gone}: ", f"tally {gone}: "))
            ):
                session.forget_stage(name)
        session.drop(f"raw_{gone}")


def lost_a_source(session: Session, table: str) -> bool:
    """Whether a source whose rows the table had in the version before fills it no more."""
    now = _parts(session.stages)
    before = _parts(session.base.stages if session.base else {})
    return any(table in names and table not in now.get(source, ()) for source, names in before.items())


def drop_unfed(session: Session, fed: Collection[str]) -> None:
    """Leave out the tables of their own that sources no longer fill."""
    before = _parts(session.base.stages if session.base else {}).values()
    for name in {name for names in before for name in names} - {spec.name for spec in tables()} - set(fed):
        session.drop(name)


def _parts(stages: Mapping[str, StageVersion]) -> dict[str, set[str]]:
    """Source → the tables its cleansing made a part of."""
    notes: dict[str, Any] = {name.removeprefix(_CLEAN): dict(stage.notes) for name, stage in stages.items()
                             if name.startswith(_CLEAN)}  # fmt: skip
    return {source: set(note.get("parts", ())) for source, note in notes.items()}
