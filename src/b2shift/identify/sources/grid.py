"""Workbooks and Parquet files as rows of texts: the same shape and batches that lines of a CSV give."""

import json
import zipfile
from collections.abc import Iterator, Sequence
from datetime import date, datetime, time
from itertools import chain, islice
from pathlib import Path
from typing import Any, NamedTuple

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as parquet
from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, PasswordError, SheetVisibleEnum

from b2shift.identify.sources.cells import text_of
from b2shift.identify.sources.database import answer_of
from b2shift.identify.sources.declaration import Kind, Reader, Source, same_header, told_apart
from b2shift.identify.sources.file_shape import Shape
from b2shift.identify.sources.grouped_header import joined_names
from b2shift.identify.sources.quoted import JOIN
from b2shift.identify.sources.text_lines import SCHEMA
from b2shift.kernel.errors import SourceError, UnknownNameError

WORKBOOKS = (".xlsx", ".xlsm", ".xlsb", ".xls", ".ods")
"""Endings of the workbooks that can be read."""
TITLE_ROWS = 50
"""How far below the top of a sheet its header may stand."""
_ROWS = 20_000
_LARGEST_WORKBOOK = 2 * 1024**3
Row = list[Any]


def grid_of(path: Path, source: Source) -> tuple[Shape, Iterator[pa.RecordBatch]]:
    """The header of a workbook's sheet, a Parquet file or a query's answer, and its rows, fields joined by `JOIN`.

    Raises SourceError when the file is not what its declaration says, or has no such sheet.
    """
    if source.reader is Reader.SQL and path.suffix != ".parquet":
        return _query_rows(path, source)
    return _sheet_rows(path, source) if source.reader is Reader.EXCEL else _parquet_rows(path)


def sheets(path: Path) -> dict[str, CalamineSheet]:
    """The visible sheets of a workbook that hold anything, by name; SourceError when it cannot be read."""
    try:
        if zipfile.is_zipfile(path):
            with zipfile.ZipFile(path) as opened:
                size = sum(info.file_size for info in opened.infolist())
            if size > _LARGEST_WORKBOOK:
                raise SourceError(
                    "A planilha cresce demais ao ser aberta", value=f"{path.name}: {size} bytes",
                    hint="Recuse este arquivo e peça outro",
                )  # fmt: skip
        book = CalamineWorkbook.from_path(str(path))
        shown = [sheet.name for sheet in book.sheets_metadata if sheet.visible is SheetVisibleEnum.Visible]
        found = {name: book.get_sheet_by_name(name) for name in shown}
        return {name: sheet for name, sheet in found.items() if sheet.height}
    except PasswordError as error:
        raise SourceError("A planilha tem senha", value=path.name, hint="Salve-a sem senha") from error
    except (CalamineError, zipfile.BadZipFile, NotImplementedError, UnicodeDecodeError, OSError) as error:
        raise SourceError(
            "A planilha não pode ser lida", value=path.name, hint=f"{error}. Salve-a de novo como .xlsx"
        ) from error


def sheet_table(path: Path) -> pa.Table:
    """The first visible sheet that holds anything: columns of numbers, moments or texts; empty cells are null."""
    found = sheets(path)
    if not found:
        raise SourceError("A planilha está vazia", value=path.name, hint="Peça o arquivo de novo")
    rows = next(iter(found.values())).to_python()
    place = header_row(rows[:TITLE_ROWS], set())
    filled = [row for row in rows[place + 1 :] if any(cell != "" for cell in row)]
    columns: dict[str, Any] = {}
    for name, *cells in zip(told_apart(map(text_of, rows[place])), *filled, strict=True):
        if name:
            columns[name] = _typed([None if cell == "" else cell for cell in cells])
    return pa.table(columns)


def _typed(cells: Row) -> "pa.Array[Any]":
    known = [cell for cell in cells if cell is not None]
    if known and all(isinstance(cell, int | float) for cell in known):
        return pa.array([None if cell is None else float(cell) for cell in cells], pa.float64())
    if known and all(isinstance(cell, date) for cell in known):
        moments = [datetime.combine(cell, time()) if type(cell) is date else cell for cell in cells]
        return pa.array(moments, pa.timestamp("us"))
    return pa.array([None if cell is None else text_of(cell) for cell in cells], pa.string())


def header_row(rows: Sequence[Row], known: set[str]) -> int:
    """The place of the header: the row with most of the known names; without names, the first that fills most cells
    with texts, most of them different, as those of title rows above are not."""
    named = [sum(same_header(str(cell)) in known for cell in row) for row in rows]
    if any(named):
        return named.index(max(named))
    texts = [_telling([c.strip() for c in row if isinstance(c, str) and c.strip()]) for row in rows]
    return next((place for place, count in enumerate(texts) if count >= 0.8 * max(texts, default=0) and count), 0)


class HeaderRows(NamedTuple):
    """Where the rows of a sheet begin, and the names above them; `bare`: those of a header with groups, without."""

    first: int
    names: tuple[str, ...]
    bare: tuple[str, ...] = ()


def header_rows(rows: Sequence[Row], known: set[str]) -> HeaderRows:
    """The header of the top rows of a sheet: one row, or groups over names."""
    if not rows:
        return HeaderRows(0, ())
    place = header_row(rows, known)
    texts = [[text_of(cell) for cell in row] for row in rows]
    for over in range(max(0, place - 1), min(place + 1, len(texts) - 1)):
        joined = joined_names(texts[over], texts[over + 1], texts[over + 2 :])
        if joined is not None:
            return HeaderRows(over + 2, tuple(told_apart(joined)), tuple(told_apart(texts[over + 1])))
    return HeaderRows(place + 1, tuple(told_apart(texts[place])))


