"""Tables of tests, read whole."""

from pathlib import Path

from b2shift.differentiate.segments.layout import fit_layout
from b2shift.differentiate.segments.reading import DistinctTable, open_mixed_table
from b2shift.differentiate.segments.view import MAX_CELLS, View


def read_whole(table: Path, key: str) -> DistinctTable:
    """Its rows, equal ones once."""
    with open_mixed_table(table, key) as read:
        columns = read.read_all(MAX_CELLS)
    assert columns is not None
    return columns


def viewed(table: Path, key: str) -> tuple[View, tuple[str, ...]]:
    """The table as columns of numbers, and the names of those left out."""
    columns = read_whole(table, key)
    layout = fit_layout(columns)
    return layout.view(columns), layout.ignored
