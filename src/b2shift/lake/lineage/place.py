"""Where a value stands in the lake."""

from typing import NamedTuple


class Place(NamedTuple):
    """A column of a table; no column means the table as a whole."""

    table: str
    column: str = ""
