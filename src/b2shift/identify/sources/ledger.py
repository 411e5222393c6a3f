"""Ledgers: a file that comes again under its name with other days adds to what it said before.

What an earlier delivery said about days that the newer one brings again is replaced; its other days stay, under the
name of the file with those days.
"""

from datetime import date
from pathlib import Path

from b2shift.identify.sources.declaration import Source
from b2shift.identify.sources.delivery import Delivered
from b2shift.identify.sources.reading import Notes, read_notes, stage_name
from b2shift.identify.sources.usage import read_usage_file
from b2shift.lake.api import Session, literal

_PARTS = (("known", "usage_daily", "events"), ("strays", "usage_strays", "stray_events"))

_Days = set[date | None]


def read_ledger_file(session: Session, source: Source, file: Delivered) -> None:
    """Read one file and keep what earlier deliveries of it said about other days; raises what makes it unusable."""
    name = stage_name(source, file.name)
    earlier = {entry: note for entry, note in read_notes(session, source).items() if _of(entry, file.name)}
    parts = {entry: _sorted_out(session, source, entry) for entry in earlier}
    before = session.stages.get(name)
    read_usage_file(session, source, file)
    if not earlier or not session.recomputed(name) or session.stages[name] is before:
        return
    then = {entry: note | parts[entry] for entry, note in earlier.items()}
    today, *days = _days(session, [session.stages[name].notes, *then.values()])
    for (entry, note), its_days in zip(then.items(), days, strict=True):
        _keep(session, source, file.name, entry, note, (its_days, today))


def _sorted_out(session: Session, source: Source, entry: str) -> Notes:
    """Where the partials lie since the customers were last sorted out."""
    stage = session.stages.get(f"sort {source.source}: {entry}")
    return dict(stage.notes) if stage else {}


def _of(entry: str, file: str) -> bool:
    return entry == file or entry.startswith(f"{file} (")


def _keep(session: Session, source: Source, file: str, entry: str, note: Notes, either: tuple[_Days, _Days]) -> None:
    """Hold the days of an earlier delivery that the newer one does not bring; `either`: the days of either."""
    days, today = either
    left = sorted(day for day in days - today if day is not None)
    stage = session.stages.get(stage_name(source, entry)) if entry != file else None
    if stage is not None and left and not days & today:
        return
    if stage is not None:
        session.forget_stage(stage_name(source, entry))
    if left:
        kept = note if not (days & today) else note | _without(session, note, today)
        session.keep_stage(stage_name(source, f"{file} ({left[0]} a {left[-1]})"), kept)


def _days(session: Session, notes: list[Notes]) -> list[_Days]:
    """The days that each of some files speaks of."""
    every = " UNION ALL ".join(
        f"SELECT {place} AS place, day FROM {_parquet(session, str(note[part]))}"
        for place, note in enumerate(notes) for part, _, _ in _PARTS
    )  # fmt: skip
    found: list[_Days] = [set() for _ in notes]
    for place, day in session.connection.execute(f"SELECT DISTINCT place, day FROM ({every})").fetchall():
        found[place].add(day)
    return found


def _without(session: Session, note: Notes, today: _Days) -> Notes:
    """The parts of a delivery without the days another one brings."""
    gone = ", ".join(f"DATE '{day}'" for day in sorted(day for day in today if day is not None))
    parts: Notes = {}
    for part, table, events in _PARTS:
        target = session.new_file(table)
        rows = f"(SELECT * FROM {_parquet(session, str(note[part]))} WHERE day IS NULL OR day NOT IN ({gone}))"
        session.connection.execute(f"COPY {rows} TO {literal(target)} (FORMAT parquet, COMPRESSION zstd)")
        parts[part] = str(Path(target).relative_to(session.store.root))
        parts[events] = int(session.connection.execute(f"SELECT coalesce(sum(events), 0) FROM {rows}").fetchall()[0][0])
    return parts | {"rows": parts["events"] + parts["stray_events"], "accidents": [], "repairs": [], "keys": []}


def _parquet(session: Session, part: str) -> str:
    return f"read_parquet({literal(session.store.root / part)})"
