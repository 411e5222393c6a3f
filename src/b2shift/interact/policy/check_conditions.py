"""Conditions: a known metric, bounds that it can reach, and no two that exclude each other."""

from collections.abc import Iterator, Sequence
from itertools import combinations
from math import inf

from b2shift.interact.contracts import (
    Bounds,
    Category,
    Condition,
    NpsTrigger,
    Policy,
    Rule,
    ScoreTrigger,
    SignalTrigger,
    TelemetryTrigger,
)
from b2shift.interact.policy.bounds import Interval, interval
from b2shift.interact.policy.document import Path
from b2shift.interact.policy.problems import Problem
from b2shift.interact.policy.vocabulary import SCORE_FAMILY, USAGE_FAMILY, Metric, metrics
from b2shift.kernel.errors import near_names

_FAMILY = {TelemetryTrigger: (USAGE_FAMILY, "telemetria"), ScoreTrigger: (SCORE_FAMILY, "escore")}


def check(policy: Policy) -> Iterator[Problem]:
    """Every condition of every rule."""
    for index, rule in enumerate(policy.rules):
        found: list[Problem] = []
        for path, condition in placed(index, rule):
            found += of_condition(path, condition)
        if isinstance(rule.trigger, NpsTrigger):
            found += _bounds(("rules", index, "trigger"), rule.trigger, metrics()["nps_value"])
            if interval(rule.trigger) == Interval():
                found.append(Problem(("rules", index, "trigger"), "a faixa de NPS não tem limites"))
        if isinstance(rule.trigger, SignalTrigger):
            found += _signal(index, rule.trigger)
        yield from found or _exclusive(index, rule)


def placed(index: int, rule: Rule) -> Iterator[tuple[Path, Condition]]:
    """Every condition of a rule and where it stands."""
    for position, condition in enumerate(rule.audience.where):
        yield ("rules", index, "audience", "where", position), condition
    if isinstance(rule.trigger, SignalTrigger):
        for key, conditions in (("any", rule.trigger.any), ("all", rule.trigger.all)):
            for position, condition in enumerate(conditions):
                yield ("rules", index, "trigger", key, position), condition


def of_condition(path: Path, condition: Condition) -> Iterator[Problem]:
    """What is wrong with one condition that stands at `path`."""
    metric = metrics().get(condition.metric)
    if metric is None:
        hint = near_names(condition.metric, metrics())
        yield Problem((*path, "metric"), "métrica desconhecida", condition.metric, hint)
        return
    bounded = interval(condition) != Interval()
    if metric.numeric:
        if condition.equals is not None or not bounded:
            yield Problem(path, "esta métrica precisa de limites", metric.name, "Use below, at_most, above ou at_least")
            return
        yield from _bounds(path, condition, metric)
        yield from _release(path, condition, metric)
    elif bounded or condition.release is not None:
        yield Problem(path, "esta métrica não é um número", metric.name, "Use equals")
    elif metric.format == "list":
        yield Problem((*path, "metric"), "esta métrica é uma lista e não entra em condições", metric.name)
    elif isinstance(condition.equals, bool) != (metric.format == "boolean") or condition.equals is None:
        wanted = "true ou false" if metric.format == "boolean" else "uma palavra"
        yield Problem(path, "falta dizer a que a métrica é igual", metric.name, f"Use equals com {wanted}")


def _bounds(path: Path, bounds: Bounds, metric: Metric) -> Iterator[Problem]:
    for one, other in (("below", "at_most"), ("above", "at_least")):
        if getattr(bounds, one) is not None and getattr(bounds, other) is not None:
            yield Problem((*path, other), "dois limites do mesmo lado", f"{one} e {other}", "Fique com um")
    if interval(bounds).empty:
        what = "faixa contraditória: nenhum valor cabe nela"
        yield Problem(path, what, _written(bounds), category=Category.CONTRADICAO)
    low, high = (-inf if v is None else v for v in (metric.lowest, inf if metric.highest is None else metric.highest))
    for side in ("below", "at_most", "above", "at_least"):
        value = getattr(bounds, side)
        if value is not None and not low <= value <= high:
            yield Problem(
                (*path, side), "limite fora do possível", f"{value:g}", f"{metric.name} vai de {low:g} a {high:g}"
            )


def _release(path: Path, condition: Condition, metric: Metric) -> Iterator[Problem]:
    if condition.release is None:
        return
    location = (*path, "release")
    low, high = interval(condition).low, interval(condition).high
    if not metric.remembered:
        known = ", ".join(name for name, one in metrics().items() if one.remembered)
        yield Problem(location, "esta métrica não tem histórico para release", metric.name, f"Têm: {known}")
    elif low > -inf and high < inf:
        yield Problem(location, "release só vale com um limite", f"{condition.release:g}")
    elif high < inf and condition.release <= high:
        yield Problem(
            location, "release precisa ficar acima do limite", f"{condition.release:g}", f"O limite é {high:g}"
        )
    elif low > -inf and condition.release >= low:
        yield Problem(
            location, "release precisa ficar abaixo do limite", f"{condition.release:g}", f"O limite é {low:g}"
        )


def _signal(index: int, trigger: SignalTrigger) -> Iterator[Problem]:
    path: Path = ("rules", index, "trigger")
    if not trigger.any and not trigger.all:
        yield Problem(path, "o gatilho não tem condições", hint="Escreva ao menos uma em any ou all")
    family, called = _FAMILY[type(trigger)]
    for key, conditions in (("any", trigger.any), ("all", trigger.all)):
        for position, condition in enumerate(conditions):
            metric = metrics().get(condition.metric)
            if metric is not None and metric.family != family:
                location = (*path, key, position, "metric")
                own = near_names(metric.name, [m.name for m in metrics().values() if m.family == family])
                yield Problem(location, f"esta métrica não é de {called}", metric.name, own)


def _exclusive(index: int, rule: Rule) -> Iterator[Problem]:
    """Conditions that must all hold and cannot; with a NPS band, its interval too."""
    needed: list[tuple[Path, str, Interval]] = [
        (path, condition.metric, interval(condition))
        for path, condition in placed(index, rule)
        if "any" not in path and condition.equals is None
    ]
    if isinstance(rule.trigger, NpsTrigger):
        needed.append((("rules", index, "trigger"), "nps_value", interval(rule.trigger)))
    yield from _pairs(needed)


def _pairs(needed: Sequence[tuple[Path, str, Interval]]) -> Iterator[Problem]:
    for (_, one, first), (path, other, second) in combinations(needed, 2):
        if one == other and first.intersection(second).empty:
            what = "condições contraditórias sobre a mesma métrica"
            yield Problem(path, what, one, "Nenhum valor cumpre as duas", Category.CONTRADICAO)


def _written(bounds: Bounds) -> str:
    sides = ("at_least", "above", "at_most", "below")
    return ", ".join(f"{side} {getattr(bounds, side):g}" for side in sides if getattr(bounds, side) is not None)
