"""Tables of tests, read whole."""

from pathlib import Path

from b2shift.differentiate.segments.layout import layout_of
from b2shift.differentiate.segments.reading import Grouped, mixed
from b2shift.differentiate.segments.view import MOST_CELLS, View


def read_whole(table: Path, key: str) -> Grouped:
    """Its rows, equal ones once."""
    with mixed(table, key) as read:
        columns = read.whole(MOST_CELLS)
    assert columns is not None
    return columns


def viewed(table: Path, key: str) -> tuple[View, tuple[str, ...]]:
    """The table as columns of numbers, and the names of those left out."""
    columns = read_whole(table, key)
    layout = layout_of(columns)
    return layout.view(columns), layout.ignored
