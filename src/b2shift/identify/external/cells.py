"""Files of public institutes as cells: encoding, delimiter and decimal mark are detected."""

import csv
import re
import zipfile
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

from b2shift.identify.external.declaration import Indicator
from b2shift.identify.sources import separator
from b2shift.identify.sources.cells import text_of
from b2shift.identify.sources.grid import sheets
from b2shift.kernel.errors import SchemaError, SourceError
from b2shift.kernel.text import fold

_SAMPLE = 256 * 1024
WORKBOOK_DELIMITER = ","
"""the delimiter reported for a workbook, whose numbers have a decimal point"""
_UTF_16 = (b"\xff\xfe", b"\xfe\xff")


class Cells(NamedTuple):
    """The rows of a file that are not empty, and its delimiter."""

    rows: list[list[str]]
    delimiter: str


def cells_of(path: Path) -> Cells:
    """The cells of a small file, or of all sheets of a workbook; SourceError when there are none."""
    if is_workbook(path):
        return Cells([row for rows in sheets_of(path).values() for row in rows], WORKBOOK_DELIMITER)
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise SourceError("O arquivo não pode ser lido", value=path.name, hint=error) from error
    kind = encoding_of(path)
    text = raw.decode({"utf-8": "utf-8-sig", "latin-1": "cp1252"}.get(kind, kind), "replace")
    lines = text.splitlines()
    delimiter = separator.separator_of_lines(lines[:50])
    try:
        found = [row for row in csv.reader(lines, delimiter=delimiter) if any(cell.strip() for cell in row)]
    except csv.Error as error:
        raise SourceError("O arquivo não pode ser lido", value=path.name, hint=str(error)) from error
    if not found:
        raise SourceError("O arquivo não pode ser lido", value=path.name, hint="Está vazio: peça outro")
    return Cells(found, delimiter)


def is_workbook(path: Path) -> bool:
    """Whether a file is a workbook: a zip with a content types or mimetype entry."""
    if not zipfile.is_zipfile(path):
        return False
    with zipfile.ZipFile(path) as opened:
        return bool({"[Content_Types].xml", "mimetype"} & set(opened.namelist()))


def sheets_of(path: Path) -> dict[str, list[list[str]]]:
    """The non-empty rows of each sheet of a workbook."""
    found = {}
    for title, sheet in sheets(path).items():
        rows = [[text_of(cell) for cell in row] for row in sheet.to_python()]
        found[title] = [row for row in rows if any(row)]
    return found


def first_line(path: Path) -> str:
    """The first line of a file of any size; empty when it has none."""
    with path.open("rb") as file:
        return file.readline(_SAMPLE).decode("utf-8" if encoding_of(path) == "utf-8" else "latin-1", "replace")


def encoding_of(path: Path) -> str:
    """`utf-8`, `utf-16` or `latin-1`."""
    with path.open("rb") as file:
        header = file.read(_SAMPLE)
    if header.startswith(_UTF_16):
        return "utf-16"
    try:
        header[: header.rfind(b"\n") + 1].decode("utf-8")
    except UnicodeDecodeError:
        return "latin-1"
    return "utf-8"


def decimal_of(numbers: Iterable[str], delimiter: str) -> str:
    """`,` or `.`, by all numbers of a file; without evidence `,` unless it is the delimiter."""
    for text in numbers:
        if re.fullmatch(r"-?[\d.]*,\d+", text.strip()) and not re.fullmatch(r"-?\d{1,3}(,\d{3})+", text.strip()):
            return ","
        if re.fullmatch(r"-?[\d,]*\.(\d{1,2}|\d{4,})|-?\d{4,}\.\d+|-?0\.\d+", text.strip()):
            return "."
    return "." if delimiter == "," else ","


def position_of(headers: Sequence[str], *names: str) -> int | None:
    """The position of the first of the names that is among folded headers; None if none is."""
    return next((headers.index(name) for name in names if name in headers), None)


def folded(row: Sequence[str]) -> list[str]:
    """Headers folded for comparison; `_` counts as a space."""
    return [fold(cell.replace("_", " ")) for cell in row]


def other_layout(indicator: Indicator, name: str, why: str) -> SchemaError:
    """The error of a file without the layout its indicator declares."""
    hint = f"O leiaute {indicator.layout.value} espera outra coisa: {why}"
    return SchemaError(f"O arquivo de {indicator.label} não tem o leiaute declarado", value=name, hint=hint)
