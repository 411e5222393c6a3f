"""The first record of a delimited text, which names the columns: its quoted fields may hold line ends."""

import csv
from collections.abc import Sequence

from b2shift.identify.sources.grouped_header import joined_names
from b2shift.identify.sources.separator import fields_of, separator_of_header

_MOST = 50
_NEARLY_ALL = 0.9


def lines_of_record(lines: Sequence[str]) -> int:
    """How many of the lines, which end as they did, are the first record: one, where its quotes make no sense."""
    quotes = 0
    for count, line in enumerate(lines[:_MOST], 1):
        quotes += line.count('"')
        if quotes % 2 == 0:
            return count if count == 1 or _is_one_record(lines[:count]) else 1
    return 1


def header_records(head: bytes) -> tuple[bytes, ...]:
    """The records of bytes that name the columns: the first one, and names below it where it has groups only."""
    first = record_of(head)
    second = record_of(head[len(first) :])
    below = head[len(first) + len(second) :].decode("latin-1").split("\n", _MOST)[:-1]
    texts = [record.decode("latin-1").rstrip("\r\n") for record in (first, second)]
    mark = separator_of_header("".join(texts))
    groups, names, *rows = (fields_of(text.rstrip("\r"), mark) for text in (*texts, *below))
    return (first, second) if joined_names(groups, names, rows) else (first,)


def record_of(head: bytes) -> bytes:
    """The first record of bytes, its line end included."""
    lines = head.split(b"\n", _MOST)
    ended = [line + b"\n" for line in lines[:-1]] or [lines[0] + b"\n"]
    return b"".join(ended[: lines_of_record([line.decode("latin-1") for line in ended])])


def _is_one_record(lines: Sequence[str]) -> bool:
    told = csv.reader(lines, delimiter=separator_of_header("".join(lines)), strict=True)
    try:
        next(told)
    except csv.Error:
        return False
    return told.line_num == len(lines)


def ends_with_separator(below: bytes, separator: str, names: int) -> bool:
    """Whether the lines below a header of so many names end with a separator that the header has not."""
    lines = [line.rstrip("\r") for line in below.decode("latin-1").split("\n")[:_MOST]]
    longer = [line for line in lines[:-1] if line.endswith(separator) and len(fields_of(line, separator)) == names + 1]
    return bool(longer) and len(longer) >= _NEARLY_ALL * sum(bool(line) for line in lines[:-1])
