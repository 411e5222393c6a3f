"""Which column, or which few together, tell one row of a file from every other: decided by the values, not the name."""

import re
from collections.abc import Iterator
from itertools import combinations, product

from b2shift.identify.wizard.content import Content
from b2shift.identify.wizard.names import canonical, concepts, likeness, unprefixed
from b2shift.identify.wizard.sample import Sample

UNNAMED = 0.71
"""How sure a column is that identifies every row and looks like a code, whatever its name."""
_UNIQUE = 0.98
"""Share of different rows that a key tells apart; the rest are the defects of a real file."""
_LIKELY = 0.9
_FEW_ROWS = 8
_CODE = re.compile(r"^(?=.*\d)[\w./\-#º°]{1,40}$")
_CODES = ("integer", "text", "category", "phone", "decimal", "score", "cnpj")
_MOST = 8


def unique_columns(sample: Sample) -> frozenset[int]:
    """The columns that tell every row from every other, through the whole file."""
    several = range(len(sample.header)) if len(sample.rows) > 1 else ()
    likely = [place for place in several if len({*sample.values(place)}) >= _LIKELY * len(sample.rows)]
    return frozenset(place for (place,) in telling_apart(sample, [(place,) for place in likely]))


def identifying(sample: Sample, contents: list[Content], unique: frozenset[int], called: list[float]) -> list[float]:
    """How well each column serves as the key, given how well its name does: nothing where it repeats."""
    if len(sample.rows) <= 1:
        return called
    found = [one if place in unique else 0.0 for place, one in enumerate(called)]
    for place in unique if len(sample.rows) >= _FEW_ROWS else ():
        plain = contents[place].kind in ("integer", "text") and _is_code(sample, place, contents[place])
        if plain and not _another(sample.header[place]):
            found[place] = max(found[place], UNNAMED)
    return found


def together(sample: Sample, contents: list[Content], table: str, key: str) -> tuple[int, ...]:
    """The fewest columns that identify a row where none does alone: one named like the key, and codes or numbers of
    lines beside it; nothing where there are none."""
    wanted = canonical()["tables"][table]["columns"][key]["names"]
    headers = unprefixed(sample.header)
    named = [place for place, header in enumerate(headers) if likeness(header, wanted, table) >= UNNAMED]
    return beside(sample, contents, [(place,) for place in named])


def beside(sample: Sample, contents: list[Content], begun: list[tuple[int, ...]]) -> tuple[int, ...]:
    """The first of these groups that identifies a row with one or two columns more: numbers of lines, codes, kinds."""

    def order(place: int) -> tuple[bool, bool, int]:
        return not _numbers_lines(headers[place]), not _is_code(sample, place, contents[place]), place

    headers = unprefixed(sample.header)
    full = [place for place, content in enumerate(contents) if content.filled >= _UNIQUE]
    likely = [p for p in full if contents[p].kind == "category" or _is_code(sample, p, contents[p])]
    others = sorted(likely, key=order)[:_MOST]
    for more in (0, 1, 2):
        groups = [
            (*first, *rest)
            for first, rest in product(begun, combinations(others, more))
            if not set(first) & set(rest)
        ]  # fmt: skip
        found = next(telling_apart(sample, groups), None)
        if found is not None:
            return found
    return ()


def telling_apart(sample: Sample, groups: list[tuple[int, ...]]) -> Iterator[tuple[int, ...]]:
    """The groups of columns that are filled and different in nearly every different row of the file."""
    rows: set[int] = set()
    seen: list[set[int]] = [set() for _ in groups]
    for row in sample.every_row() if groups else ():
        whole = hash(tuple(row))
        if whole in rows:
            continue
        rows.add(whole)
        for group, values in zip(groups, seen, strict=True):
            told = tuple(row[place].strip() for place in group)
            if all(told):
                values.add(hash(told))
    return (group for group, values in zip(groups, seen, strict=True) if rows and len(values) >= _UNIQUE * len(rows))


def _is_code(sample: Sample, place: int, content: Content) -> bool:
    if content.kind not in _CODES or content.filled < _UNIQUE:
        return False
    values = [value.strip() for value in sample.values(place) if value.strip()]
    plain = not (content.kind == "decimal" and any("," in value or "." in value for value in values))
    return plain and sum(bool(_CODE.match(value)) for value in values) >= _UNIQUE * len(values)


def _another(header: str) -> bool:
    """Whether a header names what is no code of the row."""
    return bool(concepts(header) & set(canonical()["others"]))


def _numbers_lines(header: str) -> bool:
    return bool(concepts(header) & set(canonical()["lines"]))
