"""Cadences that the limits cannot hold: beyond a cap, or with incompatible cool-downs."""

from collections.abc import Iterator, Sequence
from datetime import date
from itertools import combinations

from b2shift.interact.contracts import Cadence, CadenceTrigger, Cap, Category, LifeStage, Policy, Rule
from b2shift.interact.policy.check_rules import PERIOD_DAYS, may_meet
from b2shift.interact.policy.checker.audiences import expired
from b2shift.interact.policy.problems import Problem
from b2shift.kernel.money import format_number

_MONTHS = {
    Cadence.MENSAL: 1,
    Cadence.BIMESTRAL: 2,
    Cadence.TRIMESTRAL: 3,
    Cadence.SEMESTRAL: 6,
    Cadence.ANUAL: 12,
    Cadence.INICIO_DE_CICLO: 12,
}
_SLACK = 1e-9
# PERIOD_DAYS tells the shortest month, quarter…; the longest has up to three days more.
_LONGER = 3
Placed = tuple[int, Rule, Cadence]


def check(policy: Policy, on: date | None) -> Iterator[Problem]:
    """Cadences of every group for every archetype and life stage, then every two of them on the same channels."""
    cadences = [
        (index, rule, rule.trigger.every)
        for index, rule in enumerate(policy.rules)
        if isinstance(rule.trigger, CadenceTrigger) and not expired(rule, on)
    ]
    reported: set[int] = set()
    for cap in policy.caps:
        group = [one for one in cadences if one[1].cap_group == cap.group and one[2] in _MONTHS]
        for archetype in policy.archetypes:
            for stage in LifeStage:
                here = [one for one in group if _serves(one[1], archetype.id, stage)]
                for problem in _beyond(cap, here):
                    if problem.path[1] not in reported:
                        reported.add(int(problem.path[1]))
                        yield problem
    for one, other in combinations(cadences, 2):
        yield from _crowded(one, other)


def _beyond(cap: Cap, cadences: Sequence[Placed]) -> Iterator[Problem]:
    """The first cadence, from the most frequent on, with which those that meet pass the limit of 30 days."""
    if cap.account_30d is None:
        return
    together: list[Placed] = []
    rate = 0.0
    for placed in sorted(cadences, key=lambda one: (_MONTHS[one[2]], -one[1].priority, one[0])):
        index, rule, every = placed
        if all(may_meet(rule, other) for _, other, _ in together):
            together.append(placed)
            rate += 1 / _MONTHS[every]
            if rate > cap.account_30d + _SLACK:
                names = ", ".join(other.id for _, other, _ in together[:-1]) or rule.id
                value = f"{format_number(rate, 1)} contatos em 30 dias; o limite de {cap.group} é {cap.account_30d}"
                hint = f"Com {names}. Espace uma cadência ou aumente account_30d"
                path, what = ("rules", index, "trigger"), "as cadências passam do limite do grupo"
                yield Problem(path, what, value, hint, Category.ACIMA_DO_LIMITE)
                return


def _crowded(one: Placed, other: Placed) -> Iterator[Problem]:
    """Two cadences on the same channels whose rests leave no room: each contact of one makes the other wait."""
    (_, first, often), (index, second, rare) = one, other
    if often not in PERIOD_DAYS or rare not in PERIOD_DAYS or set(first.channels) != set(second.channels):
        return
    if not may_meet(first, second):
        return
    needed = first.cooldown_days + second.cooldown_days
    shortest = min(PERIOD_DAYS[often], PERIOD_DAYS[rare])
    room = shortest + _LONGER if often is rare else 2 * (shortest + _LONGER)
    if needed > room:
        hint = f"Com a regra {first.id}, os dois descansos somam {needed} dias e cabem {room}"
        what = "duas cadências pelos mesmos canais não cabem no período"
        yield Problem(("rules", index, "cooldown_days"), what, second.cooldown_days, hint, Category.ACIMA_DO_LIMITE)


def _serves(rule: Rule, archetype: str, stage: LifeStage) -> bool:
    who = rule.audience
    return (not who.archetypes or archetype in who.archetypes) and (not who.life_stages or stage in who.life_stages)
