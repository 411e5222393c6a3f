"""Moves between versions, and births, ends, splits and mergers told from them."""

from datetime import date
from decimal import Decimal

import numpy as np
import pyarrow as pa

from b2shift.differentiate.segments.flows import BORN, ENDED, MERGED, RENAMED, SPLIT, count_transitions, events, flows
from b2shift.differentiate.segments.identity import PreviousSegmentation
from b2shift.differentiate.segments.names import Name

THEN, NOW = date(2025, 3, 31), date(2025, 4, 30)


def past(members: dict[str, str]) -> PreviousSegmentation:
    keys = tuple(sorted(set(members.values())))
    names = tuple(Name(f"nome {key}", ()) for key in keys)
    return PreviousSegmentation(keys, names, np.zeros((len(keys), 1)), ("a",), 9, members, {}, THEN)


def told(
    before: dict[str, str], after: dict[str, str], names: dict[str, str] | None = None
) -> dict[str, dict[str, object]]:
    names = names or {key: f"nome {key}" for key in set(after.values())}
    found = count_transitions(past(before), list(after), list(after.values()))
    return {row["segment_id"]: row for row in events(past(before), NOW, found, names).to_pylist()}


def many(prefix: str, key: str, count: int) -> dict[str, str]:
    return {f"{prefix}{i}": key for i in range(count)}


def test_a_step_counts_who_stayed_went_came_and_left() -> None:
    before = many("a", "s01", 3) | many("b", "s02", 2)
    after = {"a0": "s01", "a1": "s02", "b0": "s02", "b1": "s02", "new": "s01"}
    table = flows(
        past(before), NOW, list(after), list(after.values()), {"s01": "um", "s02": "dois"}, {"a1": Decimal("9.50")}
    ).to_pylist()
    counts = {(row["from_id"], row["to_id"]): (row["customers"], row["mrr"]) for row in table}
    assert counts == {
        ("s01", "s01"): (1, 0), ("s01", "s02"): (1, Decimal("9.50")), ("s02", "s02"): (2, 0),
        ("", "s01"): (1, 0), ("s01", ""): (1, 0),
    }  # fmt: skip
    assert {row["before"] for row in table} == {THEN}


def test_nothing_happened_is_no_event() -> None:
    same = many("a", "s01", 5) | many("b", "s02", 5)
    assert told(same, same) == {}


def test_a_split_a_merger_a_birth_an_end_and_a_new_name_are_reported() -> None:
    before = many("a", "s01", 10)
    assert told(before, many("a", "s01", 6) | {f"a{i}": "s02" for i in range(6, 10)})["s02"]["event"] == SPLIT
    joined = told(many("a", "s01", 10) | many("b", "s02", 4), many("a", "s01", 10) | many("b", "s01", 4))["s02"]
    assert (joined["event"], joined["other_id"], joined["customers"]) == (MERGED, "s01", 4)
    assert told(before, before | many("n", "s03", 7))["s03"]["event"] == BORN
    spread = {"a0": "s02", "a1": "s03", "a2": "s04"} | many("b", "s02", 4) | many("c", "s03", 4) | many("d", "s04", 4)
    were = many("a", "s01", 3) | many("b", "s02", 4) | many("c", "s03", 4) | many("d", "s04", 4)
    assert told(were, spread)["s01"]["event"] == ENDED
    renamed = told(before, before, {"s01": "outro"})["s01"]
    assert (renamed["event"], renamed["sentence"]) == (RENAMED, "nome s01 agora se chama outro.")


def test_no_customers_make_an_empty_table() -> None:
    empty = flows(past({"a": "s01"}), NOW, [], [], {}, {})
    assert isinstance(empty, pa.Table)
    assert empty.to_pylist()[0]["to_id"] == ""
