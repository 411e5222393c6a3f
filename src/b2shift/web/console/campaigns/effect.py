"""What a campaign of the product's own changed, by what later deliveries tell of those contacted and those left out."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from zoneinfo import ZoneInfo

from b2shift.learn.api import HORIZON_DAYS, effects_of
from b2shift.learn.contracts import CONTROL, TREATED, Effect, Grouping, Measure
from b2shift.web.campaigns.assignments import assignments
from b2shift.web.campaigns.models import Campaign
from b2shift.web.console.effects.words import MEASURES, Reading
from b2shift.web.crm.cache import cached
from b2shift.web.crm.lake import lake

_ZONE = ZoneInfo("America/Sao_Paulo")


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


def measured(one: Campaign) -> Measured | None:
    """None of a campaign that leaves nobody out, or that nobody has approved."""
    if not one.control_share or one.decided_at is None or one.state == Campaign.State.REJECTED:
        return None
    began, seen = one.decided_at.astimezone(_ZONE).date(), lake()
    days = min((seen.manifest.as_of - began) // timedelta(days=1), HORIZON_DAYS)
    if days < 1:
        return Measured(days, ())
    found = cached(("effect of a campaign", one.pk, began), lambda: effects_of(seen, assignments(one.pk)))
    told = {effect.measure: effect for effect in found if _is_of_all(effect)}
    return Measured(days, _readings(told, runs=days < HORIZON_DAYS))


def _is_of_all(effect: Effect) -> bool:
    return (effect.arm, effect.against, effect.grouping) == (TREATED, CONTROL, Grouping.EVERYONE)


def _readings(told: Mapping[Measure, Effect], *, runs: bool) -> tuple[tuple[str, Reading], ...]:
    return tuple((str(MEASURES[one]), Reading(told[one], runs)) for one in Measure if one in told)
