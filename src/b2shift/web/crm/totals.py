"""Customers in figures: what a set of them comes to, and each of its parts; remembered until the next publication."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Avg, Count, F, FloatField, Q, QuerySet, Sum
from django.db.models.functions import Cast

from b2shift.web.crm.cache import cache_key, cached
from b2shift.web.crm.models import Customer

_RISKY, _LATE = Q(churn_band="alto"), Q(overdue_amount__gt=0)


@dataclass(frozen=True)
class Totals:
    """Some customers in figures; money in BRL a month, but for what is overdue.

    What stands on a score nobody of them has is None: no usable signal is not no risk.
    """

    customers: int = 0
    active: int = 0
    mrr: Decimal = Decimal(0)
    risky: int = 0
    risky_mrr: Decimal | None = Decimal(0)
    expected_loss: float | None = 0.0  # MRR times its own probability of going within 90 days
    overdue: Decimal = Decimal(0)
    late: int = 0
    due: int = 0
    due_customers: int = 0
    health: float | None = None


def totals_of(customers: QuerySet[Customer]) -> Totals:
    """What these customers come to."""
    rows = customers.order_by()
    question = cache_key(rows)
    if question is None:
        return Totals()
    return cached(("totals", question), lambda: _totals(rows.aggregate(**_figures())))


def totals_by(customers: QuerySet[Customer], field: str) -> dict[Any, Totals]:
    """What each part of these customers comes to, by the value of a field (None for those without)."""
    rows = customers.order_by()
    question = cache_key(rows)
    if question is None:
        return {}

    def read() -> dict[Any, Totals]:
        return {row.pop(field): _totals(row) for row in rows.values(field).annotate(**_figures())}

    return cached(("totals", field, question), read)


def _figures() -> dict[str, Any]:
    loss = F("churn_90d") * Cast("mrr", FloatField())
    return {
        "n": Count("pk"),
        "n_active": Count("pk", filter=Q(situation="ativo")),
        "money": Sum("mrr"),
        "n_risky": Count("pk", filter=_RISKY),
        "money_risky": Sum("mrr", filter=_RISKY),
        "n_judged": Count("churn_90d"),
        "loss": Sum(loss, output_field=FloatField()),
        "money_late": Sum("overdue_amount"),
        "n_late": Count("pk", filter=_LATE),
        "n_due": Sum("due_contacts"),
        "n_with_due": Count("pk", filter=Q(due_contacts__gt=0)),
        "mean_health": Avg("health"),
    }


def _totals(row: dict[str, Any]) -> Totals:
    known = row["n_judged"] or not row["n"]
    return Totals(
        customers=row["n"],
        active=row["n_active"],
        mrr=row["money"] or Decimal(0),
        risky=row["n_risky"],
        risky_mrr=(row["money_risky"] or Decimal(0)) if known else None,
        expected_loss=(row["loss"] or 0.0) if known else None,
        overdue=row["money_late"] or Decimal(0),
        late=row["n_late"],
        due=row["n_due"] or 0,
        due_customers=row["n_with_due"],
        health=row["mean_health"],
    )
