"""Uncovered customers: a life stage of an archetype, or NPS between two bands."""

from collections.abc import Iterator
from datetime import date
from itertools import pairwise

from b2shift.interact.contracts import Category, LifeStage, NpsTrigger, Policy, Rule, Situation
from b2shift.interact.policy.bounds import Interval, interval
from b2shift.interact.policy.checker.audiences import expired
from b2shift.interact.policy.problems import Problem
from b2shift.kernel.money import format_number


def check(policy: Policy, on: date | None) -> Iterator[Problem]:
    """Every archetype in every life stage; then the bands of every audience."""
    rules = [rule for rule in policy.rules if not expired(rule, on)]
    for index, archetype in enumerate(policy.archetypes):
        missing = [stage.value for stage in LifeStage if not any(_serves(rule, archetype.id, stage) for rule in rules)]
        if missing:
            value = ", ".join(missing)
            hint = f"Clientes ativos do arquétipo {archetype.id} nestes estágios nunca são procurados"
            yield Problem(("archetypes", index), "estágio de vida sem regra", value, hint, Category.SEM_REGRA)
    yield from _holes(policy)


def _serves(rule: Rule, archetype: str, stage: LifeStage) -> bool:
    who = rule.audience
    named = not who.archetypes or archetype in who.archetypes
    return named and (not who.life_stages or stage in who.life_stages) and Situation.ATIVO in who.situations


def _holes(policy: Policy) -> Iterator[Problem]:
    """NPS between the lowest and the highest band of one audience that no band of it holds."""
    audiences: dict[str, list[tuple[int, Interval]]] = {}
    for index, rule in enumerate(policy.rules):
        if isinstance(rule.trigger, NpsTrigger):
            key = rule.audience.model_dump_json() + f"{rule.valid_from}{rule.valid_until}"
            audiences.setdefault(key, []).append((index, interval(rule.trigger)))
    for bands in audiences.values():
        ordered = sorted(bands, key=lambda band: (band[1].low, band[1].low_open))
        for (_, below), (index, above) in pairwise(ordered):
            if _apart(below, above):
                value = f"{format_number(below.high)} a {format_number(above.low)}"
                hint = "Estenda uma das faixas ou escreva a regra que falta"
                location = ("rules", index, "trigger")
                yield Problem(location, "NPS sem regra entre duas faixas", value, hint, Category.SEM_REGRA)


def _apart(below: Interval, above: Interval) -> bool:
    touching = below.high == above.low and not (below.high_open and above.low_open)
    return below.high < above.low or (below.high == above.low and not touching)
