"""May somebody enter again? Said once, for the simulation and for the shell."""

from collections.abc import Iterable
from datetime import date, timedelta

from b2shift.interact.shapes.journeys import Journey


def may_enter(journey: Journey, stays: Iterable[tuple[date, date | None]], today: date) -> bool:
    """Given the days on which earlier stays began and ended (None: still inside); the first time always."""
    told = list(stays)
    if not told:
        return True
    again = journey.enter.reentry_days
    if again is None or any(ended is None for _began, ended in told):
        return False
    last = max(ended for _began, ended in told if ended is not None)
    return last + timedelta(days=again) <= today
