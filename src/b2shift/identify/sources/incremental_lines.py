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

from b2shift.identify.cleansing.table_parts import LEAST, drop_temporary, worth_keeping_files, write_incrementally
from b2shift.identify.sources.contents import Contents
from b2shift.identify.sources.declaration import Source
from b2shift.identify.sources.declarations import raw_spec, tables
from b2shift.identify.sources.requested_lines import Requested, RequestedTables, requested_of, requested_tables
from b2shift.lake.api import Session, TableFiles
from b2shift.lake.contracts import ROW_CONTENT

LINES = "_lines"
"""What the engine reads a file as: `_row`, `_line`, `_text`, `_content`."""
PLACES = "line_places"
_TEMPORARY = ("_read", "_said_twice", "_left", "_whole", "_known")
# The lines to write: those nobody knew, and all that a known one says twice today, whose text one of them told.
_NEW = f"""
    CREATE OR REPLACE TEMP VIEW _new AS
    SELECT * FROM _read ANTI JOIN _known USING ({ROW_CONTENT})
    UNION ALL BY NAME
    SELECT CAST(s._row AS BIGINT) AS _row, CAST(s._line AS BIGINT) AS _line, r._text, {ROW_CONTENT}
    FROM _said_twice AS s JOIN (SELECT DISTINCT ON ({ROW_CONTENT}) * FROM _read) AS r USING ({ROW_CONTENT})
"""
Sieve = Callable[[Iterator[pa.RecordBatch]], Iterator[pa.RecordBatch]]


class StoredLines(NamedTuple):
    """Where the rows of a file lie, the part of `line_places` with those that stand elsewhere today, its last row."""

    rows: TableFiles
    places: str | None
    last: int


class LinesBefore:
    """The lines that lie in the lake: what each says, its row and line there, which of the files it is in."""

    def __init__(self, session: Session, stored: TableFiles) -> None:
        columns = [_lines_in(session, stored, file) for file in stored.files]
        contents, self.rows, self.lines = (np.concatenate(column) for column in zip(*columns, strict=True))
        self.parts = np.repeat(np.arange(len(columns), dtype=np.int32), [len(one[0]) for one in columns])
        self.contents = Contents(contents)

    def find(self, contents: np.ndarray) -> np.ndarray:
        """The line that says each content, -1 where none or more than one does."""
        nth = self.contents.find(contents)
        nth[np.append(self.contents.twice, False)[nth]] = -1
        return nth


