"""A journey's entry as a contact rule, so that audience, triggers and their words are those of the policy."""

from collections.abc import Sequence

from b2shift.interact.contracts import CadenceTrigger, Channel, Policy, Rule
from b2shift.interact.journeys.vocabulary import looked_at
from b2shift.interact.policy.vocabulary import metrics
from b2shift.interact.shapes.journeys import Journey
from b2shift.interact.shapes.rules import Condition


def entry_rule(journey: Journey) -> Rule:
    """The rule that fires when somebody may enter."""
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
    """The policy with the entries of journeys for rules, and every metric that some step looks at, of `others` too."""
    rules = [entry_rule(one) for one in journeys]
    watched = sorted(set().union(*(looked_at(one) for one in (*journeys, *others))))
    if watched:
        where = tuple(_any_of(name) for name in watched)
        audience = rules[0].audience.model_copy(update={"where": where})
        rules.append(rules[0].model_copy(update={"id": "watched", "audience": audience}))
    themes = tuple(dict.fromkeys([*policy.themes, *(one.theme for one in journeys)]))
    return policy.model_copy(update={"rules": tuple(rules), "themes": themes, "silences": ()})


def _any_of(name: str) -> Condition:
    """A condition that names a metric; whether it holds does not matter."""
    metric = metrics()[name]
    if metric.numeric:
        return Condition(metric=name, at_least=0)
    return Condition(metric=name, equals=True if metric.format == "boolean" else "-")
