"""Lines that were delivered before stay in the file they are in: what is new is written beside them.

A line is known by its content, a number made of its text and of the form of its file. One that stands elsewhere today
is told in `line_places`; one that a delivery says twice, or said twice before, is written again.
"""

from collections.abc import Callable, Iterator
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as parquet

from b2shift.identify.cleansing.parts import LEAST, drop_temporary, worth_it, write_beside
from b2shift.identify.sources.contents import Contents
from b2shift.identify.sources.declaration import Source
from b2shift.identify.sources.declarations import raw_spec, tables
from b2shift.lake.api import Session, TableFiles
from b2shift.lake.contracts import ROW_CONTENT

LINES = "_lines"
"""What the engine reads a file as: `_row`, `_line`, `_text`, `_content`."""
PLACES = "line_places"
_TEMPORARY = ("_new", "_said_twice", "_left")
Sieve = Callable[[Iterator[pa.RecordBatch]], Iterator[pa.RecordBatch]]


class Lying(NamedTuple):
    """Where the rows of a file lie, the part of `line_places` with those that stand elsewhere today, its last row."""

    rows: TableFiles
    places: str | None
    last: int


class Before:
    """The lines that lie in the lake: what each says, its row and line there, which of the files it is in."""

    def __init__(self, session: Session, held: TableFiles) -> None:
        told = [_lines_in(session, held, file) for file in held.files]
        contents, self.rows, self.lines = (np.concatenate(column) for column in zip(*told, strict=True))
        self.parts = np.repeat(np.arange(len(told), dtype=np.int32), [len(one[0]) for one in told])
        self.contents = Contents(contents)

    def find(self, contents: np.ndarray) -> np.ndarray:
        """The line that says each content, -1 where none or more than one does."""
        nth = self.contents.find(contents)
        nth[np.append(self.contents.twice, False)[nth]] = -1
        return nth


