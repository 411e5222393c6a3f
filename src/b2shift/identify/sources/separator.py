"""Which mark stands between the fields of a delimited text; what stands between quotes says nothing."""

import csv
import re
from collections.abc import Iterable

MARKS = ";,\t|"
_QUOTED = re.compile(r'"[^"]*"')


def separator_of_header(header: str, declared: str = "") -> str:
    """The mark that most of a header's names are separated by; of marks alike the declared one."""
    bare = _QUOTED.sub("", header)
    return max(MARKS, key=lambda mark: (bare.count(mark), mark == declared))


def fields_of(record: str, separator: str) -> list[str]:
    """The fields of a record, whose quotes may hold line ends; where they make no sense it is split as it is."""
    try:
        return next(csv.reader([record], delimiter=separator), [])
    except csv.Error:
        return record.split(separator)


def separator_of_lines(lines: Iterable[str]) -> str:
    """The mark that most lines hold: the header of decimal commas has none, that of a text with `;` no `;`."""
    bare = [_QUOTED.sub("", line) for line in lines]
    return max(MARKS, key=lambda mark: sum(mark in line for line in bare))
