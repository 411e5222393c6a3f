"""Re-entry rule, shared by simulation and execution."""

from collections.abc import Iterable
from datetime import date, timedelta

from b2shift.interact.shapes.journeys import Journey


def may_enter(journey: Journey, stays: Iterable[tuple[date, date | None]], today: date) -> bool:
    """Whether a customer may enter, given the first and last days of earlier stays (None: still inside)."""
    past_stays = list(stays)
    if not past_stays:
        return True
    again = journey.enter.reentry_days
    if again is None or any(ended is None for _began, ended in past_stays):
        return False
    last = max(ended for _began, ended in past_stays if ended is not None)
    return last + timedelta(days=again) <= today
