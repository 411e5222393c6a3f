"""Lines that were delivered before stay in the file they are in: what is new is written beside them.

A line is known by its content, a number made of its text and of the form of its file. One that stands elsewhere today
is told in `line_places`; one that a delivery says twice, or said twice before, is written again.
"""

from collections.abc import Callable
from typing import NamedTuple

from b2shift.identify.cleansing.parts import LEAST, drop_temporary, write_beside
from b2shift.identify.sources.declaration import Source
from b2shift.identify.sources.declarations import raw_spec
from b2shift.lake.api import Held, Session, literal
from b2shift.lake.contracts import ROW_CONTENT

LINES = "_lines"
"""What the engine reads a file as: `_row`, `_line`, `_text`."""
PLACES = "line_places"
_TEMPORARY = ("_seen", "_said_twice", "_left")


class Lying(NamedTuple):
    """Where the rows of a file lie, and the part of `line_places` with those that stand elsewhere today."""

    rows: Held
    places: str | None


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
        connection.execute(f"""
            CREATE OR REPLACE TEMP TABLE _seen AS
            SELECT l.{ROW_CONTENT}, l._row, l._line, CASE WHEN o.{ROW_CONTENT} IS NULL THEN l._text END AS _text,
                   o._row IS DISTINCT FROM l._row OR o._line IS DISTINCT FROM l._line AS moved
            FROM (SELECT *, {content_of("_text", form)} AS {ROW_CONTENT} FROM {LINES}) AS l
            LEFT JOIN (SELECT {ROW_CONTENT}, any_value(_row) AS _row, any_value(_line) AS _line FROM {old}
                       GROUP BY 1 HAVING count(*) = 1) AS o USING ({ROW_CONTENT})
        """)
        connection.execute(
            f"CREATE OR REPLACE TEMP TABLE _said_twice AS SELECT {ROW_CONTENT} FROM _seen WHERE _text IS NULL "
            "GROUP BY 1 HAVING count(*) > 1"
        )
        known = f"(SELECT * FROM _seen ANTI JOIN _said_twice USING ({ROW_CONTENT}) WHERE _text IS NULL)"
        connection.execute(
            f"CREATE OR REPLACE TEMP TABLE _left AS SELECT DISTINCT {ROW_CONTENT} FROM {old} "
            f"ANTI JOIN {known} USING ({ROW_CONTENT}) WHERE {ROW_CONTENT} IS NOT NULL"
        )
        connection.execute(f"CREATE OR REPLACE TEMP VIEW _fresh AS {_fresh(session, old, statement)}")
        rows = write_beside(session, raw_spec(source), before)
        return Lying(rows, _written_places(session, source, file, known))
    finally:
        connection.execute("DROP VIEW IF EXISTS _fresh")
        drop_temporary(connection, _TEMPORARY)


def _fresh(session: Session, old: str, statement: Callable[[str], str]) -> str:
    """SQL: the lines nobody knows, and those known ones that are said twice today."""
    new = statement("(SELECT _row, _line, _text FROM _seen WHERE _text IS NOT NULL)")
    if not session.connection.execute("SELECT EXISTS (SELECT 1 FROM _said_twice)").fetchall()[0][0]:
        return new
    return (
        f"{new} UNION ALL BY NAME SELECT o.* REPLACE (s._row AS _row, s._line AS _line) FROM {old} AS o "
        f"JOIN (SELECT * FROM _seen SEMI JOIN _said_twice USING ({ROW_CONTENT})) AS s USING ({ROW_CONTENT})"
    )


def _written_places(session: Session, source: Source, file: str, known: str) -> str | None:
    moved = f"FROM {known} WHERE moved"
    if not session.connection.execute(f"SELECT EXISTS (SELECT 1 {moved})").fetchall()[0][0]:
        return None
    target = session.new_file(PLACES)
    session.connection.execute(
        f"COPY (SELECT {literal(source.source)} AS source, {literal(file)} AS file, _row AS row, _line AS line, "
        f"{ROW_CONTENT} AS content {moved}) TO {literal(target)} "
        "(FORMAT parquet, COMPRESSION zstd, COMPRESSION_LEVEL 1)"
    )
    return str(target.relative_to(session.store.root))


def lines_as_delivered(session: Session, source: Source, some: str = "") -> str:
    """SQL of the rows of `raw_<source>`, each with its content as `_hash` and where it stands in its file today.

    `some`: the end of a statement over them that leaves only some, before it is told where they stand.
    """
    rows = session.rows(session.info(source.raw_table))
    as_read = f"(SELECT * FROM (SELECT * RENAME ({ROW_CONTENT} AS _hash) FROM {rows}) {some})"
    own = f"source = {literal(source.source)}"
    if not session.has(PLACES) or not session.info(PLACES).rows:
        return as_read
    if not session.connection.execute(f"SELECT EXISTS (SELECT 1 FROM {PLACES} WHERE {own})").fetchall()[0][0]:
        return as_read
    return (
        "(SELECT r.* REPLACE (coalesce(p.row, r._row) AS _row, coalesce(p.line, r._line) AS _line) "
        f"FROM {as_read} AS r LEFT JOIN {PLACES} AS p ON p.{own} AND p.file = r._file AND p.content = r._hash)"
    )
