"""Lines that were delivered before stay in the file they are in: what is new is written beside them.

A line is known by its content, a number made of its text and of the form of its file. One that stands elsewhere today
is told in `line_places`; one that a delivery says twice, or said twice before, is written again.
"""

from collections.abc import Callable, Collection, Sequence
from typing import NamedTuple

import numpy as np
import pyarrow as pa

from b2shift.identify.cleansing.parts import LEAST, drop_temporary, write_beside
from b2shift.identify.sources.declaration import Source
from b2shift.identify.sources.declarations import raw_spec
from b2shift.lake.api import Held, Session, literal
from b2shift.lake.contracts import ROW_CONTENT

LINES = "_lines"
"""What the engine reads a file as: `_row`, `_line`, `_text`."""
PLACES = "line_places"
_TEMPORARY = ("_before", "_seen", "_said_twice", "_left")


class Lying(NamedTuple):
    """Where the rows of a file lie, the part of `line_places` with those that stand elsewhere today, its last row."""

    rows: Held
    places: str | None
    last: int


def content_of(text: str, form: str) -> str:
    """SQL: what a line says, as a number; the same line of a file of another form says something else.

    The engine's `hash` of a text is the same for two that differ in two letters eight places apart ("MG" and "Mg" as
    well as "ate" and "Ate"), which changed lines do; its MD5 is not.
    """
    return f"hash(md5_number({text}), {literal(form)})"


def worth_knowing(source: Source, rows: int) -> bool:
    """Whether lines of an earlier delivery are looked for; rows that are persons are written whole, so that nobody who
    was withdrawn stays in a file."""
    return rows >= LEAST and raw_spec(source).person is None


def keep_lines(
    session: Session, source: Source, file: str, before: Held, form: str, statement: Callable[[str], str]
) -> Lying:
    """Write the lines of `LINES` that `before` has not, as `statement` makes rows of them."""
    connection, old = session.connection, session.rows(before)
    try:
        known = connection.execute(
            f"CREATE OR REPLACE TEMP TABLE _before AS SELECT {ROW_CONTENT}, _row, _line FROM {old} "
            f"WHERE {ROW_CONTENT} IS NOT NULL"
        ).fetchall()[0][0]
        connection.execute(f"""
            CREATE OR REPLACE TEMP TABLE _seen AS
            SELECT l.{ROW_CONTENT}, l._row, l._line, o.rowid AS nth, o._row <> l._row OR o._line <> l._line AS moved,
                   CASE WHEN o.rowid IS NULL THEN l._text END AS _text
            FROM (SELECT *, {content_of("_text", form)} AS {ROW_CONTENT} FROM {LINES}) AS l
            LEFT JOIN _before AS o USING ({ROW_CONTENT})
        """)
        again = _tell_apart(session, known)
        connection.execute(f"CREATE OR REPLACE TEMP VIEW _fresh AS {_fresh(old, statement, again=again)}")
        rows = write_beside(session, raw_spec(source), before)
        last = connection.execute("SELECT coalesce(max(_row), -1) FROM _seen").fetchall()[0][0]
        return Lying(rows, _written_places(session, source, file), int(last))
    finally:
        connection.execute("DROP VIEW IF EXISTS _fresh")
        drop_temporary(connection, _TEMPORARY)


def _tell_apart(session: Session, before: int) -> bool:
    """Make `_said_twice` of the contents that are said more than once, today or before, of those that both say, and
    `_left` of the contents of `_before`, so many rows, that do not hold; whether any is said twice.

    Which line of before each known one is follows from the join: to count places costs a tenth of counting contents.
    """
    connection = session.connection
    places = "SELECT CAST(nth AS INTEGER) AS nth, CAST(_row AS INTEGER) AS row FROM _seen WHERE nth IS NOT NULL"
    known = connection.execute(places).fetchnumpy()
    nth, row = known["nth"], known["row"]
    doubtful = (np.bincount(nth) > 1)[nth] | (np.bincount(row) > 1)[row]
    gone = np.ones(before, bool)
    gone[nth[~doubtful]] = False
    for table, numbers in (("_said_twice", np.unique(nth[doubtful])), ("_left", np.flatnonzero(gone))):
        connection.register("_numbers", pa.table({"nth": numbers}))
        connection.execute(
            f"CREATE OR REPLACE TEMP TABLE {table} AS SELECT DISTINCT {ROW_CONTENT} FROM _before "
            "WHERE rowid IN (SELECT nth FROM _numbers)"
        )
        connection.unregister("_numbers")
    return bool(doubtful.any())


