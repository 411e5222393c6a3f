"""Substitutions in the last query: one name or number for another."""

from b2shift.insight.planning.consuming import EDIT_WORD, NAMES, consume, span_of
from b2shift.insight.planning.draft import Draft
from b2shift.insight.planning.wording import pattern
from b2shift.insight.reading.mentions import Mention, Reading
from b2shift.metrics.api import load_dictionary
from b2shift.metrics.contracts import Order, Scalar


def apply_substitution(out: Draft, reading: Reading) -> None:
    """Replace one name or number by another: `troca o Sul pelo Norte`, `em vez de uso, adoção`."""
    found = pattern("swaps").search(reading.text)
    match = found or pattern("instead_of").search(reading.text)
    if match is None:
        trailing = pattern("instead").search(reading.text)
        if trailing:
            consume(reading, *span_of(reading, trailing), EDIT_WORD)
        return
    start, end = span_of(reading, match)
    names = [i for i in reading.mentions if i.kind in NAMES]
    after = [i for i in names if i.start >= end]
    pair = after[:2] if found or len(after) > 1 else [*after[:1], *[i for i in names if i.end <= start][-1:]]
    if len(pair) == 2 and _exchange(out, *pair):
        consume(reading, min(start, pair[1].start), max(one.end for one in pair))
    elif found and not names:
        _replace_number(out, reading, start)
    elif found is None and after and len(pair) == 2:
        consume(reading, start, after[0].end, EDIT_WORD)


def _exchange(out: Draft, old: Mention, new: Mention) -> bool:
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
    return old.kind == "value" and old.name == new.name and _replace_value(out, old.name, old.value, new.value)


def _replace_value(out: Draft, name: str, old: object, new: Scalar) -> bool:
    members = out.comparison
    if members and members.field == name and members.values and old in members.values:
        values = tuple(new if one == old else one for one in members.values)
        out.comparison = members.model_copy(update={"values": values})
        return True
    for position, one in enumerate(out.filters):
        if one.field == name and (one.value == old or (isinstance(one.value, tuple) and old in one.value)):
            current = one.value
            value = tuple(new if v == old else v for v in current) if isinstance(current, tuple) else new
            out.filters[position] = one.model_copy(update={"value": value})
            return True
    return False


def _replace_number(out: Draft, reading: Reading, start: int) -> None:
    """`Troca o 4 pelo 1`: where exactly one slot holds the first number."""
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
        _replace_value(out, fields[0], old, new)
    consume(reading, start, plain[1].end)


def apply_new_number(out: Draft, reading: Reading) -> None:
    """`Sobe pra 10 mil`, `reduz pra 5`, `make it 20`: a new threshold or limit."""
    found = pattern("changes_number").match(reading.text)
    if found is None or len(reading.amounts) != 1 or any(i.kind in NAMES for i in reading.mentions):
        return
    amount, known = reading.amounts[0], load_dictionary().metrics
    lines = [f for f in out.filters if f.field in {*known, "tenure_months"} and not isinstance(f.value, tuple)]
    if isinstance(amount.value, int) and out.limit is not None and not lines and not amount.unit:
        out.limit = amount.value
    elif len(lines) == 1 and out.limit is None:
        out.filters[out.filters.index(lines[0])] = lines[0].model_copy(update={"value": amount.value})
    elif lines:
        out.ambiguous = reading.question
    else:
        return
    consume(reading, span_of(reading, found)[0], amount.end)
