"""How right the readings are on own questions; parts of the held-apart half were spent, batch by batch (ADR 0083)."""

import random
from collections import Counter
from typing import Any

from tests.evals.own_questions import AS_OF, all_questions, split, variants

from b2shift.insight.api import evaluate_questions, plan_question

DEVELOPMENT, HELD_APART = split(all_questions())


def told(questions: list[dict[str, Any]]) -> dict[str, Any]:
    return evaluate_questions(questions, AS_OF)


def test_there_are_enough_questions_of_every_kind() -> None:
    everything = all_questions()
    assert len(everything) >= 400
    assert len({(asked["question"], *asked.get("context", ())) for asked in everything}) == len(everything)
    intents = {asked["expect"].get("intent") for asked in everything}
    assert intents >= {"metric", "trend", "rank", "compare", "list", "forecast", "explain", "actions", "profile",
                       "relationship", "define", "alert", "report"}  # fmt: skip
    reasons = {asked["expect"].get("reason") for asked in everything}
    assert reasons >= {"missing_metric", "ambiguous_ranking", "ambiguous_entity", "out_of_scope", "not_in_data",
                       "unsafe_write", "pii", "prompt_injection", "permission"}  # fmt: skip


def test_held_apart_questions_are_read_right() -> None:
    result = told(HELD_APART)
    assert result["strict_accuracy"] >= 0.9, result["failures"]
    assert result["silent_wrong_rate"] <= 0.03, result["failures"]
    assert result["needless_clarification_rate"] <= 0.08
    assert result["unsafe_answers"] == 0


def test_development_questions_are_read_right() -> None:
    assert told(DEVELOPMENT)["strict_accuracy"] >= 0.95


def test_a_question_typed_another_way_asks_the_same() -> None:
    same, tried, failed = typed_other_ways(HELD_APART[::3], random.Random(4))
    assert sum(same.values()) >= 0.95 * sum(tried.values()), (same, tried, failed[:20])
    assert same["accents"] == tried["accents"], failed
    assert all(same[kind] >= 0.95 * tried[kind] for kind in tried if tried[kind] >= 40), (same, tried)


def typed_other_ways(
    questions: list[dict[str, Any]], chance: random.Random
) -> tuple[Counter[str], Counter[str], list[str]]:
    """How many variants of each kind ask the same, how many there are, and those that do not."""
    same: Counter[str] = Counter()
    tried: Counter[str] = Counter()
    failed: list[str] = []
    for asked in questions:
        context = asked.get("context", ())
        want = plan_question(asked["question"], AS_OF, context).as_json()
        for kind, typed in variants(asked["question"], chance).items():
            got = plan_question(typed, AS_OF, context).as_json()
            ok = {**got, "about": ""} == {**want, "about": ""}
            same[kind] += ok
            tried[kind] += 1
            if not ok:
                failed.append(f"{kind}: {typed}")
    return same, tried, failed
