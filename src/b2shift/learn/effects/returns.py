"""What campaigns brought in deals over what they cost, told by those left out by lot."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from decimal import Decimal
from math import sqrt

from b2shift.interact.api import load_contact_costs
from b2shift.interact.contracts import Channel, ContactCost
from b2shift.kernel.wilson import Z95
from b2shift.learn.contracts import EVERY, CampaignResult, CampaignReturn, Effect, Interval, Measure, ReturnGrouping

_GROUP: dict[ReturnGrouping, Callable[[CampaignResult], str | None]] = {
    ReturnGrouping.EVERYTHING: lambda one: EVERY,
    ReturnGrouping.CHANNEL: lambda one: one.channel,
    ReturnGrouping.PRODUCT_FAMILY: lambda one: one.product_family,
}


def returns(campaigns: Sequence[CampaignResult], grouping: ReturnGrouping) -> tuple[CampaignReturn, ...]:
    """Of campaigns whose horizon is over and whose deals are enough for an effect, by group, the largest cost first.

    Lots of different campaigns are independent, so errors add up in squares; campaigns of no group are left out.
    """
    groups = defaultdict[str, list[tuple[CampaignResult, Effect]]](list)
    for one in campaigns:
        effect, group = one.effect(Measure.WON), _GROUP[grouping](one)
        if effect is not None and not one.runs and group is not None:
            groups[group].append((one, effect))
    found = [_return(grouping, group, parts) for group, parts in groups.items()]
    return tuple(sorted(found, key=lambda one: (-one.cost, one.group)))


def _return(grouping: ReturnGrouping, group: str, parts: Sequence[tuple[CampaignResult, Effect]]) -> CampaignReturn:
    won = sum(effect.difference * effect.customers for _one, effect in parts)
    error = sqrt(sum(((effect.high - effect.low) / (2 * Z95) * effect.customers) ** 2 for _one, effect in parts))
    cost = sum((arm.cost for one, _effect in parts for arm in one.arms), Decimal(0))
    return CampaignReturn(
        grouping=grouping,
        group=group,
        campaigns=len(parts),
        customers=sum(effect.customers for _one, effect in parts),
        hours=sum(contact_hours(one.channel, arm.sent) for one, _effect in parts for arm in one.arms),
        cost=cost,
        won=Interval.around(won, error),
        net=Interval.around(won - float(cost), error),
    )


def contact_cost(channel: str | None, contacts: int) -> Decimal:
    """BRL of contacts of a channel, people's time among them; nothing for one the costs do not know."""
    found = _cost_of(channel)
    if found is None:
        return Decimal(0)
    hour = load_contact_costs().hour
    return contacts * (Decimal(str(found.cost)) + Decimal(str(found.minutes * hour / 60)))


def contact_hours(channel: str | None, contacts: int) -> float:
    """Hours of people that contacts of a channel take."""
    found = _cost_of(channel)
    return contacts * found.minutes / 60 if found else 0.0


def _cost_of(channel: str | None) -> ContactCost | None:
    known = load_contact_costs().channels
    return known[Channel(channel)] if channel in {one.value for one in known} else None
