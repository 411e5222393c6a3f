"""What campaigns did to the customers a person looks at, told by those left out by lot, and those customers."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from b2shift.kernel.errors import StateError
from b2shift.lake.api import Lake
from b2shift.learn.api import campaign_result, campaign_results, campaigns_among, persuasions, pooled_effects
from b2shift.learn.contracts import CONTROL, DONE, GROUPINGS, TREATED, CampaignResult, Effect, Measure, Persuasion
from b2shift.web.accounts.models import User
from b2shift.web.accounts.permissions import Capability, may, require
from b2shift.web.crm.cache import cache_key, cached
from b2shift.web.crm.lake import lake
from b2shift.web.crm.models import Customer
from b2shift.web.crm.reading import sees_whole_base, visible_customers
from b2shift.web.crm.rejects import PAGE_ROWS, Slice, page_slice

_ROWS = f"""
SELECT customer_id, arm, assigned_on, {", ".join(DONE)}, bought_after, won, mrr_change
FROM campaign_outcomes WHERE {{where}} AND {{seen}} ORDER BY customer_id LIMIT $limit OFFSET $offset
"""
_COUNT = "SELECT count(*) AS seen FROM campaign_outcomes WHERE {where} AND {seen}"
_GROUP = "SELECT customer_id FROM customer_persuasion WHERE measure = $measure AND place = $place"
_Measured = tuple[tuple[CampaignResult, ...], tuple[Effect, ...]]


@dataclass(frozen=True)
class Reached:
    """A customer of a campaign: its arm, and what it did in the order of a campaign.

    `customer` is None where the records have none of this code; `won` is told only to those who may see deals.
    """

    customer_id: str
    customer: Customer | None
    arm: str
    assigned_on: date
    done: tuple[str, ...]
    bought_after: int | None
    won: Decimal | None
    mrr_change: Decimal | None


def measured_campaigns(user: User) -> tuple[CampaignResult, ...]:
    """Every randomised campaign that was delivered, the newest first, as among the customers the person looks at;
    AccessError without the capability."""
    require(user, Capability.EFFECTS)
    read = _measured()
    if read is None:
        return ()
    if sees_whole_base(user):
        return cached(("campaign results", read.version), lambda: campaign_results(read))
    return _among(user, read)[0]


def measured_campaign(user: User, campaign: str) -> CampaignResult | None:
    """One of them; AccessError without the capability."""
    require(user, Capability.EFFECTS)
    read = _measured()
    if read is None:
        return None
    if sees_whole_base(user):
        return campaign_result(read, campaign)
    return next(iter(_among(user, read, campaign)[0]), None)


def measured_together(user: User) -> dict[Measure, Effect]:
    """The effects over all campaigns whose horizon is over; AccessError without the capability."""
    require(user, Capability.EFFECTS)
    read = _measured()
    if read is None:
        return {}
    if sees_whole_base(user):
        found = cached(("pooled effects", read.version), lambda: pooled_effects(read))
    else:
        found = _among(user, read)[1]
    return {one.measure: one for one in found}


def measured_persuasions(user: User) -> tuple[Persuasion, ...]:
    """Whether contacts bring more to some customers than to others; of the whole base, so for who sees all of it.
    AccessError without the capability."""
    require(user, Capability.EFFECTS)
    read = _measured()
    if read is None or not sees_whole_base(user):
        return ()
    return cached(("persuasions", read.version), lambda: persuasions(read))


def persuaded_customers(user: User, measure: Measure, place: int, page: int = 1) -> Slice:
    """The customers of a group of `measured_persuasions`, by their code; AccessError without the capabilities."""
    require(user, Capability.CUSTOMERS)
    if not any(group.place == place for one in measured_persuasions(user) for group in one.groups):
        return page_slice([], 0, page)
    codes = lake().query(_GROUP, {"measure": measure.value, "place": place}).column("customer_id").to_pylist()
    found = visible_customers(user).filter(customer_id__in=codes).order_by("customer_id")
    return page_slice(list(found[PAGE_ROWS * (page - 1) : PAGE_ROWS * page]), found.count(), page)


def _among(user: User, read: Lake, campaign: str | None = None) -> _Measured:
    """Campaigns as among the customers the person looks at."""
    rows = visible_customers(user).order_by()
    question = cache_key(rows)
    if question is None:
        return (), ()

    def measure() -> _Measured:
        return campaigns_among(read, list(rows.values_list("customer_id", flat=True)), campaign)

    return cached(("campaigns among", read.version, campaign, question), measure)


def customers_of(user: User, campaign: str, asked: Mapping[str, str], page: int = 1) -> Slice:
    """Of a campaign's customers those the person sees and that answer to what is asked; AccessError without capability.

    `asked`: an `arm` (or `treated`), what they `did`, a group by its grouping, the measure that is `known` of them.
    """
    require(user, Capability.EFFECTS)
    require(user, Capability.CUSTOMERS)
    read = _measured()
    if read is None:
        return page_slice([], 0, page)
    where, given = _asked(campaign, asked)
    seen = "true"
    if not sees_whole_base(user):
        seen = "customer_id IN (SELECT unnest($seen::VARCHAR[]))"
        given["seen"] = list(visible_customers(user).values_list("customer_id", flat=True))
    count = read.query(_COUNT.format(where=where, seen=seen), given).to_pylist()[0]["seen"]
    bounds = {"limit": PAGE_ROWS, "offset": PAGE_ROWS * (page - 1)}
    rows = read.query(_ROWS.format(where=where, seen=seen), {**given, **bounds}).to_pylist()
    return page_slice(_told(user, rows), count, page)


def _asked(campaign: str, asked: Mapping[str, str]) -> tuple[str, dict[str, object]]:
    given: dict[str, object] = {"campaign": campaign}
    parts = ["campaign_id = $campaign"]
    if (arm := asked.get("arm")) == TREATED:
        parts.append(f"arm <> '{CONTROL}'")
    elif arm:
        parts.append("arm = $arm")
        given["arm"] = arm
    if asked.get("did"):
        parts.append(DONE[DONE.index(asked["did"])])
    if asked.get("known"):
        parts.append(f"{Measure(asked['known'])} IS NOT NULL")
    for grouping in GROUPINGS:
        if asked.get(grouping):
            parts.append(f"{grouping} = ${grouping}")
            given[grouping.value] = asked[grouping]
    return " AND ".join(parts), given


def _told(user: User, rows: list[dict[str, Any]]) -> list[Reached]:
    codes = [row["customer_id"] for row in rows]
    known = {one.customer_id: one for one in visible_customers(user).filter(customer_id__in=codes)}
    may_deals = may(user, Capability.COMMERCIAL)
    return [
        Reached(
            customer_id=row["customer_id"],
            customer=known.get(row["customer_id"]),
            arm=row["arm"],
            assigned_on=row["assigned_on"],
            done=tuple(name for name in DONE if row[name]),
            bought_after=row["bought_after"],
            won=row["won"] if may_deals else None,
            mrr_change=row["mrr_change"],
        )
        for row in rows
    ]


def _measured() -> Lake | None:
    """The lake, where campaigns were measured in it."""
    try:
        read = lake()
    except StateError:
        return None
    return read if read.has("campaign_outcomes") else None
