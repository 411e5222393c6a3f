"""Sample a file of any format: its header and first rows as text, and the notation it is written in."""

import csv
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from io import TextIOWrapper
from itertools import chain, islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pyarrow.parquet as parquet
from pyarrow import ArrowException
from python_calamine import CalamineSheet

from b2shift.identify.sources.cells import is_serial, text_of
from b2shift.identify.sources.declaration import Reader
from b2shift.identify.sources.declarations import built_in, tables
from b2shift.identify.sources.encodings import encoding_by_mark
from b2shift.identify.sources.file_shape import Shape
from b2shift.identify.sources.grid import TITLE_ROWS, WORKBOOKS, column_texts, header_rows, sheets
from b2shift.identify.sources.json_document import document_objects
from b2shift.identify.sources.objects_within import leaves
from b2shift.identify.sources.text_lines import shape_of
from b2shift.identify.wizard.header_names import names_a_day
from b2shift.kernel.errors import SourceError
from b2shift.kernel.text import as_code

SAMPLE_ROWS = 5000
_MOST_ROWS = 1_000_000
_JSON_ENDINGS = (".jsonl", ".ndjson", ".json")


@dataclass
class Sample:
    """Up to `SAMPLE_ROWS` rows of one table of one file."""

    file: str
    reader: Reader
    header: list[str]
    rows: list[list[str]]
    evidence: list[str] = field(default_factory=list)
    encoding: str = "utf-8"
    separator: str = ";"
    sheet: str = ""
    grouped: bool = False
    """whether its header is groups over names"""
    read_rest: Callable[[], Iterator[list[str]]] = lambda: iter(())
    """reads the rows after the sample"""

    def all_rows(self) -> Iterator[list[str]]:
        """The rows of the whole file, up to a million."""
        return islice(chain(self.rows, self.read_rest() if len(self.rows) >= SAMPLE_ROWS else ()), _MOST_ROWS)

    def values(self, position: int) -> list[str]:
        """The texts of one column."""
        return [row[position] for row in self.rows]


def source_name(sample: Sample, *, own_table: bool = False) -> str:
    """A name from file and sheet; the name of the built-in source whose pattern the file matches.

    A source with a table of its own (`own_table`) gets a name no other table has.
    """
    for source in built_in():
        if source.matches(sample.file) and sample.reader is not Reader.EXCEL:
            return source.source
    text = f"{sample.file.rsplit('.', 1)[0]} {sample.sheet}".strip()
    name = as_code(text) or "fonte"
    return f"{name}_arquivo" if own_table and any(table.name == name for table in tables()) else name


def samples(path: Path) -> list[Sample]:
    """One sample per table: the file, or each sheet of a workbook; SourceError where there is none."""
    ending = path.suffix.casefold()
    if ending in WORKBOOKS:
        found = _workbook_samples(path)
    elif ending == ".parquet":
        found = [_parquet_sample(path)]
    elif ending in _JSON_ENDINGS:
        found = [_json_sample(path)]
    else:
        found = [_csv_sample(path)]
    usable = [sample for sample in found if len(sample.header) > 1 and sample.rows]
    if not usable:
        raise SourceError(
            "O arquivo não tem uma tabela com cabeçalho e linhas", value=path.name,
            hint="Exporte as linhas com os nomes das colunas em cima",
        )  # fmt: skip
    return usable


def _csv_sample(path: Path) -> Sample:
    with TemporaryDirectory() as scratch:
        shape = shape_of(path, "utf-8", "", Path(scratch))
        try:
            separator, header = shape.separator, list(shape.columns)
            rows = list(islice(_delimited(shape), SAMPLE_ROWS))
        except csv.Error as error:
            raise SourceError(
                "As linhas do arquivo não se deixam separar em colunas", value=f"{path.name}: {error}",
                hint="Confira as aspas e se algum campo não tem o arquivo inteiro dentro",
            ) from error  # fmt: skip
    times = shape.header.decode(shape.encoding, "replace").count(separator)
    evidence = [*shape.reasons, f"separador {separator!r}: {times} vezes no cabeçalho"]

    def read_rest() -> Iterator[list[str]]:
        with TemporaryDirectory() as scratch, suppress(csv.Error):
            reread = shape_of(path, "utf-8", "", Path(scratch))
            yield from islice(_delimited(reread), SAMPLE_ROWS, None)

    return Sample(
        path.name,
        Reader.CSV,
        header,
        rows,
        evidence,
        shape.encoding,
        separator,
        grouped=bool(shape.bare),
        read_rest=read_rest,
    )


