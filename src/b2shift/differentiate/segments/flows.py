"""Who went from which segment to which between two versions, and what became of the segments themselves."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

import pyarrow as pa

from b2shift.differentiate.segments.identity import Past
from b2shift.kernel.money import format_number
from b2shift.lake.api import Session
from b2shift.lake.contracts import TableSpec

NOWHERE = ""
"""The segment of who was not a customer yet, or is none any more."""
MOST = 0.5
"""Share of a segment's customers that came from, or went to, one other for a split or a merger."""
BORN, ENDED, SPLIT, MERGED, RENAMED = "nasceu", "acabou", "dividiu", "juntou", "mudou_de_nome"

Moves = Counter[tuple[str, str]]


def moves(past: Past, customers: Sequence[str], keys: Sequence[str]) -> Moves:
    """Customers by segment before and segment now; `keys` is the segment of each customer now."""
    now = dict(zip(customers, keys, strict=True))
    found: Moves = Counter((past.members.get(customer, NOWHERE), key) for customer, key in now.items())
    found.update((then, NOWHERE) for customer, then in past.members.items() if customer not in now)
    return found


def flows(
    past: Past, as_of: date, customers: Sequence[str], keys: Sequence[str], names: Mapping[str, str],
    money: Mapping[str, Decimal],
) -> pa.Table:  # fmt: skip
    """`segment_flows` of one step: customers and their revenue now by where they were and where they are."""
    worth: dict[tuple[str, str], Decimal] = {}
    for customer, key in zip(customers, keys, strict=True):
        pair = (past.members.get(customer, NOWHERE), key)
        worth[pair] = worth.get(pair, Decimal(0)) + money.get(customer, Decimal(0))
    before = {key: name.text for key, name in zip(past.keys, past.names, strict=True)}
    rows = [
        {
            "before": past.as_of, "as_of": as_of, "from_id": old, "from_name": before.get(old, NOWHERE),
            "to_id": new, "to_name": names.get(new, NOWHERE), "customers": count,
            "mrr": worth.get((old, new), Decimal(0)),
        }
        for (old, new), count in sorted(moves(past, customers, keys).items())
    ]  # fmt: skip
    return _table(rows, FLOWS)


def events(past: Past, as_of: date, found: Moves, names: Mapping[str, str]) -> pa.Table:
    """`segment_events` of one step: births, ends, splits, mergers and new names, in words."""
    before = {key: name.text for key, name in zip(past.keys, past.names, strict=True)}
    held, had = Counter[str](), Counter[str]()
    for (old, new), count in found.items():
        had[old] += count
        held[new] += count
    rows = []
    for key, name in names.items():
        if key not in before:
            rows.append((key, name, *_birth(found, before, key, name), held[key]))
        elif before[key] != name:
            rows.append((key, name, RENAMED, key, f"{before[key]} agora se chama {name}.", held[key]))
    rows += [(key, name, *_end(found, names, key, name), had[key]) for key, name in before.items() if key not in names]
    return _table(
        [
            {"before": past.as_of, "as_of": as_of, "event": event, "segment_id": key, "segment_name": name,
             "other_id": other, "sentence": text, "customers": count}
            for key, name, event, other, text, count in rows
        ],
        EVENTS,
    )  # fmt: skip


def kept(session: Session, spec: TableSpec, step: pa.Table | None, before: date | None, as_of: date) -> pa.Table:
    """The rows of earlier steps with those of this one; a step told again replaces what it said."""
    schema = FLOWS if spec.name == "segment_flows" else EVENTS
    earlier = _table([], schema)
    if session.has(spec.name):
        rows = session.query(f"SELECT {', '.join(schema.names)} FROM {spec.name}").to_pylist()
        earlier = _table([row for row in rows if (row["before"], row["as_of"]) != (before, as_of)], schema)
    return earlier if step is None else pa.concat_tables([earlier, step])


def _birth(found: Moves, before: Mapping[str, str], key: str, name: str) -> tuple[str, str, str]:
    came = {old: count for (old, new), count in found.items() if new == key and old != NOWHERE}
    source = max(came, key=lambda old: (came[old], old), default=NOWHERE)
    if source and came[source] >= MOST * sum(came.values()):
        told = f"{name} separou-se de {before[source]}, com {_customers(came[source])} dele."
        return SPLIT, source, told
    return BORN, NOWHERE, f"{name} é um segmento novo, com {_customers(sum(came.values()))} de outros."


def _end(found: Moves, names: Mapping[str, str], key: str, name: str) -> tuple[str, str, str]:
    went = {new: count for (old, new), count in found.items() if old == key and new != NOWHERE}
    goal = max(went, key=lambda new: (went[new], new), default=NOWHERE)
    if goal and went[goal] >= MOST * sum(went.values()):
        return MERGED, goal, f"{name} juntou-se a {names[goal]}, com {_customers(went[goal])}."
    return ENDED, NOWHERE, f"{name} acabou; os clientes repartiram-se por {format_number(len(went))} segmentos."


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
