"""What may stand above the header of a CSV: `sep=;`, which Excel reads and writes, and the titles of a report."""

import csv
import re
import shutil
from pathlib import Path
from statistics import median

from b2shift.identify.sources import separator
from b2shift.identify.sources.header_record import lines_of_record

_HEAD = 256 * 1024
_LINES = 50
_TOLD = re.compile(r'\ufeff?"?sep=.{1,2}"?\s*', re.IGNORECASE)
_WIDTH = 3
"""a table of fewer columns is not told from titles"""
_MOST = 0.8


def without_titles(path: Path, scratch: Path) -> tuple[Path, tuple[bytes, ...]]:
    """The file from its header on, and the lines that stood above it, empty where they only tell the separator.

    The file as it is where none did.
    """
    with path.open("rb") as file:
        head = file.read(_HEAD)
    lines = head.split(b"\n")[: _LINES + 1]
    whole = [line.decode("latin-1").replace("ï»¿", "") for line in (lines[:-1] if len(lines) > 1 else lines)]
    records = _records(whole)
    place = _above(records)
    if not place:
        return path, ()
    above = sum(record.count("\n") + 1 for record in records[:place])
    target = scratch / f"table-{path.name}"
    with path.open("rb") as file, target.open("wb") as out:
        file.seek(sum(len(line) + 1 for line in lines[:above]))
        shutil.copyfileobj(file, out)
    return target, tuple(
        b"" if _TOLD.fullmatch(text) else raw for raw, text in zip(lines[:above], whole[:above], strict=True)
    )


def _records(lines: list[str]) -> list[str]:
    """Lines, those of one record joined: a quoted field may hold line ends."""
    ended, records = [f"{line}\n" for line in lines], []
    while ended:
        count = lines_of_record(ended)
        records.append("".join(ended[:count])[:-1])
        ended = ended[count:]
    return records


def _above(lines: list[str]) -> int:
    """How many records stand above the header.

    A title fills fewer than half as many fields as half of all lines do, so one broken line says nothing; the header is
    the first line that fills nearly as many, and what stands below it has as many fields: commas of a text have not.
    """
    first = int(bool(lines) and bool(_TOLD.fullmatch(lines[0])))
    mark = separator.separator_of_lines(lines[first:])
    rows = [_fields(line, mark) for line in lines]
    filled = [sum(bool(field.strip()) for field in row) for row in rows]
    usual = median([count for count in filled[first:] if count] or [0])
    if usual < _WIDTH or filled[first] >= usual / 2:
        return first
    place = next((place for place in range(first, len(rows)) if filled[place] >= _MOST * usual), first)
    below = [row for row, count in zip(rows[place + 1 :], filled[place + 1 :], strict=True) if count]
    alike = sum(len(row) == len(rows[place]) for row in below)
    return place if below and alike >= _MOST * len(below) else first


def _fields(line: str, mark: str) -> list[str]:
    try:
        return next(csv.reader([line], delimiter=mark), [])
    except csv.Error:
        return line.split(mark)
