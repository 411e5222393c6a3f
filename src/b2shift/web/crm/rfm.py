"""The RFM grid of the customers a person sees: recency by frequency of purchases, and who stands in each cell."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from django.conf import settings
from django.db.models import QuerySet

from b2shift.differentiate.api import purchases_query
from b2shift.kernel.errors import StateError
from b2shift.web.accounts.models import User
from b2shift.web.crm.cache import cached
from b2shift.web.crm.customer_totals import CustomerTotals
from b2shift.web.crm.lake import lake
from b2shift.web.crm.models import Customer
from b2shift.web.crm.reading import visible_customers

SCORES = (1, 2, 3, 4, 5)
Place = tuple[int, int]
"""Recency and frequency, each 1 to 5."""
Span = tuple[int, int]
"""The least and the most of a figure."""


@dataclass
class Cell(CustomerTotals):
    """The customers of one recency and one frequency."""

    recency: int
    frequency: int
    classes: Counter[str] = field(default_factory=Counter)

    @property
    def usual(self) -> str:
        """The class most of them have; empty for nobody."""
        return min(self.classes, key=lambda name: (-self.classes[name], name)) if self.classes else ""


@dataclass(frozen=True)
class Grid:
    """All 25 cells, the most recent and rarest first; what the scores stand for, over the whole base."""

    cells: tuple[Cell, ...]
    without_purchases: int
    days: dict[int, Span]
    purchases: dict[int, Span]

    @property
    def customers(self) -> int:
        """Those with purchases."""
        return sum(cell.customers for cell in self.cells)


@dataclass(frozen=True)
class _Base:
    """What the lake says of everybody."""

    places: dict[str, Place]
    days: dict[int, Span]
    purchases: dict[int, Span]


def rfm_grid(user: User) -> Grid | None:
    """The grid over the customers of the person's scope; None before a run that scores purchases."""
    base = _base()
    if base is None:
        return None
    cells = {(recency, frequency): Cell(recency, frequency) for recency in reversed(SCORES) for frequency in SCORES}
    without = 0
    seen = visible_customers(user).values_list("customer_id", "mrr", "churn_90d", "rfm_class")
    for customer_id, mrr, risk, rfm_class in seen:
        cell = cells.get(base.places.get(customer_id, (0, 0)))
        if cell is None:
            without += 1
            continue
        cell.add(mrr, risk)
        cell.classes[rfm_class] += 1
    return Grid(tuple(cells.values()), without, base.days, base.purchases)


def of_cell(user: User, place: Place) -> QuerySet[Customer]:
    """The customers of one cell that the person sees, the dearest first."""
    base = _base()
    codes = [customer_id for customer_id, one in (base.places if base else {}).items() if one == place]
    return visible_customers(user).filter(customer_id__in=codes).order_by("-mrr", "customer_id")


def _base() -> _Base | None:
    try:
        read = lake()
    except StateError:
        return None
    if not read.has("segments"):
        return None
    return cached("rfm base", _read)


def _read() -> _Base:
    read = lake()
    nothing = "SELECT NULL::VARCHAR AS customer_id, NULL::INTEGER AS days, NULL::INTEGER AS purchases"
    known = read.has("purchases")
    bought = purchases_query(Path(settings.HOME), read.manifest.as_of) if known else nothing
    rows = read.query(
        f"SELECT customer_id, rfm_recency, rfm_frequency, days, purchases FROM segments LEFT JOIN ({bought}) "
        "USING (customer_id) WHERE rfm_recency IS NOT NULL AND rfm_frequency IS NOT NULL"
    ).to_pylist()
    return _Base(
        {row["customer_id"]: (row["rfm_recency"], row["rfm_frequency"]) for row in rows},
        _spans((row["rfm_recency"], row["days"]) for row in rows),
        _spans((row["rfm_frequency"], row["purchases"]) for row in rows),
    )


def _spans(scored: Iterable[tuple[int, int | None]]) -> dict[int, Span]:
    found: dict[int, Span] = {}
    for score, figure in scored:
        if figure is not None:
            least, most = found.get(score, (figure, figure))
            found[score] = (min(least, figure), max(most, figure))
    return found
