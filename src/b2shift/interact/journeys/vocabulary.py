"""The facts a step's condition may name: every metric, the customer's classes, and the answer taken in last."""

from b2shift.interact.policy.vocabulary import metrics
from b2shift.interact.shapes.journeys import Answer, CustomerClass, Journey, Measure
from b2shift.interact.shapes.rules import Condition

CLASSES = {"class_now": 0, "class_3m": 3, "class_6m": 6, "class_12m": 12}
"""Fact → months before."""
NO_ANSWER = "nenhuma"
ANSWER = "answer"


def words_of(name: str) -> tuple[str, ...] | None:
    """The words a fact of a journey's own can be; None when it is a metric or nothing."""
    if name in CLASSES:
        return tuple(one.value for one in CustomerClass)
    return (*(one.value for one in Answer), NO_ANSWER) if name == ANSWER else None


def known() -> list[str]:
    """Every name a condition may use."""
    return [*metrics(), *CLASSES, ANSWER]


def conditions(journey: Journey) -> list[tuple[tuple[str | int, ...], Condition]]:
    """Every condition of steps and measure, and where it stands."""
    found: list[tuple[tuple[str | int, ...], Condition]] = [
        (("measure", "all", n), one) for n, one in enumerate(_measured(journey.measure))
    ]
    for place, step in enumerate(journey.steps):
        if step.kind == "branch":
            found += [
                (("steps", place, "cases", n, "all", m), one)
                for n, case in enumerate(step.cases)
                for m, one in enumerate(case.all)
            ]
    return found


def looked_at(journey: Journey) -> set[str]:
    """The metrics that steps and measure look at."""
    return {one.metric for _place, one in conditions(journey) if one.metric in metrics()}


def _measured(measure: Measure) -> tuple[Condition, ...]:
    return measure.all