class _Today:
    """Where each line of a file stands and which line of before it is (`nth`, else -1), as it is read."""

    def __init__(self, before: LinesBefore, whole: np.ndarray) -> None:
        self._before = before
        self._told: list[tuple[np.ndarray, np.ndarray, np.ndarray]] = []
        self.asked = np.zeros(len(before.parts) + 1, bool)
        """which lines of before are wanted whole; the last place is nobody's"""
        self.asked[before.find(whole)] = True
        self.asked[-1] = False
        self._seen = np.zeros(len(before.parts), bool)
        self._latest = np.empty(len(before.parts), np.int32)

    def passing(self, batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        """The lines nobody knows, those that are wanted whole, and what was said before, again and again."""
        for batch in batches:
            rows, lines, contents = (batch.column(name).to_numpy() for name in ("_row", "_line", ROW_CONTENT))
            nth = self._before.find(contents)
            self._told.append((nth, rows.astype(np.int32), lines.astype(np.int32)))
            passes = (nth < 0) | self.asked[nth]
            known = np.flatnonzero(nth >= 0)
            passes[known[self._said(nth[known])]] = True
            yield batch.filter(pa.array(passes))

    def _said(self, nth: np.ndarray) -> np.ndarray:
        """Whether each was said before, here or in an earlier batch: of those of a batch all but one."""
        order = np.arange(len(nth), dtype=np.int32)
        self._latest[nth] = order
        repeated = self._seen[nth] | (self._latest[nth] != order)
        self._seen[nth] = True
        return repeated

    def compared(self) -> "_Compared":
        """What became of the lines of before, once every batch has passed."""
        none = (np.empty(0, np.int32),) * 3
        nth, rows, lines = (np.concatenate(each) for each in zip(none, *self._told, strict=True))
        known = nth >= 0
        twice = known & (np.bincount(nth[known], minlength=len(self.asked)) > 1)[nth]
        holds = known & ~twice
        stands = np.full(len(self.asked), -1, np.int32)
        stands[nth[holds]] = rows[holds]
        return _Compared(nth, rows, lines, holds, twice, stands)


class _Compared(NamedTuple):
    """Of each line of today which one of before it is (`nth`, else -1), where it stands, whether it holds or is said
    twice; of each line of before, and of nobody's (the last), the row at which it stands, -1 where it does not hold."""

    nth: np.ndarray
    rows: np.ndarray
    lines: np.ndarray
    holds: np.ndarray
    twice: np.ndarray
    stands: np.ndarray


def keeps_known_lines(source: Source, rows: int) -> bool:
    """Whether lines of an earlier delivery are looked for; rows that are persons are written whole, so that nobody who
    was withdrawn stays in a file."""
    return rows >= LEAST and raw_spec(source).person is None


def write_new_lines(
    session: Session,
    source: Source,
    file: str,
    earlier: TableFiles,
    read: Callable[[Sieve], None],
    statement: Callable[[str], str],
) -> StoredLines | None:
    """Write the lines that `earlier` has not, as `statement` makes rows of them; None where the file is better written
    whole. `read` makes `_read` of the lines of the file that a sieve lets pass.

    Leaves the tables of `requested_lines`, unless the file is better written whole.
    """
    before, requested = LinesBefore(session, earlier), requested_of(session, source, file)
    today, contents = _Today(before, requested.whole), before.contents.values
    try:
        read(today.passing)
        found = today.compared()
        _make(session, "_left", {ROW_CONTENT: np.unique(contents[found.stands[:-1] < 0])})
        if not worth_keeping_files(session, earlier):
            return None
        _keep_asked(
            session, requested_tables(source, file), requested, statement, before, today.asked[:-1], found.stands
        )
        nth, rows, lines = found.nth[found.twice], found.rows[found.twice], found.lines[found.twice]
        _make(session, "_said_twice", {"_row": rows, "_line": lines, ROW_CONTENT: contents[nth]})
        known = np.concatenate([contents[today.asked[:-1]], contents[nth]])
        _make(session, "_known", {ROW_CONTENT: np.unique(known)})
        session.connection.execute(f"{_NEW}; CREATE OR REPLACE TEMP VIEW _fresh AS {statement('_new')}")
        stored = write_incrementally(session, raw_spec(source), earlier)
        kept = (found.nth[found.holds], found.rows[found.holds], found.lines[found.holds])
        return StoredLines(stored, write_places(session, source, file, before, kept), int(found.rows.max(initial=-1)))
    finally:
        session.connection.execute("DROP VIEW IF EXISTS _fresh; DROP VIEW IF EXISTS _new")
        drop_temporary(session.connection, _TEMPORARY)


def _keep_asked(
    session: Session,
    tables: RequestedTables,
    requested: Requested,
    statement: Callable[[str], str],
    before: LinesBefore,
    whole: np.ndarray,
    stands: np.ndarray,
) -> None:
    """Make the tables of `requested_lines`: the lines of before that are wanted (`whole`) and hold, and where the
    others stand that were asked for."""
    _make(session, "_whole", {ROW_CONTENT: before.contents.values[whole & (stands[:-1] >= 0)]})
    rows = statement(f"(FROM _read SEMI JOIN _whole USING ({ROW_CONTENT}))")
    session.connection.execute(f"CREATE OR REPLACE TEMP TABLE {tables.whole} AS {rows}")
    row = stands[before.find(requested.placed)]
    there = row >= 0
    _make(session, tables.placed, {ROW_CONTENT: requested.placed[there], "row": row[there].astype(np.int64)})


def _lines_in(session: Session, stored: TableFiles, file: str) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Content, row and line of what holds in a file."""
    table = parquet.read_table(session.store.root / file, columns=[ROW_CONTENT, "_row", "_line"])
    table = table.filter(pc.is_valid(table.column(ROW_CONTENT)))
    contents, rows, lines = (column.to_numpy() for column in table.columns)
    if file in stored.without:
        gone = parquet.read_table(session.store.root / stored.without[file]).column(ROW_CONTENT).to_numpy()
        holds = Contents(gone).find(contents) < 0
        contents, rows, lines = contents[holds], rows[holds], lines[holds]
    return contents, rows.astype(np.int32), lines.astype(np.int32)


def _make(session: Session, table: str, columns: dict[str, np.ndarray]) -> None:
    session.connection.register("_numbers", pa.table(columns))
    session.connection.execute(f"CREATE OR REPLACE TEMP TABLE {table} AS FROM _numbers")
    session.connection.unregister("_numbers")


def write_places(
    session: Session,
    source: Source,
    file: str,
    before: LinesBefore,
    today: tuple[np.ndarray, np.ndarray, np.ndarray],
) -> str | None:
    """Write where lines of before stand today, those that do not stand where they say; where it lies.

    `today`: which lines of before, their rows and lines today. Lines one after the other before and today are one row.
    """
    nth, rows, lines = today
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
