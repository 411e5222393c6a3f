"""Transitions of customers between two versions, and births, ends, splits and merges of segments."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

import pyarrow as pa

from b2shift.differentiate.segments.identity import PreviousSegmentation
from b2shift.kernel.money import format_number
from b2shift.lake.api import Session
from b2shift.lake.contracts import TableSpec

OUTSIDE = ""
"""The segment of those who are not customers yet, or no more."""
MIN_SHARE = 0.5
"""Share of a segment's customers from or to one other that makes a split or a merge."""
BORN, ENDED, SPLIT, MERGED, RENAMED = "nasceu", "acabou", "dividiu", "juntou", "mudou_de_nome"

Transitions = Counter[tuple[str, str]]


def count_transitions(previous: PreviousSegmentation, customers: Sequence[str], keys: Sequence[str]) -> Transitions:
    """Customers by segment before and now; `keys` is the current segment of each customer."""
    now = dict(zip(customers, keys, strict=True))
    transitions: Transitions = Counter((previous.members.get(customer, OUTSIDE), key) for customer, key in now.items())
    transitions.update((old, OUTSIDE) for customer, old in previous.members.items() if customer not in now)
    return transitions


def flows(
    previous: PreviousSegmentation, as_of: date, customers: Sequence[str], keys: Sequence[str],
    names: Mapping[str, str], money: Mapping[str, Decimal],
) -> pa.Table:  # fmt: skip
    """`segment_flows` of one step: customers and their current revenue by segment before and now."""
    worth: dict[tuple[str, str], Decimal] = {}
    for customer, key in zip(customers, keys, strict=True):
        pair = (previous.members.get(customer, OUTSIDE), key)
        worth[pair] = worth.get(pair, Decimal(0)) + money.get(customer, Decimal(0))
    before = {key: name.text for key, name in zip(previous.keys, previous.names, strict=True)}
    rows = [
        {
            "before": previous.as_of, "as_of": as_of, "from_id": old, "from_name": before.get(old, OUTSIDE),
            "to_id": new, "to_name": names.get(new, OUTSIDE), "customers": count,
            "mrr": worth.get((old, new), Decimal(0)),
        }
        for (old, new), count in sorted(count_transitions(previous, customers, keys).items())
    ]  # fmt: skip
    return _table(rows, FLOWS)


def events(previous: PreviousSegmentation, as_of: date, transitions: Transitions, names: Mapping[str, str]) -> pa.Table:
    """`segment_events` of one step: births, ends, splits, merges and renames, with a sentence."""
    before = {key: name.text for key, name in zip(previous.keys, previous.names, strict=True)}
    now_in, was_in = Counter[str](), Counter[str]()
    for (old, new), count in transitions.items():
        was_in[old] += count
        now_in[new] += count
    rows = []
    for key, name in names.items():
        if key not in before:
            rows.append((key, name, *_origin(transitions, before, key, name), now_in[key]))
        elif before[key] != name:
            rows.append((key, name, RENAMED, key, f"{before[key]} agora se chama {name}.", now_in[key]))
    rows += [
        (key, name, *_fate(transitions, names, key, name), was_in[key])
        for key, name in before.items()
        if key not in names
    ]
    return _table(
        [
            {"before": previous.as_of, "as_of": as_of, "event": event, "segment_id": key, "segment_name": name,
             "other_id": other, "sentence": text, "customers": count}
            for key, name, event, other, text, count in rows
        ],
        EVENTS,
    )  # fmt: skip


def merge_history(
    session: Session, spec: TableSpec, current: pa.Table | None, before: date | None, as_of: date
) -> pa.Table:
    """Rows of earlier steps with the current ones; the same step is replaced."""
    schema = FLOWS if spec.name == "segment_flows" else EVENTS
    earlier = _table([], schema)
    if session.has(spec.name):
        rows = session.query(f"SELECT {', '.join(schema.names)} FROM {spec.name}").to_pylist()
        earlier = _table([row for row in rows if (row["before"], row["as_of"]) != (before, as_of)], schema)
    return earlier if current is None else pa.concat_tables([earlier, current])


def _origin(transitions: Transitions, before: Mapping[str, str], key: str, name: str) -> tuple[str, str, str]:
    sources = {old: count for (old, new), count in transitions.items() if new == key and old != OUTSIDE}
    source = max(sources, key=lambda old: (sources[old], old), default=OUTSIDE)
    if source and sources[source] >= MIN_SHARE * sum(sources.values()):
        sentence = f"{name} separou-se de {before[source]}, com {_customers(sources[source])} dele."
        return SPLIT, source, sentence
    return BORN, OUTSIDE, f"{name} é um segmento novo, com {_customers(sum(sources.values()))} de outros."


def _fate(transitions: Transitions, names: Mapping[str, str], key: str, name: str) -> tuple[str, str, str]:
    destinations = {new: count for (old, new), count in transitions.items() if old == key and new != OUTSIDE}
    target = max(destinations, key=lambda new: (destinations[new], new), default=OUTSIDE)
    if target and destinations[target] >= MIN_SHARE * sum(destinations.values()):
        return MERGED, target, f"{name} juntou-se a {names[target]}, com {_customers(destinations[target])}."
    return ENDED, OUTSIDE, f"{name} acabou; os clientes repartiram-se por {format_number(len(destinations))} segmentos."


def _customers(count: int) -> str:
    return f"{format_number(count)} cliente{'' if count == 1 else 's'}"


def _table(rows: Sequence[Mapping[str, Any]], schema: pa.Schema) -> pa.Table:
    return pa.Table.from_pylist(list(rows), schema=schema)


_STEP = {"before": pa.date32(), "as_of": pa.date32()}
_TEXT, _COUNT, _MONEY = pa.string(), pa.int32(), pa.decimal128(18, 2)
FLOWS = pa.schema(
    _STEP | dict.fromkeys(("from_id", "from_name", "to_id", "to_name"), _TEXT) | {"customers": _COUNT, "mrr": _MONEY}
)
EVENTS = pa.schema(
    _STEP
    | dict.fromkeys(("event", "segment_id", "segment_name", "other_id", "sentence"), _TEXT)
    | {"customers": _COUNT}
)
