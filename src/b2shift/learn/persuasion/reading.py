"""What the version tells of who is persuaded."""

from itertools import groupby

from b2shift.lake.api import Lake
from b2shift.learn.contracts import Interval, Measure, Persuasion, PersuasionGroup

_GROUPS = """
SELECT g.*, count(c.customer_id) AS customers
FROM campaign_persuasion AS g LEFT JOIN customer_persuasion AS c USING (measure, place)
GROUP BY ALL ORDER BY measure, place
"""


def persuasions(lake: Lake) -> tuple[Persuasion, ...]:
    """By measure; none of a version that has none."""
    if not lake.has("campaign_persuasion"):
        return ()
    rows = lake.query(_GROUPS).to_pylist()
    told = []
    for measure, found in groupby(rows, key=lambda row: row["measure"]):
        every, *groups = found
        told.append(
            Persuasion(
                measure=Measure(measure),
                assignments=every["assignments"],
                effect=_effect(every),
                gain=Interval(value=every["gain"], low=every["gain_low"], high=every["gain_high"]),
                tells_apart=every["tells_apart"],
                groups=tuple(
                    PersuasionGroup(
                        place=row["place"],
                        assignments=row["assignments"],
                        customers=row["customers"],
                        effect=_effect(row),
                        harmed=row["harmed"],
                    )
                    for row in groups
                ),
            )
        )
    return tuple(sorted(told, key=lambda one: list(Measure).index(one.measure)))


def _effect(row: dict[str, float]) -> Interval:
    return Interval(value=row["effect"], low=row["low"], high=row["high"])
