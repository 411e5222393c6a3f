"""What the customers of a segment would most probably buy, over the customers a person sees."""

from dataclasses import dataclass

from b2shift.web.accounts.models import User
from b2shift.web.accounts.permissions import Capability, may
from b2shift.web.crm.lake import lake
from b2shift.web.crm.models import ScoreCard
from b2shift.web.crm.reading import sees_whole_base, visible_customers

_FAMILY = "propensity_"
SHOWN = 3
"""Families shown at most."""


@dataclass(frozen=True)
class Offer:
    """A family of products: mean probability of a purchase in 90 days among the members, and among all one sees."""

    label: str
    members: float
    everybody: float

    @property
    def times(self) -> float:
        """How many times as probable as among all."""
        return self.members / self.everybody


def visible_offers(user: User, segment: str) -> list[Offer]:
    """The families whose purchase is more probable in the segment than elsewhere, by how many times; none unscored."""
    read = lake()
    if not (may(user, Capability.SEGMENTS) and read.has("scores") and read.has("segments")):
        return []
    names = [one for one in read.query("SELECT * FROM scores LIMIT 0").column_names if one.startswith(_FAMILY)]
    if not names:
        return []
    whose, parameters = "", dict[str, object](segment=segment)
    if not sees_whole_base(user):
        whose = "WHERE customer_id IN (SELECT unnest($seen::VARCHAR[]))"
        parameters["seen"] = list(visible_customers(user).values_list("customer_id", flat=True))
    means = ", ".join(
        f"avg({name}) FILTER (segment_id = $segment) AS {name}_m, avg({name}) AS {name}_e" for name in names
    )
    row = read.query(f"SELECT {means} FROM scores JOIN segments USING (customer_id) {whose}", parameters).to_pylist()[0]
    labels = dict(ScoreCard.objects.filter(score__in=names).values_list("score", "label"))
    found = [
        Offer(labels.get(name, name), row[f"{name}_m"], row[f"{name}_e"])
        for name in names
        if row[f"{name}_m"] and row[f"{name}_m"] > row[f"{name}_e"]
    ]
    return sorted(found, key=lambda one: (-one.times, one.label))[:SHOWN]
