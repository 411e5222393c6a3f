"""Rules: each makes sense by itself, and no two ask opposite things of the same customer."""

from collections.abc import Iterator
from datetime import date
from itertools import combinations

from b2shift.interact.contracts import (
    Cadence,
    CadenceTrigger,
    Category,
    Condition,
    DateTrigger,
    EventTrigger,
    Kind,
    Limits,
    NpsTrigger,
    Policy,
    Rule,
    SignalTrigger,
    Situation,
)
from b2shift.interact.policy.bounds import Interval, hysteresis_interval, interval
from b2shift.interact.policy.problems import Problem

PERIOD_DAYS = {
    Cadence.MENSAL: 28,
    Cadence.BIMESTRAL: 59,
    Cadence.TRIMESTRAL: 90,
    Cadence.SEMESTRAL: 181,
    Cadence.ANUAL: 365,
}
_OFFER, _CARE = {Kind.EXPANSAO}, {Kind.RETENCAO, Kind.RECUPERACAO}


def check(policy: Policy, limits: Limits) -> Iterator[Problem]:
    """Every rule alone, within the limits of the policy, then every two that may meet in one customer."""
    for index, rule in enumerate(policy.rules):
        yield from _validity(index, rule)
        yield from _moment(index, rule)
        yield from _customers(index, rule, limits.credit_unit)
    for (_, first), (index, second) in combinations(enumerate(policy.rules), 2):
        if may_meet(first, second):
            yield from _bands(first, index, second)
            yield from _opposed(first, index, second)


def _validity(index: int, rule: Rule) -> Iterator[Problem]:
    if rule.valid_from and rule.valid_until and rule.valid_from > rule.valid_until:
        value = f"{rule.valid_from} a {rule.valid_until}"
        path, what = ("rules", index, "valid_until"), "a validade termina antes de começar"
        yield Problem(path, what, value, category=Category.CONTRADICAO)


def _moment(index: int, rule: Rule) -> Iterator[Problem]:
    trigger, path = rule.trigger, ("rules", index, "trigger")
    if isinstance(trigger, CadenceTrigger) and rule.cooldown_days > PERIOD_DAYS.get(trigger.every, rule.cooldown_days):
        hint = f"Uma cadência {trigger.every.value} cabe em {PERIOD_DAYS[trigger.every]} dias"
        location = ("rules", index, "cooldown_days")
        what = "o descanso é maior que o período da cadência"
        yield Problem(location, what, rule.cooldown_days, hint, Category.ACIMA_DO_LIMITE)
    if isinstance(trigger, EventTrigger) and trigger.after_days > trigger.within_days:
        what = "after_days passa de within_days"
        yield Problem((*path, "after_days"), what, trigger.after_days, category=Category.CONTRADICAO)
    if isinstance(trigger, DateTrigger) and trigger.until_days >= trigger.days_before:
        what = "until_days precisa ser menor que days_before"
        yield Problem((*path, "until_days"), what, trigger.until_days, category=Category.CONTRADICAO)
    yield from _term(index, rule)


def _term(index: int, rule: Rule) -> Iterator[Problem]:
    cadence, path = isinstance(rule.trigger, CadenceTrigger), ("rules", index, "due_days")
    if cadence and rule.due_days is not None:
        yield Problem(path, "uma cadência não tem prazo", rule.due_days, "Seus contatos se espalham pelo período")
    elif not cadence and rule.due_days is None:
        yield Problem(path, "falta o prazo para agir", hint="Escreva due_days, em dias úteis")
    elif rule.due_days == 0 and not isinstance(rule.trigger, DateTrigger):
        yield Problem(path, "prazo impossível", rule.due_days, "0 só vale para gatilho de data")


