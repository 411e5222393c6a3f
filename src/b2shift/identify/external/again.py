"""Figures that come again under another name: a later delivery takes their place, two files of one delivery do not."""

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
    brought: dict[str, dict[str, set[tuple[object, ...]]]] = defaultdict(dict)
    for (indicator, file), figures in read.items():
        if declared[indicator].adds and not corrects(declared[indicator], file):
            brought[indicator][file] = {(one.municipality, one.month) for one in figures}
    found: dict[tuple[str, str], str] = {}
    for indicator, files in brought.items():
        for one, other in combinations(sorted(files), 2):
            same = sorted(map(repr, read[indicator, one])) == sorted(map(repr, read[indicator, other]))
            if not same and files[one] & files[other]:
                found |= {(indicator, one): other, (indicator, other): one}
    return found


def corrects(indicator: Indicator, file: str) -> bool:
    """Whether a file only corrects months that others bring."""
    return any_of(indicator.corrects, file)


def without_replaced(figures: str) -> str:
    """SQL: the rows of `figures` that `_fresh` brings again neither in a file of the same name nor in one of another:
    where files add up (`_parts`) a month of a place is brought whole, else figure by figure."""
    return f"""
        SELECT k.* FROM {figures} AS k LEFT JOIN _parts AS p USING (indicator, file)
        WHERE (k.indicator, k.file) NOT IN (SELECT indicator, file FROM _fresh)
          AND (coalesce(p.corrects, FALSE) OR NOT EXISTS (
              SELECT 1 FROM _fresh AS f JOIN _parts AS n ON n.indicator = f.indicator AND n.file = f.file
              WHERE NOT n.corrects AND f.indicator = k.indicator AND f.municipality = k.municipality
                AND f.month = k.month AND (n.adds OR f.activity = k.activity)))"""
