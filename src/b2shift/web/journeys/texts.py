"""The journey of a version, read once."""

from functools import lru_cache

from b2shift.interact.api import published_journey
from b2shift.interact.contracts import Journey
from b2shift.web.journeys.models import Version


def journey_of(version: Version) -> Journey:
    """The journey a version's text tells."""
    return _shaped(version.text)


@lru_cache(maxsize=256)
def _shaped(text: str) -> Journey:
    return published_journey(text)
