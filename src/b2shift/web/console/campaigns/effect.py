"""What a campaign of the product's own changed, by what later deliveries tell of those contacted and those left out."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from b2shift.learn.api import HORIZON_DAYS, effects_of
from b2shift.learn.contracts import CONTROL, TREATED, Effect, Grouping, Measure
from b2shift.web.accounts.models import User
from b2shift.web.accounts.permissions import Capability, may
from b2shift.web.campaigns.assignments import approved_on, assignments
from b2shift.web.campaigns.models import Campaign
from b2shift.web.console.effects.words import MEASURES, Reading
from b2shift.web.crm.cache import cache_key, cached
from b2shift.web.crm.lake import lake
from b2shift.web.crm.reading import sees_whole_base, visible_customers


@dataclass(frozen=True)
class Measured:
    """A campaign with a control group, as the newest delivery tells of it."""

    days: int
    """Days since the approval that the data reach, at most the horizon; below 1 nothing can have happened yet."""
    readings: tuple[tuple[str, Reading], ...]
    """Measure and what is read of it; none where there are too few customers or cases."""

    @property
    def runs(self) -> bool:
        """Whether the horizon is not over."""
        return self.days < HORIZON_DAYS


def measured(person: User, one: Campaign) -> Measured | None:
    """Among its customers that the person sees; its author sees all. None of a campaign that leaves nobody out, or that
    nobody has approved, and for who may not see effects."""
    began = approved_on(one)
    if began is None or not (one.control_share and may(person, Capability.EFFECTS)):
        return None
    seen = lake()
    days = min((seen.manifest.as_of - began) // timedelta(days=1), HORIZON_DAYS)
    if days < 1:
        return Measured(days, ())
    rows = visible_customers(person).order_by()
    whole = one.author_id == person.pk or sees_whole_base(person)
    question = "everybody" if whole else cache_key(rows)

    def measure() -> tuple[Effect, ...]:
        followed = None if whole else set(rows.values_list("customer_id", flat=True))
        lot = assignments(one.pk)
        return effects_of(seen, [each for each in lot if followed is None or each.customer_id in followed])

    found = cached(("effect of a campaign", one.pk, began, question), measure)
    told = {effect.measure: effect for effect in found if _is_of_all(effect)}
    return Measured(days, _readings(told, runs=days < HORIZON_DAYS))


def _is_of_all(effect: Effect) -> bool:
    return (effect.arm, effect.against, effect.grouping) == (TREATED, CONTROL, Grouping.EVERYONE)


def _readings(told: Mapping[Measure, Effect], *, runs: bool) -> tuple[tuple[str, Reading], ...]:
    return tuple((str(MEASURES[one]), Reading(told[one], runs)) for one in Measure if one in told)
