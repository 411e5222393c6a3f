"""An hour at which everybody may be written to, whatever the day a test runs on."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from b2shift.kernel.calendar import is_business_day

_ZONE = ZoneInfo("America/Sao_Paulo")


def next_noon() -> datetime:
    """Noon in Brasília of the next business day: within everybody's hours, and not before what a page writes now."""
    day = datetime.now(_ZONE).date() + timedelta(days=1)
    while not is_business_day(day):
        day += timedelta(days=1)
    return datetime(day.year, day.month, day.day, 12, tzinfo=_ZONE).astimezone(UTC)
