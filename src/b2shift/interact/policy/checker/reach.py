"""Rules that can never propose anything: unsatisfiable conditions, or always outranked."""

from collections.abc import Collection, Iterator
from datetime import date

from b2shift.interact.contracts import Cadence, CadenceTrigger, Category, Kind, Policy, Rule
from b2shift.interact.evaluation.arbitration import RISK_POINTS
from b2shift.interact.policy.check_conditions import placed
from b2shift.interact.policy.check_rules import PERIOD_DAYS
from b2shift.interact.policy.checker.audiences import covers, expired
from b2shift.interact.policy.checker.facts import Facts, branches, facts_of
from b2shift.interact.policy.checker.triggers import implies
from b2shift.interact.policy.problems import Problem

_RESCUES = {Kind.RETENCAO, Kind.RECUPERACAO}
_BUSINESS_SHARE = 0.6


def check(policy: Policy, on: date | None, wrong: Collection[int]) -> Iterator[Problem]:
    """Every rule but those known to be wrong: by itself, then behind every other."""
    facts = [facts_of(rule) for rule in policy.rules]
    for index, rule in enumerate(policy.rules):
        if index in wrong:
            continue
        alone = list(_unreachable(index, rule, policy, facts[index], on))
        yield from alone or _outranked_always(index, rule, policy, facts[index], on)


def _unreachable(index: int, rule: Rule, policy: Policy, facts: Facts, on: date | None) -> Iterator[Problem]:
    path = ("rules", index)
    if expired(rule, on):
        what, hint = "a validade da regra já terminou", "Renove ou retire"
        yield Problem((*path, "valid_until"), what, rule.valid_until, hint, Category.INALCANCAVEL)
    metric = facts.impossible()
    if metric is not None:
        hint = "O público, o gatilho e o que a métrica pode valer se excluem"
        what = "nenhum cliente cumpre as condições da regra"
        yield Problem((*path, "trigger"), what, metric, hint, _fault(index, rule, metric))
        return
    for position, condition in enumerate(branches(rule)):
        if facts_of(rule).require((condition,)).impossible() is not None:
            location = (*path, "trigger", "any", position)
            what = "esta alternativa nunca vale junto das outras condições"
            yield Problem(location, what, condition.metric, category=Category.INALCANCAVEL)
    yield from _market(index, rule, policy, facts)


def _fault(index: int, rule: Rule, metric: str) -> Category:
    """Two conditions on one metric contradict each other; one alone asks for what is not."""
    named = sum(condition.metric == metric for _, condition in placed(index, rule))
    return Category.CONTRADICAO if named > 1 else Category.INALCANCAVEL


def _market(index: int, rule: Rule, policy: Policy, facts: Facts) -> Iterator[Problem]:
    """A rule of an archetype for customers of a market segment who always follow another."""
    words = facts.words.get("market_segment")
    own = [one.profile.market_segments for one in policy.archetypes if one.id in rule.audience.archetypes]
    if not words or not own:
        return
    served = {market for one in policy.archetypes for market in one.profile.market_segments}
    everyone = any(not one.profile.market_segments for one in policy.archetypes)
    if all(markets and not words & set(markets) for markets in own) and (everyone or words <= served):
        declared = ", ".join(sorted(map(str, words)))
        hint = "Clientes deste segmento de mercado seguem outro arquétipo"
        what = "o arquétipo não atende o segmento de mercado pedido"
        yield Problem(("rules", index, "audience"), what, declared, hint, Category.INALCANCAVEL)


def _outranked_always(index: int, rule: Rule, policy: Policy, facts: Facts, on: date | None) -> Iterator[Problem]:
    for position, other in enumerate(policy.rules):
        if position == index or expired(other, on) or not covers(other, rule, facts):
            continue
        if _starves(other, rule):
            hint = f"A cadência {other.id} usa estes canais antes que o descanso termine"
            location = ("rules", index, "cooldown_days")
            yield Problem(location, "o descanso nunca termina", rule.cooldown_days, hint, Category.INALCANCAVEL)
            return
        if _outranks(policy, other, rule, position < index) and implies(other, rule, facts):
            hint = "Dispara sempre junto, no mesmo tema, e vem antes"
            what = "outra regra sempre toma o lugar desta"
            yield Problem(("rules", index, "priority"), what, other.id, hint, Category.INALCANCAVEL)
            return


def _starves(other: Rule, rule: Rule) -> bool:
    """Whether contacts of a cadence, on this rule's own channels, are never further apart than its rest."""
    if not isinstance(other.trigger, CadenceTrigger) or not set(other.channels) <= set(rule.channels):
        return False
    period = {**PERIOD_DAYS, Cadence.MENSAL: 31}.get(other.trigger.every)
    return period is not None and rule.cooldown_days >= 2 * period


def _outranks(policy: Policy, other: Rule, rule: Rule, first: bool) -> bool:
    """Whether the other is chosen for the theme, whatever the customer's money, risk, consent and last contact."""
    rest = other.cooldown_days == 0 and set(other.channels) >= set(rule.channels)
    rest = rest or (set(other.channels) == set(rule.channels) and other.cooldown_days <= rule.cooldown_days)
    heard = other.kind is rule.kind or not any(other.kind in one.drop for one in policy.silences)
    soon = (other.due_days or 0) <= _BUSINESS_SHARE * policy.horizon_days
    edge = max(RISK_POINTS.values()) if rule.kind in _RESCUES and other.kind not in _RESCUES else 0
    higher = other.priority > rule.priority + edge
    equal = first and edge == 0 and other.priority == rule.priority and other.due_days == rule.due_days
    return other.theme == rule.theme and rest and heard and soon and (higher or equal)
