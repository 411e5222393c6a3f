"""The journey of the customers a person sees: how many stand on each of the 14 stages, and who."""

from collections import defaultdict
from dataclasses import dataclass
from math import sqrt
from statistics import fmean, stdev

from b2shift.differentiate.api import journey_stages
from b2shift.kernel.errors import StateError
from b2shift.kernel.wilson import Z95
from b2shift.web.accounts.models import User
from b2shift.web.crm.customer_totals import CustomerTotals
from b2shift.web.crm.lake import lake
from b2shift.web.crm.models import Customer
from b2shift.web.crm.reading import visible_customers

MOST_SHOWN = 50
FEWEST = 10
"""Customers with a risk from which a stage of a segment is judged."""
POINTS = 5


@dataclass
class StageRow(CustomerTotals):
    """One stage: its customers, their revenue and mean risk."""

    stage: str
    phase: str


@dataclass(frozen=True)
class Point:
    """How a segment's customers fare on one stage; risk with the 95 % interval of a mean."""

    stage: str
    customers: int
    share: float
    risk: float
    low: float
    high: float
    at_stake: float
    """BRL a month: the sum over its customers of revenue times risk."""
    critical: bool
    """Whether even the lower end lies above the mean risk of the whole segment."""


def critical_points(user: User, segment: str) -> list[Point]:
    """The stages where a segment stands to lose most a month, critical ones first; of the person's own customers.

    Stages with fewer than FEWEST customers with a risk are left out; none before a run that maps the journey.
    """
    places = _places()
    if not places:
        return []
    by_stage: dict[str, list[tuple[float, float]]] = defaultdict(list)
    members = visible_customers(user).filter(segment=segment).exclude(churn_90d=None)
    for customer_id, mrr, risk in members.values_list("customer_id", "mrr", "churn_90d"):
        if customer_id in places:
            by_stage[places[customer_id]].append((float(mrr or 0), float(risk or 0)))
    everybody = [risk for rows in by_stage.values() for _, risk in rows]
    found = [
        _point(stage, rows, len(everybody), fmean(everybody)) for stage, rows in by_stage.items() if len(rows) >= FEWEST
    ]
    return sorted(found, key=lambda one: (not one.critical, -one.at_stake, one.stage))[:POINTS]


def _point(stage: str, rows: list[tuple[float, float]], members: int, usual: float) -> Point:
    risks = [risk for _, risk in rows]
    mean, reach = fmean(risks), Z95 * stdev(risks) / sqrt(len(risks))
    return Point(
        stage=stage,
        customers=len(rows),
        share=len(rows) / members,
        risk=mean,
        low=max(0.0, mean - reach),
        high=min(1.0, mean + reach),
        at_stake=sum(mrr * risk for mrr, risk in rows),
        critical=mean - reach > usual,
    )


def stages(user: User) -> list[StageRow]:
    """Every stage in order, over the customers of the person's scope; none before a run that maps the journey."""
    places = _places()
    if not places:
        return []
    rows = {stage: StageRow(stage, phase) for stage, phase in journey_stages().items()}
    for customer_id, mrr, risk in visible_customers(user).values_list("customer_id", "mrr", "churn_90d"):
        row = rows.get(places.get(customer_id, ""))
        if row is not None:
            row.add(mrr, risk)
    return list(rows.values())


def of_stage(user: User, stage: str, segment: str = "") -> list[tuple[Customer, str]]:
    """The customers of a stage (and segment) with most revenue, at most 50, and the facts that put them there."""
    facts = _why(stage)
    seen = visible_customers(user).filter(customer_id__in=list(facts))
    found = (seen.filter(segment=segment) if segment else seen).order_by("-mrr", "customer_id")[:MOST_SHOWN]
    return [(one, facts[one.customer_id]) for one in found]


def of_customer(customer: Customer) -> tuple[str, str, str] | None:
    """Phase, stage and facts of one customer."""
    try:
        read = lake()
    except StateError:
        return None
    if not read.has("journey"):
        return None
    query = "SELECT phase, stage, why FROM journey WHERE customer_id = ?"
    rows = read.query(query, [customer.customer_id]).to_pylist()
    return (rows[0]["phase"], rows[0]["stage"], rows[0]["why"]) if rows else None


def _places() -> dict[str, str]:
    facts: dict[str, list[str]] = defaultdict(list)
    try:
        read = lake()
    except StateError:
        return {}
    if read.has("journey"):
        facts = read.query("SELECT customer_id, stage FROM journey").to_pydict()
    return dict(zip(facts["customer_id"], facts["stage"], strict=True))


def _why(stage: str) -> dict[str, str]:
    rows = lake().query("SELECT customer_id, why FROM journey WHERE stage = ?", [stage]).to_pydict()
    return dict(zip(rows["customer_id"], rows["why"], strict=True))