class _Today:
    """Where each line of a file stands and which line of before it is (`nth`, else -1), as it is read."""

    def __init__(self, before: Before) -> None:
        self._before = before
        self._told: list[tuple[np.ndarray, np.ndarray, np.ndarray]] = []

    def unknown(self, batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        """The lines nobody knows, and those that were said twice."""
        for batch in batches:
            rows, lines, contents = (batch.column(name).to_numpy() for name in ("_row", "_line", ROW_CONTENT))
            nth = self._before.find(contents)
            self._told.append((nth, rows.astype(np.int32), lines.astype(np.int32)))
            yield batch.filter(pa.array(nth < 0))

    def every(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """`nth`, row and line of all lines."""
        none = (np.empty(0, np.int32),) * 3
        nth, rows, lines = (np.concatenate(each) for each in zip(none, *self._told, strict=True))
        return nth, rows, lines


def worth_knowing(source: Source, rows: int) -> bool:
    """Whether lines of an earlier delivery are looked for; rows that are persons are written whole, so that nobody who
    was withdrawn stays in a file."""
    return rows >= LEAST and raw_spec(source).person is None


def keep_lines(
    session: Session,
    source: Source,
    file: str,
    earlier: TableFiles,
    read: Callable[[Sieve], None],
    statement: Callable[[str], str],
) -> Lying | None:
    """Write the lines that `earlier` has not, as `statement` makes rows of them; None where the file is better written
    whole. `read` makes `_new` of the lines of the file that a sieve lets pass."""
    before = Before(session, earlier)
    today = _Today(before)
    try:
        read(today.unknown)
        nth, rows, lines = today.every()
        known = nth >= 0
        twice = known & (np.bincount(nth[known], minlength=len(before.parts) + 1) > 1)[nth]
        holds = known & ~twice
        gone = np.ones(len(before.parts), bool)
        gone[nth[holds]] = False
        _make(session, "_left", {ROW_CONTENT: np.unique(before.contents.values[gone])})
        if not worth_it(session, earlier):
            return None
        said = before.contents.values[nth[twice]]
        _make(session, "_said_twice", {"_row": rows[twice], "_line": lines[twice], ROW_CONTENT: said})
        session.connection.execute(f"CREATE OR REPLACE TEMP VIEW _fresh AS {_fresh(session, earlier, statement)}")
        held = write_beside(session, raw_spec(source), earlier)
        places = write_places(session, source, file, before, (nth[holds], rows[holds], lines[holds]))
        return Lying(held, places, int(rows.max(initial=-1)))
    finally:
        session.connection.execute("DROP VIEW IF EXISTS _fresh")
        drop_temporary(session.connection, _TEMPORARY)


def _lines_in(session: Session, held: TableFiles, file: str) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Content, row and line of what holds in a file."""
    table = parquet.read_table(session.store.root / file, columns=[ROW_CONTENT, "_row", "_line"])
    table = table.filter(pc.is_valid(table.column(ROW_CONTENT)))
    contents, rows, lines = (column.to_numpy() for column in table.columns)
    if file in held.without:
        gone = parquet.read_table(session.store.root / held.without[file]).column(ROW_CONTENT).to_numpy()
        holds = Contents(gone).find(contents) < 0
        contents, rows, lines = contents[holds], rows[holds], lines[holds]
    return contents, rows.astype(np.int32), lines.astype(np.int32)


def _make(session: Session, table: str, columns: dict[str, np.ndarray]) -> None:
    session.connection.register("_numbers", pa.table(columns))
    session.connection.execute(f"CREATE OR REPLACE TEMP TABLE {table} AS FROM _numbers")
    session.connection.unregister("_numbers")


def _fresh(session: Session, earlier: TableFiles, statement: Callable[[str], str]) -> str:
    """SQL: the lines to write, and those known ones that are said twice today."""
    new = statement("_new")
    if not session.connection.execute("SELECT EXISTS (FROM _said_twice)").fetchall()[0][0]:
        return new
    once = f"SELECT DISTINCT ON ({ROW_CONTENT}) * FROM {session.rows(earlier, '_said_twice')}"
    return (
        f"{new} UNION ALL BY NAME SELECT o.* REPLACE (CAST(s._row AS BIGINT) AS _row, CAST(s._line AS BIGINT) AS _line)"
        f" FROM ({once}) AS o JOIN _said_twice AS s USING ({ROW_CONTENT})"
    )


def write_places(
    session: Session, source: Source, file: str, before: Before, told: tuple[np.ndarray, np.ndarray, np.ndarray]
) -> str | None:
    """Write where lines of before stand today, those that do not stand where they say; where it lies.

    `told`: which lines of before, their rows and lines today. Lines one after the other before and today are one row.
    """
    nth, rows, lines = told
    parts, first = before.parts[nth], before.rows[nth]
    begins = np.ones(len(nth), bool)
    begins[1:] = (np.diff(first) != 1) | (np.diff(rows) != 1) | (np.diff(lines) != 1) | (np.diff(parts) != 0)
    starts = np.flatnonzero(begins)
    counts = np.diff(np.append(starts, len(nth)))
    # A run whose first line stands where it says may have others that do not, where lines were cut out between them.
    moved = np.logical_or.reduceat((first != rows) | (before.lines[nth] != lines), starts) if len(starts) else begins
    starts, counts = starts[moved], counts[moved]
    if not len(starts):
        return None
    spec, target = tables()[PLACES], session.new_file(PLACES)
    columns = [parts[starts], first[starts], counts, rows[starts], lines[starts]]
    names = [pa.array([name] * len(starts), pa.string()) for name in (source.source, file)]
    arrays = [*names, *(pa.array(column.astype(np.int64)) for column in columns)]
    table = pa.table(dict(zip([column.name for column in spec.columns], arrays, strict=True)))
    parquet.write_table(table, target, compression="zstd")
    session.written(target, len(starts), spec)
    return str(target.relative_to(session.store.root))
