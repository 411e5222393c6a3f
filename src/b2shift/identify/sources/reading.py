"""Files of rows into `raw_<source>`, each file once: what has not changed is not opened."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict
from hashlib import blake2b
from pathlib import Path
from typing import Any

import pyarrow.parquet as parquet

from b2shift.identify.cleansing.table_parts import files_exist, files_of_note
from b2shift.identify.sources.declaration import Reader, Source
from b2shift.identify.sources.declarations import raw_spec, rows_of, tables
from b2shift.identify.sources.delivery import Delivered, forget
from b2shift.identify.sources.incremental_lines import PLACES, LinesBefore, keeps_known_lines, write_places
from b2shift.identify.sources.raw_rows import read_rows
from b2shift.identify.sources.refit import refit
from b2shift.kernel.errors import SourceError
from b2shift.lake.api import Session, Stage, TableFiles
from b2shift.lake.contracts import StageVersion

CODE_VERSION = 7
_RUNS_SINCE = 7
Notes = dict[str, Any]


def read_file(session: Session, source: Source, file: Delivered) -> None:
    """Read one file of rows when its content or its declaration changed; raises SourceError or SchemaError."""

    def rows(path: Path, previous: StageVersion | None) -> Notes:
        before = _known_lines(session, source, previous)
        return asdict(read_rows(session, source, file.name, path, session.new_file(source.raw_table), before))

    read_if_changed(session, source, file, CODE_VERSION, rows)


def read_if_changed(
    session: Session, source: Source, file: Delivered, code: int, read: Callable[[Path, StageVersion | None], Notes]
) -> None:
    """Note what `read` finds in a file (`rows` among it), unless the same `code` has read it as it is and as it is
    declared. `read` gets where the file lies and what reading it gave before."""
    if _unchanged(session, source, file, code):
        return
    path = file.opened(session.scratch)
    content = file.content_hash(path)
    try:
        with session.stage(stage_name(source, file.name), parameters=(code, declared(source), content)) as stage:
            if not stage.stale:
                return
            found = read(path, stage.previous)
            _keep_what_there_was(stage, file, found["rows"])
            stage.notes |= found | {
                "sign": file.sign, "content": content, "declared": declared(source), "bytes": file.bytes, "code": code,
            }  # fmt: skip
    finally:
        forget(path, session.scratch)


def stored_rows(note: Mapping[str, Any]) -> TableFiles:
    """Where the rows of a file lie, as reading it noted; older releases had them in one file."""
    return files_of_note(note["held"] if "held" in note else note["parquet"])


def _known_lines(session: Session, source: Source, previous: StageVersion | None) -> TableFiles | None:
    """The rows of the delivery before, when they were read as they would be today and are worth looking through."""
    notes = previous.notes if previous is not None else {}
    same = [notes.get(name) for name in ("code", "declared")] == [CODE_VERSION, declared(source)]
    if not same or not keeps_known_lines(source, int(str(notes["rows"]))):
        return None
    held = stored_rows(notes)
    return held if files_exist(session, held) else None


def _keep_what_there_was(stage: Stage, file: Delivered, rows: int) -> None:
    """An export that failed leaves a file without rows: it does not empty what an earlier delivery filled."""
    if rows == 0 and stage.previous is not None and stage.previous.notes["rows"]:
        raise SourceError(
            "O arquivo só tem o cabeçalho", value=file.name, hint="Valem as linhas da entrega anterior; peça outro"
        )


def stage_name(source: Source, file: str) -> str:
    """The stage that reads a file."""
    return f"read {source.source}: {file}"


def read_notes(session: Session, source: Source) -> dict[str, Notes]:
    """File name → what reading it found, for every file of the source the lake holds."""
    prefix = stage_name(source, "")
    return {
        name.removeprefix(prefix): dict(stage.notes)
        for name, stage in sorted(session.stages.items()) if name.startswith(prefix)
    }  # fmt: skip


def declared(source: Source) -> str:
    """What reading depends on in a declaration."""
    parts: tuple[object, ...] = (
        source.encoding,
        source.separator,
        source.reader,
        [(c.header, c.name, c.aliases, c.required) for c in source.columns],
    )
    if source.reader is Reader.EXCEL:  # a number in a column of days is a day
        parts += (source.sheet, [c.kind for c in source.columns])
    if source.reader is Reader.SQL:
        parts += (source.query,)
    return blake2b(repr(parts).encode(), digest_size=8).hexdigest()


def _unchanged(session: Session, source: Source, file: Delivered, code: int) -> bool:
    """Whether the file is, by its quick sign, the one that was read the same way, by the same code, before."""
    stage = session.stages.get(stage_name(source, file.name))
    if stage is None or not file.sign:
        return False
    before = [stage.notes.get(name) for name in ("sign", "declared", "code")]
    return before == [file.sign, declared(source), code]


def register_raw(session: Session, source: Source) -> None:
    """Name the files of the source as one table, when any of them is new."""
    notes = read_notes(session, source)
    if not notes:
        return
    now = declared(source)
    old = [file for file, note in notes.items() if note["declared"] != now or "held" not in note]
    fitted = [file for file in old if refit(session, source, stage_name(source, file), notes[file])]
    touched = any(session.recomputed(stage_name(source, file)) for file in notes)
    notes = read_notes(session, source) if fitted else notes
    if touched or fitted or not session.has(source.raw_table):
        held = [stored_rows(note) for note in notes.values()]
        files = [session.store.root / file for one in held for file in one.files]
        without = {file: gone for one in held for file, gone in one.without.items()}
        contents = [(file, note["content"], note["declared"], note.get("code")) for file, note in notes.items()]
        key = blake2b(repr(contents).encode(), digest_size=16)
        session.adopt(raw_spec(source), files, key.hexdigest(), without=without)


def register_places(session: Session, sources: Iterable[Source]) -> None:
    """Name the lists of the lines that stand elsewhere today as `line_places`."""
    spec = tables()[PLACES]
    anew = [_taken_on(session, s, f, note) for s in sources for f, note in read_notes(session, s).items()]
    notes = [(s, f, n) for s in sources for f, n in read_notes(session, s).items()]
    parts = {(s.source, f): str(n["places"]) for s, f, n in notes if n.get("places")}
    as_declared = session.has(spec.name) and session.info(spec.name).spec.columns == spec.columns
    if as_declared and not any(anew) and not any(session.recomputed(stage_name(s, f)) for s, f, _note in notes):
        return
    key = blake2b(repr(sorted(parts.items())).encode(), digest_size=16).hexdigest()
    if parts:
        session.adopt(spec, [session.store.root / part for part in parts.values()], key)
    elif not as_declared or session.info(spec.name).rows:
        session.write(spec, rows_of(spec.name, []), content_key="empty")


def _taken_on(session: Session, source: Source, file: str, note: Notes) -> bool:
    """Whether places of a file were noted line by line, as older releases did, and are now noted run by run."""
    if not note.get("places") or note["code"] >= _RUNS_SINCE:
        return False
    told = parquet.read_table(session.store.root / str(note["places"]))
    if "content" not in told.column_names:
        return False
    before = LinesBefore(session, stored_rows(note))
    told = told.sort_by("row")
    rows, lines, contents = (told.column(name).to_numpy() for name in ("row", "line", "content"))
    nth = before.contents.find(contents)
    there = nth >= 0
    places = write_places(session, source, file, before, (nth[there], rows[there], lines[there]))
    session.keep_stage(stage_name(source, file), {**note, "places": places})
    return True
