"""Find the key of a file: the column, or the smallest group of columns, whose values are unique per row."""

import re
from collections.abc import Iterator
from itertools import combinations, product

from b2shift.identify.wizard.column_summary import ColumnSummary
from b2shift.identify.wizard.header_names import canonical_schema, concepts, name_similarity, without_shared_prefix
from b2shift.identify.wizard.sample import Sample

UNNAMED_KEY = 0.71
"""confidence of a unique column of codes whatever its header"""
_UNIQUE = 0.98
"""share of the distinct rows a key must identify; the rest are defects of a real file"""
_NEARLY_UNIQUE = 0.9
_FEWEST_ROWS = 8
_CODE = re.compile(r"^(?=.*\d)[\w./\-#º°]{1,40}$")
_CODE_KINDS = ("integer", "text", "category", "phone", "decimal", "score", "cnpj")
_MOST_CANDIDATES = 8


def unique_columns(sample: Sample) -> frozenset[int]:
    """The columns that are keys of the whole file."""
    columns = range(len(sample.header)) if len(sample.rows) > 1 else ()
    candidates = [
        position for position in columns if len({*sample.values(position)}) >= _NEARLY_UNIQUE * len(sample.rows)
    ]
    return frozenset(position for (position,) in unique_groups(sample, [(position,) for position in candidates]))


def key_confidences(
    sample: Sample, summaries: list[ColumnSummary], unique: frozenset[int], by_name: list[float]
) -> list[float]:
    """Confidence of each column as the key, from that of its header: 0 unless unique, raised for unique codes."""
    if len(sample.rows) <= 1:
        return by_name
    found = [one if position in unique else 0.0 for position, one in enumerate(by_name)]
    for position in unique if len(sample.rows) >= _FEWEST_ROWS else ():
        plain = summaries[position].kind in ("integer", "text") and _is_code(sample, position, summaries[position])
        if plain and not _is_attribute(sample.header[position]):
            found[position] = max(found[position], UNNAMED_KEY)
    return found


def composite_key(sample: Sample, summaries: list[ColumnSummary], table: str, key: str) -> tuple[int, ...]:
    """The smallest composite key: a column with a header of the key, and codes or line numbers; empty if none."""
    key_names = canonical_schema()["tables"][table]["columns"][key]["names"]
    headers = without_shared_prefix(sample.header)
    named = [
        position for position, header in enumerate(headers) if name_similarity(header, key_names, table) >= UNNAMED_KEY
    ]
    return extended_to_key(sample, summaries, [(position,) for position in named])


def extended_to_key(
    sample: Sample, summaries: list[ColumnSummary], partial_keys: list[tuple[int, ...]]
) -> tuple[int, ...]:
    """The first of these groups that is a key with at most two more columns: line numbers, codes, categories."""

    def order(position: int) -> tuple[bool, bool, int]:
        return not _is_line_number(headers[position]), not _is_code(sample, position, summaries[position]), position

    headers = without_shared_prefix(sample.header)
    full = [position for position, summary in enumerate(summaries) if summary.filled >= _UNIQUE]
    candidates = [p for p in full if summaries[p].kind == "category" or _is_code(sample, p, summaries[p])]
    others = sorted(candidates, key=order)[:_MOST_CANDIDATES]
    for extra in (0, 1, 2):
        groups = [
            (*first, *rest)
            for first, rest in product(partial_keys, combinations(others, extra))
            if not set(first) & set(rest)
        ]  # fmt: skip
        found = next(unique_groups(sample, groups), None)
        if found is not None:
            return found
    return ()


def unique_groups(sample: Sample, groups: list[tuple[int, ...]]) -> Iterator[tuple[int, ...]]:
    """The groups of columns that are filled and unique in nearly every distinct row of the file."""
    rows: set[int] = set()
    seen: list[set[int]] = [set() for _ in groups]
    for row in sample.all_rows() if groups else ():
        row_hash = hash(tuple(row))
        if row_hash in rows:
            continue
        rows.add(row_hash)
        for group, values in zip(groups, seen, strict=True):
            key = tuple(row[position].strip() for position in group)
            if all(key):
                values.add(hash(key))
    return (group for group, values in zip(groups, seen, strict=True) if rows and len(values) >= _UNIQUE * len(rows))


def _is_code(sample: Sample, position: int, summary: ColumnSummary) -> bool:
    if summary.kind not in _CODE_KINDS or summary.filled < _UNIQUE:
        return False
    values = [value.strip() for value in sample.values(position) if value.strip()]
    plain = not (summary.kind == "decimal" and any("," in value or "." in value for value in values))
    return plain and sum(bool(_CODE.match(value)) for value in values) >= _UNIQUE * len(values)


def _is_attribute(header: str) -> bool:
    """Whether a header names an attribute that is no key."""
    return bool(concepts(header) & set(canonical_schema()["attributes"]))


def _is_line_number(header: str) -> bool:
    return bool(concepts(header) & set(canonical_schema()["line_numbers"]))
