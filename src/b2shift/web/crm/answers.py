"""NPS of segments over the customers a person sees: from the answers themselves, with the interval of its sample."""

from dataclasses import dataclass
from math import sqrt

from django.db.models import QuerySet

from b2shift.kernel.wilson import Z95
from b2shift.web.accounts.models import User
from b2shift.web.accounts.permissions import Capability, may
from b2shift.web.crm.cache import cache_key, cached
from b2shift.web.crm.lake import lake
from b2shift.web.crm.models import Customer
from b2shift.web.crm.reading import sees_whole_base

FEWEST_ANSWERS = 3

_COUNTS = """
SELECT segment_id, count(*) AS answers, count(*) FILTER (score >= 9) AS promoters,
       count(*) FILTER (score <= 6) AS detractors
FROM nps_answers JOIN segments USING (customer_id)
WHERE answered_on > $day::DATE - INTERVAL 12 MONTH AND answered_on <= $day::DATE {whose}
GROUP BY segment_id
"""


@dataclass(frozen=True)
class Nps:
    """Promoters minus detractors in points, -100 to 100, with its 95 % interval."""

    value: float
    low: float
    high: float
    answers: int

    @property
    def reach(self) -> float:
        """Half the interval: how far the truth may be."""
        return (self.high - self.low) / 2


def nps_from(answers: int, promoters: int, detractors: int) -> Nps | None:
    """The NPS of a sample; None under three answers, where it would be noise.

    The variance of one answer coded +1, 0, -1 is p + d - (p - d)².
    """
    if answers < FEWEST_ANSWERS:
        return None
    p, d = promoters / answers, detractors / answers
    value, reach = 100 * (p - d), 100 * Z95 * sqrt((p + d - (p - d) ** 2) / answers)
    return Nps(value, max(-100.0, value - reach), min(100.0, value + reach), answers)


def visible_nps(user: User, seen: QuerySet[Customer]) -> dict[str, Nps]:
    """NPS by segment over twelve months of answers of the customers the person sees; absent where too few answered.

    `seen` is what `visible_customers` gave for that person.
    """
    question = cache_key(seen)
    if question is None or not may(user, Capability.SEGMENTS):
        return {}
    return cached(("segments' nps", question), lambda: _counted(None if sees_whole_base(user) else seen))


def _counted(seen: QuerySet[Customer] | None) -> dict[str, Nps]:
    """NPS by segment of these customers, or of everybody."""
    read = lake()
    if not (read.has("nps_answers") and read.has("segments")):
        return {}
    parameters: dict[str, object] = {"day": read.manifest.as_of}
    whose = ""
    if seen is not None:
        parameters["seen"] = list(seen.values_list("customer_id", flat=True))
        whose = "AND customer_id IN (SELECT unnest($seen::VARCHAR[]))"
    found = {}
    for row in read.query(_COUNTS.format(whose=whose), parameters).to_pylist():
        nps = nps_from(row["answers"], row["promoters"], row["detractors"])
        if nps is not None:
            found[row["segment_id"]] = nps
    return found
