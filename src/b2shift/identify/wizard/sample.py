"""The first rows of a file of any company, as texts, and how the file is written."""

import csv
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory

import pyarrow.parquet as parquet
from pyarrow import ArrowException

from b2shift.identify.sources.cells import text_of
from b2shift.identify.sources.declaration import Reader
from b2shift.identify.sources.grid import TITLE_ROWS, WORKBOOKS, column_texts, header_row, sheets
from b2shift.identify.sources.lines import shape_of
from b2shift.kernel.errors import SourceError

ROWS = 5000


@dataclass
class Sample:
    """Up to `ROWS` rows of one table of one file."""

    file: str
    reader: Reader
    header: list[str]
    rows: list[list[str]]
    evidence: list[str] = field(default_factory=list)
    encoding: str = "utf-8"
    separator: str = ";"
    sheet: str = ""

    def values(self, place: int) -> list[str]:
        """The texts of one column."""
        return [row[place] for row in self.rows]


def samples(path: Path) -> list[Sample]:
    """One sample, or one for each sheet of a workbook that is a table; SourceError says why there is none."""
    if not path.is_file():
        raise SourceError("O arquivo não existe", value=path, hint="Confira o caminho")
    ending = path.suffix.casefold()
    if ending in WORKBOOKS:
        found = _workbook(path)
    elif ending == ".parquet":
        found = [_parquet(path)]
    else:
        found = [_text(path)]
    usable = [sample for sample in found if len(sample.header) > 1 and sample.rows]
    if not usable:
        raise SourceError(
            "O arquivo não tem uma tabela com cabeçalho e linhas", value=path.name,
            hint="Exporte as linhas com os nomes das colunas em cima",
        )  # fmt: skip
    return usable


def _text(path: Path) -> Sample:
    with TemporaryDirectory() as scratch:
        shape = shape_of(path, "utf-8", ",", Path(scratch))
        try:
            with shape.path.open(encoding=shape.encoding, errors="replace", newline="") as file:
                first = file.readline().lstrip("\ufeff")
                separator = max(";,\t|", key=first.count)
                header = [name.strip() for name in next(csv.reader([first], delimiter=separator), [])]
                told = islice(csv.reader(file, delimiter=separator), ROWS)
                rows = [row for row in told if len(row) == len(header) and any(row)]
        except csv.Error as error:
            raise SourceError(
                "As linhas do arquivo não se deixam separar em colunas", value=f"{path.name}: {error}",
                hint="Confira as aspas e se algum campo não tem o arquivo inteiro dentro",
            ) from error  # fmt: skip
    evidence = [shape.evidence, f"separador {separator!r}: {first.count(separator)} vezes no cabeçalho"]
    return Sample(path.name, Reader.CSV, header, rows, evidence, shape.encoding, separator)


def _workbook(path: Path) -> list[Sample]:
    found = []
    for name, sheet in sheets(path).items():
        rows = list(islice(sheet.iter_rows(), ROWS + TITLE_ROWS))
        place = header_row(rows[:TITLE_ROWS], set())
        told = [[text_of(cell) for cell in row] for row in rows[place:] if any(text_of(cell) for cell in row)]
        evidence = [f"planilha {name}, cabeçalho na linha {place + 1}"]
        found.append(Sample(path.name, Reader.EXCEL, told[0], told[1:], evidence, sheet=name))
    return found


def _parquet(path: Path) -> Sample:
    try:
        file = parquet.ParquetFile(path)
        batch = next(file.iter_batches(batch_size=ROWS), None)
        columns = [column_texts(column).to_pylist() for column in batch.columns] if batch is not None else []
    except (ArrowException, OSError, UnicodeDecodeError) as error:
        raise SourceError("O arquivo não é um Parquet que se possa ler", value=path.name, hint="Peça outro") from error
    rows = [["" if v is None else v for v in row] for row in zip(*columns, strict=True)]
    return Sample(path.name, Reader.PARQUET, list(file.schema_arrow.names), rows, ["Parquet"])