def _delimited(shape: Shape) -> Iterator[list[str]]:
    with shape.path.open("rb") as binary, TextIOWrapper(binary, shape.encoding, "replace", newline="") as file:
        binary.seek(shape.start)
        rows = csv.reader(file, delimiter=shape.separator)
        yield from (row for row in rows if len(row) == len(shape.columns) and any(row))


def _json_sample(path: Path) -> Sample:
    """JSON lines, or a document as such: the keys of the first objects are the header."""
    document = document_objects(path)
    evidence = "um objeto JSON por linha" if document is None else "um documento JSON"
    read = document or partial(_json_lines, path)
    sampled = list(islice(read(), SAMPLE_ROWS))
    header = list(dict.fromkeys(name for one in sampled for name in leaves(one)))

    def rows(objects: Iterable[dict[str, Any]]) -> Iterator[list[str]]:
        return ([_json_text(one.get(name)) for name in header] for one in map(leaves, objects))

    def read_rest() -> Iterator[list[str]]:
        yield from rows(islice(read(), SAMPLE_ROWS, None))

    return Sample(path.name, Reader.JSONL, header, list(rows(sampled)), [evidence], read_rest=read_rest)


def _json_lines(path: Path) -> Iterator[dict[str, Any]]:
    with path.open(encoding=encoding_by_mark(path), errors="replace") as file:
        for line in file:
            with suppress(json.JSONDecodeError):
                if isinstance(value := json.loads(line), dict):
                    yield value


def _json_text(value: Any) -> str:
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=float)


def _workbook_samples(path: Path) -> list[Sample]:
    found = []
    for name, sheet in sheets(path).items():
        rows = list(islice(sheet.iter_rows(), SAMPLE_ROWS + TITLE_ROWS))
        first, header, bare = header_rows(rows[:TITLE_ROWS], set())
        days = _serial_date_columns(header, rows[first:])
        texts = [[text_of(cell, day=day) for cell, day in zip(row, days, strict=True)] for row in rows[first:]]
        texts = [row for row in texts if any(row)]
        evidence = [f"planilha {name}, cabeçalho na linha {first}"]
        rest = partial(_sheet_rows, sheet, days, SAMPLE_ROWS + TITLE_ROWS)
        found.append(
            Sample(
                path.name, Reader.EXCEL, list(header), texts, evidence, sheet=name, grouped=bool(bare), read_rest=rest
            )
        )
    return found


def _serial_date_columns(header: Sequence[str], rows: list[list[Any]]) -> list[bool]:
    """Per column, whether it holds dates as serial numbers: a header of a date, and a possible serial in every cell."""
    columns = ([cell for row in rows if (cell := row[place]) != ""] for place in range(len(header)))
    return [
        names_a_day(name) and bool(cells) and all(map(is_serial, cells))
        for name, cells in zip(header, columns, strict=True)
    ]


def _sheet_rows(sheet: CalamineSheet, days: list[bool], first: int) -> Iterator[list[str]]:
    """The filled rows of a sheet from row `first` on."""
    some = islice(sheet.iter_rows(), first, None)
    rows = ([text_of(cell, day=day) for cell, day in zip(row, days, strict=True)] for row in some)
    return (row for row in rows if any(row))


def _parquet_sample(path: Path) -> Sample:
    try:
        file = parquet.ParquetFile(path)
        rows = list(islice(_parquet_rows(file), SAMPLE_ROWS))
    except (ArrowException, OSError, UnicodeDecodeError) as error:
        raise SourceError("O arquivo não é um Parquet que se possa ler", value=path.name, hint="Peça outro") from error
    return Sample(
        path.name, Reader.PARQUET, list(file.schema_arrow.names), rows, ["Parquet"],
        read_rest=lambda: islice(_parquet_rows(file), SAMPLE_ROWS, None),
    )  # fmt: skip


def _parquet_rows(file: parquet.ParquetFile) -> Iterator[list[str]]:
    for batch in file.iter_batches(batch_size=SAMPLE_ROWS):
        columns = [column_texts(column).to_pylist() for column in batch.columns]
        yield from (["" if v is None else v for v in row] for row in zip(*columns, strict=True))
