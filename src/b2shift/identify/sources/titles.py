"""What may stand above the header of a CSV: `sep=;`, which Excel reads and writes, and the titles of a report."""

import re
import shutil
from pathlib import Path
from statistics import median
from typing import NamedTuple

from b2shift.identify.sources.grouped_header import joined_names
from b2shift.identify.sources.header_record import lines_of_record
from b2shift.identify.sources.separator import fields_of, separator_of_lines

_HEAD = 256 * 1024
_LINES = 50
_TOLD = re.compile(r'\ufeff?"?sep=.{1,2}"?\s*', re.IGNORECASE)
_SAYS_NOTHING = re.compile(rf'[\s;,|"\ufeff]*|{_TOLD.pattern}', re.IGNORECASE)
_WIDTH = 3
"""a table of fewer columns is not told from titles"""
_MOST = 0.8


class Titles(NamedTuple):
    """The lines above a header, and how many bytes they are."""

    lines: tuple[bytes, ...]
    bytes: int


def without_titles(path: Path, scratch: Path) -> tuple[Path, tuple[bytes, ...]]:
    """The file from its header on, and the lines that stood above it, empty where they only tell the separator.

    The file as it is where none did.
    """
    with path.open("rb") as file:
        above = titles_of(file.read(_HEAD))
    return (below(path, scratch, above), above.lines) if above.lines else (path, ())


def below(path: Path, scratch: Path, above: Titles) -> Path:
    """The file written again from its header on."""
    target = scratch / f"table-{path.name}"
    with path.open("rb") as file, target.open("wb") as out:
        file.seek(above.bytes)
        shutil.copyfileobj(file, out)
    return target


def titles_of(head: bytes, *, groups: bool = False) -> Titles:
    """What stands above the header in the first bytes of a file; `groups` over its names are of the header."""
    lines = head[:_HEAD].split(b"\n")[: _LINES + 1]
    whole = [line.decode("latin-1").replace("ï»¿", "") for line in (lines[:-1] if len(lines) > 1 else lines)]
    records = _records(whole)
    place = _above(records, groups=groups)
    above = sum(record.count("\n") + 1 for record in records[:place])
    told = tuple(b"" if _TOLD.fullmatch(text) else raw for raw, text in zip(lines[:above], whole[:above], strict=True))
    return Titles(told, sum(len(line) + 1 for line in lines[:above]))


def _records(lines: list[str]) -> list[str]:
    """Lines, those of one record joined: a quoted field may hold line ends."""
    ended, records = [f"{line}\n" for line in lines], []
    while ended:
        count = lines_of_record(ended)
        records.append("".join(ended[:count])[:-1])
        ended = ended[count:]
    return records


def _above(lines: list[str], *, groups: bool) -> int:
    """How many records stand above the header.

    A title fills fewer than half as many fields as half of all lines do, so one broken line says nothing; the header is
    the first line that fills nearly as many, and what stands below it has as many fields: commas of a text have not.
    """
    first = next((place for place, line in enumerate(lines) if not _SAYS_NOTHING.fullmatch(line)), 0)
    mark = separator_of_lines(lines[first:])
    rows = [fields_of(line, mark) for line in lines]
    filled = [sum(bool(field.strip()) for field in row) for row in rows]
    usual = median([count for count in filled[first:] if count] or [0])
    if usual < _WIDTH or filled[first] >= usual / 2:
        return first
    place = next((place for place in range(first, len(rows)) if filled[place] >= _MOST * usual), first)
    below = [row for row, count in zip(rows[place + 1 :], filled[place + 1 :], strict=True) if count]
    alike = sum(len(row) == len(rows[place]) for row in below)
    if not below or alike < _MOST * len(below):
        return first
    over = groups and place > first and joined_names(rows[place - 1], rows[place], below)
    return place - 1 if over else place
