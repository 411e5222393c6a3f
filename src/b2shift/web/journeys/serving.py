"""What the worker does for journeys, twice a minute: enter, learn, move on, measure."""

from datetime import datetime

from b2shift.web.journeys.advancing import advance_due, measure_due
from b2shift.web.journeys.enrolling import enrol
from b2shift.web.journeys.learning.shares import set_shares


def serve_journeys(now: datetime, *, everything: bool = False) -> tuple[int, int]:
    """How many entered and how many moved. Any number of workers may do this at once."""
    entered = enrol(now)
    set_shares(now)
    moved = advance_due(now, everything=everything)
    measure_due(now)
    return entered, moved
