"""The customer's clock: the offset of its state, and the next moment inside the hours of a business day.

Brazil has had no daylight saving time since 2019 (Decreto 9.772/2019), so an offset is enough.
"""

from datetime import datetime, time, timedelta, timezone

from b2shift.interact.contracts import Hours
from b2shift.kernel.calendar import is_business_day, next_business_day

_BRASILIA = -3
_OFFSETS = {"AC": -5, "AM": -4, "MS": -4, "MT": -4, "RO": -4, "RR": -4}


def zone(state: str) -> timezone:
    """The time zone of most of a state; Brasília's for any other word."""
    return timezone(timedelta(hours=_OFFSETS.get(state, _BRASILIA)))


def opening(now: datetime, state: str, hours: Hours) -> datetime | None:
    """The first moment from `now` on inside the hours of a business day there; None when `now` is one."""
    local = now.astimezone(zone(state))
    works = is_business_day(local.date(), state or None)
    if works and hours.first <= local.hour < hours.last:
        return None
    day = local.date()
    if not works or local.hour >= hours.last:
        day = next_business_day(day + timedelta(days=1), state or None)
    return datetime.combine(day, time(hours.first), tzinfo=zone(state))
