"""Lines as they were delivered, each where it stands today: in the files of the deliveries that first brought them."""

from collections.abc import Collection, Mapping, Sequence

from b2shift.identify.sources.declaration import Source
from b2shift.identify.sources.incremental_lines import PLACES
from b2shift.identify.sources.reading import read_notes, stored_rows
from b2shift.lake.api import Session, TableFiles, literal
from b2shift.lake.contracts import ROW_CONTENT


def lines_as_delivered(session: Session, source: Source) -> str:
    """SQL of the rows of `raw_<source>`, each with its content as `_hash` and where it stands in its file today."""
    parts = _parts(session, source)
    return f"({_placed(source, _named(session, parts))})" if parts else _held(session, session.info(source.raw_table))


def fetch_lines(
    session: Session, source: Source, table: str, among: str, columns: str = "*", besides: Collection[str] = ()
) -> None:
    """Make a temporary table of the lines of `lines_as_delivered` that say a content of the table `among`.

    `columns`: `_file`, `_row`, `_line` and `_hash` among them; `besides`: files whose lines are left out. Where they
    stand is asked of these few only.
    """
    execute, lines = session.connection.execute, session.info(source.raw_table)
    if not execute(f"SELECT EXISTS (FROM {among})").fetchall()[0][0]:
        none = f"(SELECT * FROM {_held(session, TableFiles(files=lines.files[:1]))} LIMIT 0)"
        execute(f"CREATE OR REPLACE TEMP TABLE {table} AS SELECT {columns} FROM {none}")
        return
    parts = {file: place for file, place in _parts(session, source).items() if file not in besides}
    rest = tuple(file for file in lines.files if file not in besides)
    rows = (
        _named(session, parts, among) if parts else _held(session, TableFiles(files=rest, without=lines.without), among)
    )
    selected = f"_part, {columns}" if parts and columns != "*" else columns
    execute(f"CREATE OR REPLACE TEMP TABLE {table} AS SELECT {selected} FROM {rows}")
    if parts:
        execute(f"CREATE OR REPLACE TEMP TABLE {table} AS {_placed(source, table)}")


def lines_of_files(session: Session, files: Sequence[str]) -> str:
    """SQL of the rows of files that this load wrote, which stand where they say, each with its content as `_hash`."""
    return _held(session, TableFiles(files=tuple(files)))


def _parts(session: Session, source: Source) -> dict[str, tuple[int, str | None]]:
    """File with lines → its place among those of its delivered file, and the list beside it; none where all lines stand
    where they say."""
    notes = read_notes(session, source).values()
    if not any(note.get("places") for note in notes):
        return {}
    stored = map(stored_rows, notes)
    return {file: (nth, one.without.get(file)) for one in stored for nth, file in enumerate(one.files)}


def _held(session: Session, stored: TableFiles, among: str = "") -> str:
    return f"(SELECT * RENAME ({ROW_CONTENT} AS _hash) FROM {session.rows(stored, among)})"


def _named(session: Session, parts: Mapping[str, tuple[int, str | None]], among: str = "") -> str:
    """SQL of the rows of files, each with the place of its file as `_part`."""
    rows = [
        (nth, TableFiles(files=(file,), without={file: gone} if gone else {})) for file, (nth, gone) in parts.items()
    ]
    selects = (f"SELECT {nth} AS _part, * FROM {_held(session, stored, among)}" for nth, stored in rows)
    return f"({' UNION ALL BY NAME '.join(selects)})"


def _placed(source: Source, rows: str) -> str:
    """SQL of rows with a `_part`, each where it stands today: by the last run of lines that begins by then, where
    that is long enough."""
    row, line = (
        f"CASE WHEN r._row < p.first + p.rows THEN p.{name} + r._row - p.first ELSE r._{name} END AS _{name}"
        for name in ("row", "line")
    )
    return (
        f"SELECT r.* EXCLUDE (_part) REPLACE ({row}, {line}) FROM {rows} AS r "
        f"ASOF LEFT JOIN (FROM {PLACES} WHERE source = {literal(source.source)}) AS p "
        "ON p.file = r._file AND p.part = r._part AND r._row >= p.first"
    )
