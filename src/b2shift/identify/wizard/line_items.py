"""A file at a finer grain than its table: rows that are line items are kept as such and aggregated to the parent."""

from collections import defaultdict
from itertools import combinations
from typing import Any

from b2shift.identify.sources.declarations import tables
from b2shift.identify.wizard.header_names import canonical_schema, concepts
from b2shift.identify.wizard.mapping import ColumnMatch, TableMapping
from b2shift.identify.wizard.sample import Sample
from b2shift.lake.api import quote

_NEARLY_ALL = 0.98


def parent_key(
    sample: Sample, mapping: TableMapping, mapped: list[ColumnMatch], key: tuple[int, ...]
) -> tuple[int, ...]:
    """The smallest part of a composite key that identifies the parent of the rows: it determines customer and dates.

    Empty where rows have no parent; instalments are invoices of their own.
    """
    lines = canonical_schema()["tables"][mapping.table].get("line_items")
    same = [one.position for one in mapped if lines and one.to in lines["same"]]
    if not any(mapping.summaries[position].kind in ("date", "timestamp") for position in same):
        return ()
    if any(concepts(sample.header[position]) & set(canonical_schema()["instalments"]) for position in key):
        return ()
    first, *rest = key
    parents = ((first, *others) for more in range(len(rest)) for others in combinations(rest, more))
    return next((parent for parent in parents if _determines(sample, parent, same)), ())


def _determines(sample: Sample, parent: tuple[int, ...], same: list[int]) -> bool:
    """Whether the columns `parent` determine the columns `same` (functional dependency), with few exceptions."""
    rows: defaultdict[tuple[str, ...], list[tuple[str, ...]]] = defaultdict(list)
    for row in sample.rows:
        rows[tuple(row[position] for position in parent)].append(tuple(row[position] for position in same))
    groups = [group for group in rows.values() if len(group) > 1]
    return bool(groups) and sum(len(set(group)) == 1 for group in groups) >= _NEARLY_ALL * len(groups)


def aggregate_sql(table: str, parent: list[str], columns: dict[str, dict[str, Any]], derived: dict[str, str]) -> str:
    """SELECT of the parents of accepted lines: amounts summed, other columns of the last line."""
    schema = canonical_schema()["tables"][table]
    sources = {column["to"]: quote(column["to"]) for column in columns.values() if "to" in column}
    sources |= {name: sql for name, sql in derived.items() if name != schema["key"]}
    summed = schema["line_items"]["sum"]
    aggregates = {name: f"sum({one})" if name in summed else f"max_by({one}, _row)" for name, one in sources.items()}
    names = ", ".join(map(quote, parent))
    aggregates[schema["key"]] = f"concat_ws('/', {names})"
    selected = (f"{aggregates.get(column.name, 'NULL')} AS {quote(column.name)}" for column in tables()[table].columns)
    return f"SELECT {', '.join(selected)} FROM accepted GROUP BY {names}"
