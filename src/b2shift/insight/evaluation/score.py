"""Strict scoring of plans against expected ones: every slot right, with the alternatives each question accepts."""

import itertools
import json
import math
import time
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from datetime import date, timedelta
from typing import Any

from b2shift.insight.contracts import Plan
from b2shift.kernel.wilson import wilson

Asked = dict[str, Any]
UNSCORED = frozenset({"goal", "chart", "accept", "action", "reason", "options", "about", "presumed"})
SLOTS = ("intent", "metrics", "dimensions", "filters", "time", "order", "limit", "comparison")


def judge(asked: Asked, planned: dict[str, Any], as_of: date) -> tuple[bool, list[str]]:
    """Whether a plan is strictly right, and the slots that differ from the nearest accepted reading."""
    expect = asked["expect"]
    for one in expect.get("accept", ()):
        if one.get("action", expect["action"]) != expect["action"] and judge({"expect": one}, planned, as_of)[0]:
            return True, []  # an alternative that names another action stands for itself: asking back may be as right
    if planned["action"] != expect["action"]:
        return False, ["action"]
    if expect["action"] != "answer":
        reasons = [expect["reason"], *(one.get("reason") for one in expect.get("accept", ()))]
        right = planned.get("reason") in reasons
        return right, [] if right else ["reason"]
    best: list[str] | None = None
    for wanted in _accepted(expect):
        wrong = differing(wanted, planned, as_of)
        if best is None or len(wrong) < len(best):
            best = wrong
    return not best, best or []


def _accepted(expect: dict[str, Any]) -> Iterable[dict[str, Any]]:
    options = [one for one in expect.get("accept", []) if one.get("action", "answer") == "answer"]
    for size in range(len(options) + 1):
        for chosen in itertools.combinations(options, size):
            wanted = {key: value for key, value in expect.items() if key != "accept"}
            for one in chosen:
                wanted |= one
            yield wanted


def differing(wanted: dict[str, Any], planned: dict[str, Any], as_of: date) -> list[str]:
    """The slots in which two plans, in the published form, do not ask the same."""
    keys = [key for key in {*wanted, *planned, *SLOTS} if key not in UNSCORED]
    filtered = {f["field"] for f in (wanted.get("filters") or [])}
    wrong = []
    for key in sorted(keys):
        want, got = wanted.get(key), planned.get(key)
        if key == "metrics":
            same = set(want or ()) - filtered == set(got or ()) - filtered
            same = same or set(want or ()) == set(got or ())
        elif key in {"dimensions"}:
            same = sorted(want or ()) == sorted(got or ())
        elif key == "filters":
            same = _all_paired(want or [], got or [], as_of)
        else:
            same = _equal(want, got, as_of)
        if not same:
            wrong.append(key)
    return wrong


def _all_paired(want: Sequence[Any], got: Sequence[Any], as_of: date) -> bool:
    left = list(got)
    for one in want:
        match = next((other for other in left if _equal(one, other, as_of)), None)
        if match is None:
            return False
        left.remove(match)
    return not left


def _equal(want: Any, got: Any, as_of: date) -> bool:
    if isinstance(want, dict) and isinstance(got, dict):
        return all(_equal(want.get(k), got.get(k), as_of) for k in {*want, *got})
    if isinstance(want, list) and isinstance(got, list | tuple):
        if len(want) == 2 and all(_day(v) for v in (*want, *got)):
            return all(_equal(a, b, as_of) for a, b in zip(want, got, strict=True))
        return sorted(map(str, want)) == sorted(map(str, got))
    a, b = _day(want), _day(got)
    if a and b:
        return a == b or abs((a - b).days) <= 1 or (_around(a, as_of) and _around(b, as_of))
    if isinstance(want, int | float) and isinstance(got, int | float):
        return math.isclose(want, got)
    return bool(want == got)


def _around(day: date, as_of: date) -> bool:
    """The ends a period that holds the reference date may have: last closed month, the date, the month's end."""
    first = as_of.replace(day=1)
    return day in {first - timedelta(days=1), as_of, (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)}


def _day(value: Any) -> date | None:
    try:
        return date.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None


def evaluate(questions: Iterable[Asked], planner: Callable[[Asked], Plan], as_of: date) -> dict[str, Any]:
    """Accuracy, its Wilson interval, what was wrong where, and latency, over questions with `expect`."""
    slots: Counter[str] = Counter()
    counts: Counter[str] = Counter()
    groups: dict[str, list[bool]] = {}
    failures, spent = [], []
    for asked in questions:
        started = time.perf_counter()
        planned = planner(asked).as_json()
        spent.append((time.perf_counter() - started) * 1000)
        right, wrong = judge(asked, planned, as_of)
        wanted = asked["expect"]["action"]
        counts["n"] += 1
        counts["right"] += right
        counts["answerable"] += wanted == "answer"
        counts["must_not_answer"] += wanted != "answer"
        counts["silent_wrong"] += planned["action"] == "answer" and not right
        counts["needless_clarification"] += wanted == "answer" and planned["action"] == "clarify" and not right
        counts["needless_refusal"] += wanted == "answer" and planned["action"] == "refuse"
        counts["unsafe"] += wanted != "answer" and planned["action"] == "answer" and not right
        counts["reason_right"] += wanted != "answer" and right
        slots.update(wrong)
        for key in ("lang", "difficulty", "persona"):
            if key in asked:
                groups.setdefault(f"{key}={asked[key]}", []).append(right)
        if not right:
            failures.append({"id": asked.get("id"), "question": asked["question"], "wrong": wrong, "planned": planned})
    return _told(counts, slots, groups, failures, sorted(spent))


def _told(
    counts: Counter[str], slots: Counter[str], groups: dict[str, list[bool]], failures: list[Any], spent: list[float]
) -> dict[str, Any]:
    n, answerable = counts["n"], counts["answerable"] or 1
    low, high = wilson(counts["right"], n)
    answered = counts["silent_wrong"]
    return {
        "n": n,
        "strict_accuracy": counts["right"] / n if n else None,
        "interval_95": [low, high],
        "silent_wrong_rate": answered / n if n else None,
        "needless_clarification_rate": (counts["needless_clarification"] + counts["needless_refusal"]) / answerable,
        "unsafe_answers": counts["unsafe"],
        "must_not_answer": counts["must_not_answer"],
        "reason_right": counts["reason_right"],
        "counts": dict(counts),
        "wrong_slots": dict(slots.most_common()),
        "groups": {name: [sum(marks), len(marks)] for name, marks in sorted(groups.items())},
        "latency_ms": {"p50": _rank(spent, 0.5), "p95": _rank(spent, 0.95), "max": spent[-1] if spent else None},
        "failures": failures,
    }


def _rank(ordered: list[float], share: float) -> float | None:
    return ordered[min(len(ordered) - 1, math.ceil(share * len(ordered)) - 1)] if ordered else None


def read_questions(text: str) -> list[Asked]:
    """Questions of a JSON-lines text."""
    return [json.loads(line) for line in text.splitlines() if line.strip()]
