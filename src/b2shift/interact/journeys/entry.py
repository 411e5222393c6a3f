"""A journey's entry as a contact rule, so that audience and triggers are those of the policy."""

from collections.abc import Sequence

from b2shift.interact.contracts import CadenceTrigger, Channel, Policy, Rule
from b2shift.interact.journeys.vocabulary import metrics_used
from b2shift.interact.policy.vocabulary import metrics
from b2shift.interact.shapes.journeys import Journey
from b2shift.interact.shapes.rules import Condition


def entry_rule(journey: Journey) -> Rule:
    """The contact rule of a journey's entry."""
    return Rule(
        id=journey.id,
        name=journey.name,
        audience=journey.enter.audience,
        trigger=journey.enter.trigger,
        kind=journey.kind,
        theme=journey.theme,
        action=journey.about,
        objective=journey.about,
        message=journey.about,
        channels=(Channel.TELEFONE,),
        owner_role=journey.owner_role,
        cap_group=journey.cap_group,
        priority=50,
        due_days=None if isinstance(journey.enter.trigger, CadenceTrigger) else 1,
        cooldown_days=0,
    )


def entry_policy(policy: Policy, journeys: Sequence[Journey], others: Sequence[Journey] = ()) -> Policy:
    """The policy with the entries of journeys as rules, and every metric that a step refers to, of `others` too."""
    rules = [entry_rule(one) for one in journeys]
    used = sorted(set().union(*(metrics_used(one) for one in (*journeys, *others))))
    if used:
        where = tuple(_reference(name) for name in used)
        audience = rules[0].audience.model_copy(update={"where": where})
        rules.append(rules[0].model_copy(update={"id": "watched", "audience": audience}))
    themes = tuple(dict.fromkeys([*policy.themes, *(one.theme for one in journeys)]))
    return policy.model_copy(update={"rules": tuple(rules), "themes": themes, "silences": ()})


def _reference(name: str) -> Condition:
    """A condition that only refers to a metric; whether it holds does not matter."""
    metric = metrics()[name]
    if metric.numeric:
        return Condition(metric=name, at_least=0)
    return Condition(metric=name, equals=True if metric.format == "boolean" else "-")
