"""One name or number of the last query that another one takes the place of."""

from b2shift.insight.planning.draft import Draft
from b2shift.insight.planning.taking import NAMES, SAID, places, take
from b2shift.insight.planning.wording import pattern
from b2shift.insight.reading.items import Item, Reading
from b2shift.metrics.api import load_dictionary
from b2shift.metrics.contracts import Order, Scalar


def swapped(out: Draft, reading: Reading) -> None:
    """`Troca o Sul pelo Norte`, `em vez de uso, adoção`, `troca o 4 pelo 1`: one name or number stands for another."""
    found = pattern("swaps").search(reading.text)
    said = found or pattern("instead_of").search(reading.text)
    if said is None:
        trailing = pattern("instead").search(reading.text)
        if trailing:
            take(reading, *places(reading, trailing), SAID)
        return
    start, end = places(reading, said)
    names = [i for i in reading.items if i.kind in NAMES]
    after = [i for i in names if i.start >= end]
    pair = after[:2] if found or len(after) > 1 else [*after[:1], *[i for i in names if i.end <= start][-1:]]
    if len(pair) == 2 and _exchange(out, *pair):
        take(reading, min(start, pair[1].start), max(one.end for one in pair))
    elif found and not names:
        _renumbered(out, reading, start)
    elif found is None and after and len(pair) == 2:
        take(reading, start, after[0].end, SAID)


def _exchange(out: Draft, old: Item, new: Item) -> bool:
    if old.kind != new.kind:
        return False
    if old.kind == "metric" and old.name in out.metrics:
        out.metrics = [new.name if name == old.name else name for name in out.metrics]
        if out.order and out.order.by.removesuffix(".change") == old.name:
            out.order = Order(by=out.order.by.replace(old.name, new.name), dir=out.order.dir)
        return True
    if old.kind == "dimension" and old.name in out.dimensions:
        out.dimensions = [new.name if name == old.name else name for name in out.dimensions]
        out.each = new.name if out.each == old.name else out.each
        return True
    return old.kind == "value" and old.name == new.name and _revalued(out, old.name, old.value, new.value)


def _revalued(out: Draft, name: str, old: object, new: Scalar) -> bool:
    members = out.comparison
    if members and members.field == name and members.values and old in members.values:
        told = tuple(new if one == old else one for one in members.values)
        out.comparison = members.model_copy(update={"values": told})
        return True
    for place, one in enumerate(out.filters):
        if one.field == name and (one.value == old or (isinstance(one.value, tuple) and old in one.value)):
            held = one.value
            value = tuple(new if v == old else v for v in held) if isinstance(held, tuple) else new
            out.filters[place] = one.model_copy(update={"value": value})
            return True
    return False


def _renumbered(out: Draft, reading: Reading, start: int) -> None:
    """`Troca o 4 pelo 1`: where only one number of the query is the first."""
    plain = [a for a in reading.amounts if a.start > start]
    if len(plain) != 2:
        return
    old, new = plain[0].value, plain[1].value
    fields = [f.field for f in out.filters if f.value == old]
    limited = out.limit is not None and out.limit == old
    if len(fields) + limited != 1 or not isinstance(new, int):
        return
    if limited:
        out.limit = new
    elif fields == ["cluster"] and str(new) not in load_dictionary().dimensions["cluster"].values:
        return
    else:
        _revalued(out, fields[0], old, new)
    take(reading, start, plain[1].end)


def another_number(out: Draft, reading: Reading) -> None:
    """`Sobe pra 10 mil`, `reduz pra 5`, `make it 20`: the line of the one condition, or how many are shown."""
    found = pattern("changes_number").match(reading.text)
    if found is None or len(reading.amounts) != 1 or any(i.kind in NAMES for i in reading.items):
        return
    amount, known = reading.amounts[0], load_dictionary().metrics
    lines = [f for f in out.filters if f.field in {*known, "tenure_months"} and not isinstance(f.value, tuple)]
    if isinstance(amount.value, int) and out.limit is not None and not lines and not amount.unit:
        out.limit = amount.value
    elif len(lines) == 1 and out.limit is None:
        out.filters[out.filters.index(lines[0])] = lines[0].model_copy(update={"value": amount.value})
    elif lines:
        out.unsure = reading.question
    else:
        return
    take(reading, places(reading, found)[0], amount.end)
