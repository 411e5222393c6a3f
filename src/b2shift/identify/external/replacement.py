"""Replacement of external figures: a later delivery replaces them, two files of one delivery conflict.

A month of a municipality belongs to one file; the corrections of one kind declared in one month belong to one file,
whatever months they correct.
"""

from collections import defaultdict
from collections.abc import Mapping
from itertools import combinations

from b2shift.identify.external.declaration import Indicator, any_of
from b2shift.identify.external.figures import Figure

Read = Mapping[tuple[str, str], list[Figure]]
"""(indicator, file) → the figures of the file"""


def conflicting_files(read: Read, declared: Mapping[str, Indicator]) -> dict[tuple[str, str], str]:
    """(indicator, file) → another file with different figures for a month of the same municipality, where files are
    summed: it would be counted twice."""
    keys_by_file: dict[tuple[str, str], dict[str, set[tuple[object, ...]]]] = defaultdict(dict)
    for (indicator, file), figures in read.items():
        if declared[indicator].adds:
            kind = corrects(declared[indicator], file)
            keys = ((one.told_in,) if kind else (one.municipality, one.month) for one in figures)
            keys_by_file[indicator, kind][file] = {one for one in keys if one != (None,)}
    found: dict[tuple[str, str], str] = {}
    for (indicator, _kind), files in keys_by_file.items():
        for one, other in combinations(sorted(files), 2):
            same = sorted(map(repr, read[indicator, one])) == sorted(map(repr, read[indicator, other]))
            if not same and files[one] & files[other]:
                found |= {(indicator, one): other, (indicator, other): one}
    return found


def corrects(indicator: Indicator, file: str) -> str:
    """The pattern by which a file only corrects months of other files; empty for one with months of its own."""
    return next((one for one in indicator.corrects if any_of([one], file)), "")


def without_replaced(figures: str) -> str:
    """SQL: the rows of `figures` that `_fresh` does not replace. A file replaces one of the same name; where files are
    summed (`_parts`) all figures of the same municipality and month, else the same figure; a correction those declared
    in the same month."""
    return f"""
        SELECT k.* FROM {figures} AS k LEFT JOIN _parts AS p USING (indicator, file)
        WHERE (k.indicator, k.file) NOT IN (SELECT indicator, file FROM _fresh)
          AND NOT EXISTS (
              SELECT 1 FROM _fresh AS f JOIN _parts AS n ON n.indicator = f.indicator AND n.file = f.file
              WHERE f.indicator = k.indicator AND n.corrects = coalesce(p.corrects, '')
                AND CASE WHEN n.corrects <> '' THEN f.told_in = k.told_in
                         ELSE f.municipality = k.municipality AND f.month = k.month
                              AND (n.adds OR f.activity = k.activity) END)"""
