"""Headers of two rows, as pivot tables and reports have them: groups, merged over their columns, and names below."""

import re
from collections.abc import Sequence
from itertools import zip_longest

BETWEEN = " - "
_WIDTH = 3
"""a table of fewer columns has no groups"""
_NEARLY_ALL = 0.8
_LEAST = 2
_OF_A_TITLE = re.compile(r":|\d{1,2}[/.-]\d{1,2}[/.-]\d{2,4}|.{60}")


def joined_names(groups: Sequence[str], names: Sequence[str], below: Sequence[Sequence[str]]) -> list[str] | None:
    """`Contato - Nome` of two rows `Contato` and `Nome`; None where the first may be a title, or the second a row.

    Every column is named by one of them, and a group stands over several names. No name has a digit or an `@`, and
    below one of them nearly all cells have: a row of words has none there.
    """
    width = len(names)
    groups = [group.strip() for group in [*groups, *[""] * (width - len(groups))]]
    names = [name.strip() for name in names]
    if width < _WIDTH or len(groups) != width or not all(map(any, zip(groups, names, strict=True))):
        return None
    if not _are_groups(groups, names) or any(map(_tells, names)) or not _has_values(names, below):
        return None
    joined = with_groups(groups, names)
    return joined if len(set(joined)) == width else None


def with_groups(groups: Sequence[str], names: Sequence[str]) -> list[str]:
    """Each name behind its group, which stands over the names up to the next one; a group over no name is a name."""
    joined, group = list[str](), ""
    for above, name in zip_longest(groups, names, fillvalue=""):
        group = (above.strip() or group) if name.strip() else ""
        joined.append(BETWEEN.join(filter(None, (group or above.strip(), name.strip()))))
    return joined


def _are_groups(groups: Sequence[str], names: Sequence[str]) -> bool:
    """Whether some cell stands over several names, and they are no title: several cells, or names that need them."""
    told = [group for group in groups if group]
    over = zip(groups, groups[1:], names, names[1:], strict=False)
    merged = any(left and not right and name and following for left, right, name, following in over)
    needed = len(set(names)) < len(names) and not groups[0]
    return merged and (len(told) > 1 or needed) and not any(map(_OF_A_TITLE.search, told))


def _has_values(names: Sequence[str], below: Sequence[Sequence[str]]) -> bool:
    """Whether a column with a name has values in nearly all of its cells."""
    rows = [row for row in below if len(row) == len(names)]
    columns = [[row[place] for row in rows if row[place].strip()] for place, name in enumerate(names) if name]
    return any(len(cells) >= _LEAST and sum(map(_tells, cells)) >= _NEARLY_ALL * len(cells) for cells in columns)


def _tells(cell: str) -> bool:
    """Whether a cell is a value rather than a name: it has a digit or an `@`."""
    return "@" in cell or any(map(str.isdecimal, cell))