def _customers(index: int, rule: Rule, credit_unit: str) -> Iterator[Problem]:
    if Situation.CANCELADO in rule.audience.situations and rule.kind is not Kind.RECUPERACAO:
        hint = "Quem cancelou só recebe contatos do tipo recuperacao"
        yield Problem(
            ("rules", index, "audience", "situations"), "contato impróprio a cancelados", rule.kind.value, hint
        )
    if rule.credit_offer and rule.audience.business_units != (credit_unit,):
        hint = f"Limite business_units a [{credit_unit}]"
        yield Problem(("rules", index, "credit_offer"), "oferta de crédito fora da unidade de crédito", hint=hint)


def may_meet(one: Rule, other: Rule) -> bool:
    """Whether both can fire for one customer on one day, as far as their audiences and dates tell."""
    same_group = _share(one.audience.archetypes, other.audience.archetypes)
    same_stage = _share(one.audience.life_stages, other.audience.life_stages)
    same_state = _share(one.audience.situations, other.audience.situations)
    return same_group and same_stage and same_state and _same_days(one, other) and not _excluded(one, other)


def _share(one: tuple[str, ...], other: tuple[str, ...]) -> bool:
    return not one or not other or bool(set(one) & set(other))


def _same_days(one: Rule, other: Rule) -> bool:
    start = max(one.valid_from or date.min, other.valid_from or date.min)
    return start <= min(one.valid_until or date.max, other.valid_until or date.max)


def _excluded(one: Rule, other: Rule) -> bool:
    """Whether what both need of a metric cannot be true together."""
    ours, theirs = needed(one), needed(other)
    words = {c.metric: c.equals for c in one.audience.where if c.equals is not None}
    differ = any(c.equals is not None and words.get(c.metric, c.equals) != c.equals for c in other.audience.where)
    return differ or any(ours[metric].intersection(theirs[metric]).empty for metric in ours.keys() & theirs.keys())


def needed(rule: Rule) -> dict[str, Interval]:
    """Metrics that must lie in an interval for the rule to fire."""
    conditions: tuple[Condition, ...] = rule.audience.where
    if isinstance(rule.trigger, SignalTrigger):
        conditions += rule.trigger.all + (rule.trigger.any if len(rule.trigger.any) == 1 else ())
    found: dict[str, Interval] = {}
    for condition in conditions:
        if condition.equals is None:
            found[condition.metric] = found.get(condition.metric, Interval()).intersection(
                hysteresis_interval(condition)
            )
    return found


def _bands(first: Rule, index: int, second: Rule) -> Iterator[Problem]:
    """NPS bands of one audience: apart, and written from the lowest to the highest."""
    if not (isinstance(first.trigger, NpsTrigger) and isinstance(second.trigger, NpsTrigger)):
        return
    below, above = interval(first.trigger), interval(second.trigger)
    path = ("rules", index, "trigger")
    if not below.intersection(above).empty:
        hint = f"Divide valores com a regra {first.id}"
        yield Problem(path, "faixas de NPS sobrepostas", second.id, hint, Category.CONTRADICAO)
    elif below.low > above.low:
        yield Problem(path, "faixas de NPS fora de ordem", second.id, f"Deve vir antes da regra {first.id}")


def _opposed(first: Rule, index: int, second: Rule) -> Iterator[Problem]:
    """An offer and a rescue that the same value of the same metric fires."""
    kinds = {first.kind, second.kind}
    if not (kinds & _OFFER and kinds & _CARE):
        return
    for metric in fired(first).keys() & fired(second).keys():
        if any(not a.intersection(b).empty for a in fired(first)[metric] for b in fired(second)[metric]):
            hint = f"A regra {first.id} é de {first.kind.value} e esta é de {second.kind.value}"
            what = "regras contraditórias para o mesmo valor"
            yield Problem(("rules", index, "trigger"), what, metric, hint, Category.CONTRADICAO)


def fired(rule: Rule) -> dict[str, list[Interval]]:
    """The intervals of each metric that fire a signal."""
    found: dict[str, list[Interval]] = {}
    if isinstance(rule.trigger, SignalTrigger):
        for condition in (*rule.trigger.any, *rule.trigger.all):
            if condition.equals is None:
                found.setdefault(condition.metric, []).append(interval(condition))
    return found