def _telling(texts: list[str]) -> int:
    """How many texts tell something: all, where a name or two come again; else the different ones."""
    different = len(set(texts))
    return len(texts) if 2 * different > len(texts) else different


def _sheet_rows(path: Path, source: Source) -> tuple[Shape, Iterator[pa.RecordBatch]]:
    known = {same_header(name) for column in source.columns for name in (column.header, *column.aliases)}
    sheet = _chosen(path, source, known)
    rows = iter(sheet.iter_rows())
    top = list(islice(rows, TITLE_ROWS))
    first, header, bare = header_rows(top, known)
    kinds = {same_header(c.header): c.kind for c in source.columns}
    days = [
        {kinds.get(same_header(name)), kinds.get(same_header(own))} & {Kind.DATE, Kind.TIMESTAMP} != set()
        for name, own in zip(header, bare or header, strict=True)
    ]
    reason = f"planilha {sheet.name}, cabeçalho na linha {first}"
    shape = Shape(path, "utf-8", [reason], columns=header, separator=JOIN, quoted=True, bare=bare)
    return shape, _batches(chain(top[first:], rows), days, first_line=first + 1)


def _chosen(path: Path, source: Source, known: set[str]) -> CalamineSheet:
    found = sheets(path)
    if not found:
        raise SourceError("A planilha está vazia", value=path.name, hint="Peça o arquivo de novo")
    if not source.sheet:
        return max(found.values(), key=lambda sheet: _names_in(sheet, known))
    named = {same_header(name): sheet for name, sheet in found.items()}
    if same_header(source.sheet) not in named:
        raise SourceError(
            "O arquivo não tem esta planilha", value=f"{path.name}: {source.sheet}",
            hint=UnknownNameError("planilha", source.sheet, found).hint,
        )  # fmt: skip
    return named[same_header(source.sheet)]


def _names_in(sheet: CalamineSheet, known: set[str]) -> int:
    rows = islice(sheet.iter_rows(), TITLE_ROWS)
    return max((sum(same_header(str(cell)) in known for cell in row) for row in rows), default=0)


def _batches(rows: Iterator[Row], days: list[bool], first_line: int) -> Iterator[pa.RecordBatch]:
    """Rows with anything in them; the line told is that of the sheet."""
    count, taken = 0, []
    for line, row in enumerate(rows, first_line):
        cells = [text_of(cell, day=day) for cell, day in zip(row, days, strict=True)]
        if any(cells):
            taken.append((count, line, JOIN.join(cells)))
            count += 1
        if len(taken) == _ROWS:
            yield _batch(taken)
            taken = []
    if taken:
        yield _batch(taken)


def _batch(taken: list[tuple[int, int, str]]) -> pa.RecordBatch:
    columns = zip(*taken, strict=True)
    return pa.record_batch(
        [pa.array(list(c), field.type) for c, field in zip(columns, SCHEMA, strict=True)], schema=SCHEMA
    )


def _query_rows(path: Path, source: Source) -> tuple[Shape, Iterator[pa.RecordBatch]]:
    with answer_of(path, source.query) as answer:
        header = answer.header

    def batches() -> Iterator[pa.RecordBatch]:
        with answer_of(path, source.query) as answer:
            yield from _batches(map(list, answer.rows), [False] * len(header), first_line=1)

    return Shape(path, "utf-8", ["banco SQLite"], columns=header, separator=JOIN, quoted=True), batches()


def _parquet_rows(path: Path) -> tuple[Shape, Iterator[pa.RecordBatch]]:
    try:
        file = parquet.ParquetFile(path)
        names = tuple(file.schema_arrow.names)
    except (pa.ArrowException, OSError, UnicodeDecodeError) as error:
        raise SourceError("O arquivo não é um Parquet que se possa ler", value=path.name, hint="Peça outro") from error
    shape = Shape(path, "utf-8", ["Parquet"], columns=names, separator=JOIN, quoted=True)
    return shape, _parquet_batches(file, path)


def _parquet_batches(file: parquet.ParquetFile, path: Path) -> Iterator[pa.RecordBatch]:
    count = 0
    try:
        for batch in file.iter_batches(batch_size=_ROWS):
            texts: list[Any] = [column_texts(column) for column in batch.columns]
            rows = pa.array(range(count, count + len(batch)), pa.int64())
            joined = pc.binary_join_element_wise(*[*texts, JOIN], null_handling="replace", null_replacement="")
            joined.validate(full=True)  # Parquet does not check that texts are UTF-8
            yield pa.record_batch([rows, pc.add(rows, 1), joined.cast(pa.string())], schema=SCHEMA)
            count += len(batch)
    except (pa.ArrowException, OSError, UnicodeDecodeError) as error:
        raise SourceError("O Parquet está danificado", value=path.name, hint=str(error).splitlines()[0]) from error


def column_texts(column: Any) -> Any:
    """Values of any type as texts; lists and structs as JSON."""
    if pa.types.is_nested(column.type) or pa.types.is_dictionary(column.type) or pa.types.is_binary(column.type):
        values = column.to_pylist()
        return pa.array(
            [None if v is None else v if isinstance(v, str) else json.dumps(v, default=str, ensure_ascii=False)
             for v in values], pa.string(),
        )  # fmt: skip
    if pa.types.is_floating(column.type):
        return pa.array([None if v is None else text_of(v) for v in column.to_pylist()], pa.string())
    if pa.types.is_timestamp(column.type):
        return column.cast(pa.timestamp("us")).cast(pa.string())
    texts = column.cast(pa.string())
    return pc.replace_substring(texts, JOIN, " ") if pa.types.is_string(column.type) else texts
