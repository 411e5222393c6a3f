"""References to columns of the lake."""

from typing import NamedTuple


class ColumnRef(NamedTuple):
    """A column of a table; no column means the whole table."""

    table: str
    column: str = ""