def _fresh(old: str, statement: Callable[[str], str], *, again: bool) -> str:
    """SQL: the lines nobody knows, and those known ones that are said twice."""
    new = statement("(SELECT _row, _line, _text FROM _seen WHERE _text IS NOT NULL)")
    if not again:
        return new
    twice = f"SEMI JOIN _said_twice USING ({ROW_CONTENT})"
    return (
        f"{new} UNION ALL BY NAME SELECT o.* REPLACE (s._row AS _row, s._line AS _line) "
        f"FROM (SELECT DISTINCT ON ({ROW_CONTENT}) * FROM {old} {twice}) AS o "
        f"JOIN (SELECT DISTINCT {ROW_CONTENT}, _row, _line FROM _seen {twice}) AS s USING ({ROW_CONTENT})"
    )


def _written_places(session: Session, source: Source, file: str) -> str | None:
    moved = f"FROM _seen ANTI JOIN _said_twice USING ({ROW_CONTENT}) WHERE moved"
    if not session.connection.execute(f"SELECT EXISTS (SELECT 1 {moved})").fetchall()[0][0]:
        return None
    target = session.new_file(PLACES)
    session.connection.execute(
        f"COPY (SELECT {literal(source.source)} AS source, {literal(file)} AS file, _row AS row, _line AS line, "
        f"{ROW_CONTENT} AS content {moved}) TO {literal(target)} "
        "(FORMAT parquet, COMPRESSION zstd, COMPRESSION_LEVEL 1)"
    )
    return str(target.relative_to(session.store.root))


def lines_as_delivered(session: Session, source: Source) -> str:
    """SQL of the rows of `raw_<source>`, each with its content as `_hash` and where it stands in its file today."""
    rows = _named(session, session.info(source.raw_table))
    if not _moved(session):
        return rows
    return f"({_placed(source, rows, PLACES)})"


def take_lines(
    session: Session, source: Source, table: str, among: str, columns: str = "*", besides: Collection[str] = ()
) -> None:
    """Make a temporary table of the lines of `lines_as_delivered` that say a content of the table `among`.

    `columns`: `_file`, `_row`, `_line` and `_hash` among them; `besides`: files whose lines are left out. Where they
    stand is asked of these few only.
    """
    execute, lines = session.connection.execute, session.info(source.raw_table)
    held = Held(files=tuple(file for file in lines.files if file not in besides), without=lines.without)
    rows = f"SELECT {columns} FROM {_named(session, held, among)}"
    some = execute(f"CREATE OR REPLACE TEMP TABLE {table} AS {rows}").fetchall()[0][0]
    if some and _moved(session):
        places = f"SELECT * FROM {PLACES} SEMI JOIN {among} ON {ROW_CONTENT} = content"
        execute(f"CREATE OR REPLACE TEMP TABLE {table} AS {_placed(source, table, f'({places})')}")


def fresh_lines(session: Session, files: Sequence[str]) -> str:
    """SQL of the rows of files that this load wrote, which stand where they say, each with its content as `_hash`."""
    return _named(session, Held(files=tuple(files)))


def _named(session: Session, held: Held, among: str = "") -> str:
    return f"(SELECT * RENAME ({ROW_CONTENT} AS _hash) FROM {session.rows(held, among)})"


def _placed(source: Source, rows: str, places: str) -> str:
    return (
        "SELECT r.* REPLACE (coalesce(p.row, r._row) AS _row, coalesce(p.line, r._line) AS _line) "
        f"FROM {rows} AS r LEFT JOIN {places} AS p "
        f"ON p.source = {literal(source.source)} AND p.file = r._file AND p.content = r._hash"
    )


def _moved(session: Session) -> bool:
    """Whether any line stands elsewhere today."""
    return session.has(PLACES) and session.info(PLACES).rows > 0
