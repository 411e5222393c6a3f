"""Facts that a step's condition may refer to: every metric, the customer's NPS classes, the newest answer."""

from b2shift.interact.policy.vocabulary import metrics
from b2shift.interact.shapes.journeys import Answer, CustomerClass, Journey, Measure
from b2shift.interact.shapes.rules import Condition

CLASSES = {"class_now": 0, "class_3m": 3, "class_6m": 6, "class_12m": 12}
"""Fact → months before."""
NO_ANSWER = "nenhuma"
ANSWER = "answer"
_OWN = {
    "class_now": "Classe agora",
    "class_3m": "Classe 3 meses antes",
    "class_6m": "Classe 6 meses antes",
    "class_12m": "Classe 12 meses antes",
    ANSWER: "Última resposta",
}


def words_of(name: str) -> tuple[str, ...] | None:
    """The possible values of a journey's own fact; None for a metric or an unknown name."""
    if name in CLASSES:
        return tuple(one.value for one in CustomerClass)
    return (*(one.value for one in Answer), NO_ANSWER) if name == ANSWER else None


def known() -> list[str]:
    """Every name a condition may use."""
    return [*metrics(), *CLASSES, ANSWER]


def labels() -> dict[str, dict[str, str]]:
    """Family → name a condition may use → what people call it; a journey's own facts are of the family `jornada`."""
    found: dict[str, dict[str, str]] = {"jornada": dict(_OWN)}
    for name, metric in metrics().items():
        found.setdefault(metric.family, {})[name] = metric.label
    return found


def conditions(journey: Journey) -> list[tuple[tuple[str | int, ...], Condition]]:
    """Every condition of steps and measure, with its path."""
    found: list[tuple[tuple[str | int, ...], Condition]] = [
        (("measure", "all", n), one) for n, one in enumerate(_measured(journey.measure))
    ]
    for position, step in enumerate(journey.steps):
        if step.kind == "branch":
            found += [
                (("steps", position, "cases", n, "all", m), one)
                for n, case in enumerate(step.cases)
                for m, one in enumerate(case.all)
            ]
    return found


def metrics_used(journey: Journey) -> set[str]:
    """The metrics that steps and measure refer to."""
    return {one.metric for _place, one in conditions(journey) if one.metric in metrics()}


def _measured(measure: Measure) -> tuple[Condition, ...]:
    return measure.all
