"""Telemetry files into `usage_daily`, each file once; partials of unknown customers wait beside it."""

from hashlib import blake2b
from pathlib import Path

from b2shift.identify.sources.declaration import Source
from b2shift.identify.sources.declarations import tables
from b2shift.identify.sources.delivery import Delivered
from b2shift.identify.sources.reading import Notes, read_if_changed, read_notes, stage_name
from b2shift.identify.sources.telemetry import read_telemetry, write_partials
from b2shift.lake.api import Session, literal
from b2shift.lake.contracts import StageVersion

CODE_VERSION = 3
_PARTS = ("content", "customers", "known", "strays", "events", "stray_events")


def read_usage_file(session: Session, source: Source, file: Delivered) -> None:
    """Aggregate one file when its content changed; raises SourceError or SchemaError."""

    def partials(path: Path, _previous: StageVersion | None) -> Notes:
        known, strays = session.new_file("usage_daily"), session.new_file("usage_strays")
        usage = read_telemetry(session, source, file.name, path, known, strays)
        customers = session.info("known_customers").fingerprint
        parts = {"known": _place(session, known), "strays": _place(session, strays)}
        return usage.notes() | parts | {"customers": customers}

    read_if_changed(session, source, file, CODE_VERSION, partials)


def _place(session: Session, path: object) -> str:
    return str(path).removeprefix(f"{session.store.root}/")


def register_usage(session: Session, source: Source) -> None:
    """Name the partials of all files as `usage_daily` and `usage_strays`; when who is a customer has changed, they are
    sorted out again, without the files."""
    notes = read_notes(session, source)
    if not notes:
        return
    parts = {file: _sorted(session, source, file, note) for file, note in notes.items()}
    touched = any(session.recomputed(stage_name(source, f)) or session.recomputed(_sorting(source, f)) for f in notes)
    if not touched and session.has(source.table):
        return
    for table, part in ((source.table, "known"), ("usage_strays", "strays")):
        files = [session.store.root / str(note[part]) for note in parts.values()]
        key = blake2b(
            repr([(f, notes[f]["content"], p["customers"]) for f, p in parts.items()]).encode(), digest_size=16
        )
        session.adopt(tables()[table], files, key.hexdigest())


def usage_parts(session: Session, source: Source) -> dict[str, Notes]:
    """File name → its two Parquet files and how many events each holds."""
    return {file: dict(session.stages[_sorting(source, file)].notes) for file in read_notes(session, source)}


def _sorting(source: Source, file: str) -> str:
    return f"sort {source.source}: {file}"


def _sorted(session: Session, source: Source, file: str, read: Notes) -> Notes:
    """The parts of one file as they are for today's customers."""
    customers = session.info("known_customers").fingerprint
    before = session.stages.get(_sorting(source, file))
    parameters = (CODE_VERSION, read["content"])
    with session.stage(_sorting(source, file), inputs=["known_customers"], parameters=parameters) as stage:
        if stage.stale:
            parts = read if before is None or session.recomputed(stage_name(source, file)) else before.notes
            if parts["customers"] != customers:
                again = _sort_again(session, parts) if _moved(session, parts) else {}
                parts = parts | again | {"customers": customers}
            stage.notes |= {fact: parts[fact] for fact in _PARTS}
        return dict(stage.notes)


def _both(session: Session, parts: Notes) -> tuple[str, str]:
    known, strays = (f"read_parquet({literal(session.store.root / str(parts[p]))})" for p in ("known", "strays"))
    return known, strays


def _moved(session: Session, parts: Notes) -> bool:
    """Whether a stray became a customer, or a customer nobody."""
    known, strays = _both(session, parts)
    row = session.connection.execute(
        f"SELECT EXISTS (SELECT 1 FROM {strays} SEMI JOIN known_customers USING (customer_id)), "
        f"EXISTS (SELECT 1 FROM {known} ANTI JOIN known_customers USING (customer_id))"
    ).fetchall()[0]
    return bool(row[0] or row[1])


def _sort_again(session: Session, parts: Notes) -> Notes:
    known, strays = _both(session, parts)
    everything = f"(SELECT * FROM {known} UNION ALL SELECT * FROM {strays})"
    targets = session.new_file("usage_daily"), session.new_file("usage_strays")
    events = write_partials(session, everything, *targets)
    return {"known": _place(session, targets[0]), "strays": _place(session, targets[1]), "events": events[0],
            "stray_events": events[1]}  # fmt: skip
