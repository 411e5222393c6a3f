"""A file whose rows are parts of the things wanted: lines of an invoice are kept as lines, and added up to invoices."""

from collections import defaultdict
from itertools import combinations
from typing import Any

from b2shift.identify.sources.declarations import tables
from b2shift.identify.wizard.mapping import Mapped, Mapping
from b2shift.identify.wizard.names import canonical, concepts
from b2shift.identify.wizard.sample import Sample
from b2shift.lake.api import quote

_NEARLY_ALL = 0.98


def whole_of(sample: Sample, mapping: Mapping, mapped: list[Mapped], group: tuple[int, ...]) -> tuple[int, ...]:
    """Of the columns that identify a row together, the fewest that identify what the rows are lines of: in all lines of
    one its customer and its days are the same; nothing where the rows are things of their own, as instalments are."""
    told = canonical()["tables"][mapping.table].get("lines")
    same = [one.place for one in mapped if told and one.to in told["same"]]
    if not any(mapping.contents[place].kind in ("date", "timestamp") for place in same):
        return ()
    if any(concepts(sample.header[place]) & set(canonical()["instalments"]) for place in group):
        return ()
    first, *rest = group
    wholes = ((first, *others) for more in range(len(rest)) for others in combinations(rest, more))
    return next((whole for whole in wholes if _steady(sample, whole, same)), ())


def _steady(sample: Sample, whole: tuple[int, ...], same: list[int]) -> bool:
    """Whether rows alike in `whole` are alike in `same` too."""
    rows: defaultdict[tuple[str, ...], list[tuple[str, ...]]] = defaultdict(list)
    for row in sample.rows:
        rows[tuple(row[place] for place in whole)].append(tuple(row[place] for place in same))
    several = [told for told in rows.values() if len(told) > 1]
    return bool(several) and sum(len(set(told)) == 1 for told in several) >= _NEARLY_ALL * len(several)


def added_up(table: str, whole: list[str], columns: dict[str, dict[str, Any]], derived: dict[str, str]) -> str:
    """SELECT of the things the accepted lines add up to: amounts as sums, the rest as the last line says it."""
    wanted = canonical()["tables"][table]
    read = {told["to"]: quote(told["to"]) for told in columns.values() if "to" in told}
    read |= {name: told for name, told in derived.items() if name != wanted["key"]}
    sums = wanted["lines"]["sum"]
    said = {name: f"sum({one})" if name in sums else f"max_by({one}, _row)" for name, one in read.items()}
    names = ", ".join(map(quote, whole))
    said[wanted["key"]] = f"concat_ws('/', {names})"
    told = (f"{said.get(column.name, 'NULL')} AS {quote(column.name)}" for column in tables()[table].columns)
    return f"SELECT {', '.join(told)} FROM accepted GROUP BY {names}"
