"""`loads`: what each file was, and what became of its rows."""

from dataclasses import asdict, dataclass
from typing import Any

from b2shift.identify.sources.cleansing_stage import clean_notes
from b2shift.identify.sources.declaration import Load, Reader, Source
from b2shift.identify.sources.declarations import load, rows_of, tables
from b2shift.identify.sources.reading import read_notes, stage_name
from b2shift.identify.sources.removed_sources import clean_stage
from b2shift.identify.sources.usage import usage_parts
from b2shift.lake.api import Session

CODE_VERSION = 2
Row = dict[str, Any]
_KEPT = "não veio nesta entrega; valem as linhas da "
"""What is told of a file that did not come; the version that brought it follows."""


@dataclass(frozen=True)
class Outcome:
    """What became of one file of this delivery."""

    source: str
    file: str
    bytes: int
    status: str
    message: str


def write_loads(session: Session, sources: tuple[Source, ...], outcomes: list[Outcome]) -> None:
    """One row per file the lake holds, that failed, that is missing, or that nobody declared.

    A file that this delivery did not bring, and whose rows are those of before, is told to be kept.
    """
    rows: dict[str, Row] = {}
    came = {outcome.file for outcome in outcomes}
    since = _kept_since(session)
    own = {source.source for source in load(session.store.root.parent / "sources")}
    for source in sources:
        for file, note in read_notes(session, source).items():
            rows[file] = _loaded(session, source, file, note)
            if file not in came and source.load is Load.SNAPSHOT:
                rows[file] |= {"status": "kept", "message": _KEPT + since.get(file, since[""])}
        if absent := _missing(source, rows, outcomes, own):
            rows[str(absent["file"])] = absent
    for outcome in outcomes:
        if outcome.message:
            rows[outcome.file] = {**rows.get(outcome.file, {}), **asdict(outcome)}
    ordered = sorted(rows.values(), key=lambda row: (row["source"], row["file"]))
    timeless = [{name: value for name, value in row.items() if name != "seconds"} for row in ordered]
    with session.stage("loads", parameters=(CODE_VERSION, repr(timeless))) as stage:
        if stage.stale:
            session.write(tables()["loads"], rows_of("loads", ordered))


def _kept_since(session: Session) -> dict[str, str]:
    """File that was not in the last delivery either → the version that brought it; else (empty) the last version."""
    base = session.base
    found = {"": f"versão {base.version} (dados até {base.as_of:%d/%m/%Y})" if base else "versão anterior"}
    if session.has("loads"):
        kept = session.query("SELECT file, message FROM loads WHERE status = 'kept'").to_pylist()
        found |= {row["file"]: row["message"].removeprefix(_KEPT) for row in kept}
    return found


def write_history(session: Session, sources: tuple[Source, ...]) -> None:
    """Add one row to `load_history` for each source that this load brought something new of."""
    rows = [_brought(session, source) for source in sources if _moved_now(session, source)]
    spec = tables()["load_history"]
    if not rows and session.has(spec.name):
        return
    earlier = session.query("SELECT * FROM load_history").to_pylist() if session.has(spec.name) else []
    session.write(spec, rows_of(spec.name, [*earlier, *rows]), sort_by=["load", "source"])


def _moved_now(session: Session, source: Source) -> bool:
    if source.reader is Reader.TELEMETRY:
        return any(session.recomputed(stage_name(source, file)) for file in read_notes(session, source))
    notes = clean_notes(session, source)
    return session.recomputed(clean_stage(source)) and notes.get("load") == session.version


def _brought(session: Session, source: Source) -> Row:
    files = {file: _loaded(session, source, file, note) for file, note in read_notes(session, source).items()}
    row: Row = {"load": session.version, "source": source.source, "files": len(files)}
    for name in ("rows_read", "rows_accepted", "rows_rejected", "values_repaired"):
        row[name] = sum(facts[name] for facts in files.values())
    if source.reader is Reader.TELEMETRY:
        fresh = [file for file in files if session.recomputed(stage_name(source, file))]
        new = sum(files[file]["rows_accepted"] for file in fresh)
        return row | {"rows_new": new, "rows_unchanged": row["rows_accepted"] - new}
    return row | {f"rows_{kind}": count for kind, count in clean_notes(session, source)["moved"].items()}


def _loaded(session: Session, source: Source, file: str, note: Row) -> Row:
    stage = session.stages[stage_name(source, file)]
    row: Row = {
        "source": source.source, "file": file, "bytes": note["bytes"], "content_hash": note["content"],
        "status": "loaded", "message": "", "encoding": note["encoding"], "new_columns": note["new_columns"],
        "seconds": round(stage.seconds, 3),
    }  # fmt: skip
    accidents = len(note["accidents"])
    if source.reader is Reader.TELEMETRY:
        part = usage_parts(session, source)[file]
        return row | {
            "date_order": note["date_order"], "date_evidence": note["date_evidence"],
            "decimal_mark": note["decimal_mark"], "rows_read": part["events"] + part["stray_events"] + accidents,
            "rows_accepted": part["events"], "rows_rejected": part["stray_events"] + accidents,
            "values_repaired": len(note["repairs"]) + sum(events for _, _, events in note["keys"]),
        }  # fmt: skip
    facts = clean_notes(session, source).get("files", {}).get(file, {})
    return row | {
        "date_order": facts.get("date_order"), "date_evidence": facts.get("date_evidence"),
        "decimal_mark": facts.get("decimal_mark"), "rows_read": note["rows"] + accidents,
        "rows_accepted": facts.get("accepted", 0),
        "rows_rejected": facts.get("refused", 0) + note["broken"] + accidents,
        "values_repaired": facts.get("repaired", 0),
    }  # fmt: skip


def _missing(source: Source, rows: dict[str, Row], outcomes: list[Outcome], own: set[str]) -> Row | None:
    """A row for what a whole delivery has and neither this one nor an earlier one brought.

    A house with sources of its `own` is expected to bring those and what it ever brought, not all that is built in.
    """
    there = {o.file for o in outcomes if o.source == source.source}
    there |= {row["file"] for row in rows.values() if row["source"] == source.source}
    if len(there) >= source.expected or (own and source.source not in own and not there):
        return None
    lacks = source.expected - len(there)
    message = "o arquivo não veio" if source.expected == 1 else f"faltam {lacks} de {source.expected} arquivos"
    return {"source": source.source, "file": source.files, "bytes": None, "status": "missing", "message": message}
