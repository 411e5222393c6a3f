"""Figures that come again under another name: a later delivery takes their place, two files of one delivery do not.

A month of a place belongs to one file that brings it; corrections of one kind that were declared in one month belong to
one file, whatever months they are of.
"""

from collections import defaultdict
from collections.abc import Mapping
from itertools import combinations

from b2shift.identify.external.declaration import Indicator, any_of
from b2shift.identify.external.figures import Figure

Read = Mapping[tuple[str, str], list[Figure]]
"""(indicator, file) → what the file says."""


def twice(read: Read, declared: Mapping[str, Indicator]) -> dict[tuple[str, str], str]:
    """(indicator, file) → the other file that brings a month of the same place and says something else, where files
    add up: their sum would count it twice."""
    brought: dict[tuple[str, str], dict[str, set[tuple[object, ...]]]] = defaultdict(dict)
    for (indicator, file), figures in read.items():
        if declared[indicator].adds:
            kind = corrects(declared[indicator], file)
            said = ((one.told_in,) if kind else (one.municipality, one.month) for one in figures)
            brought[indicator, kind][file] = {one for one in said if one != (None,)}
    found: dict[tuple[str, str], str] = {}
    for (indicator, _kind), files in brought.items():
        for one, other in combinations(sorted(files), 2):
            same = sorted(map(repr, read[indicator, one])) == sorted(map(repr, read[indicator, other]))
            if not same and files[one] & files[other]:
                found |= {(indicator, one): other, (indicator, other): one}
    return found


def corrects(indicator: Indicator, file: str) -> str:
    """The pattern by which a file only corrects months that others bring; empty for one that brings them."""
    return next((one for one in indicator.corrects if any_of([one], file)), "")


def without_replaced(figures: str) -> str:
    """SQL: the rows of `figures` that `_fresh` brings again neither in a file of the same name nor in one of another:
    where files add up (`_parts`) a month of a place is brought whole, else figure by figure; what corrects is brought
    again by what was declared in the same month."""
    return f"""
        SELECT k.* FROM {figures} AS k LEFT JOIN _parts AS p USING (indicator, file)
        WHERE (k.indicator, k.file) NOT IN (SELECT indicator, file FROM _fresh)
          AND NOT EXISTS (
              SELECT 1 FROM _fresh AS f JOIN _parts AS n ON n.indicator = f.indicator AND n.file = f.file
              WHERE f.indicator = k.indicator AND n.corrects = coalesce(p.corrects, '')
                AND CASE WHEN n.corrects <> '' THEN f.told_in = k.told_in
                         ELSE f.municipality = k.municipality AND f.month = k.month
                              AND (n.adds OR f.activity = k.activity) END)"""
