"""Recurring revenue of the whole base by month, for those who may see totals of it."""

from datetime import date
from decimal import Decimal

from pydantic import Field

from b2shift.kernel.calendar import last_closed_month
from b2shift.kernel.contract import Contract
from b2shift.web.accounts.models import User
from b2shift.web.accounts.permissions import Capability, may
from b2shift.web.crm.lake import lake
from b2shift.web.crm.reading import sees_whole_base
from b2shift.web.crm.remembered import remembered

MONTHS = 24
_BY_MONTH = """
SELECT month, sum(mrr) AS mrr, count(DISTINCT customer_id) FILTER (mrr > 0) AS customers
FROM revenue_monthly
WHERE month <= $closed AND month > $closed - INTERVAL {months} MONTH {whose}
GROUP BY month ORDER BY month
"""
_OF_UNIT = "AND customer_id IN (SELECT customer_id FROM customers WHERE list_contains(business_units, $unit))"


class BaseMonth(Contract):
    """One closed month of the base."""

    month: date
    mrr: Decimal
    customers: int


def visible_revenue(user: User) -> tuple[BaseMonth, ...]:
    """MRR of the last 24 closed months, all customers of the unit in view; nothing for who may not see totals."""
    if not may(user, Capability.OVERVIEW):
        return ()
    read = lake()
    if not read.has("revenue_monthly"):
        return ()
    unit = user.unit_in_view
    told: dict[str, object] = {"closed": last_closed_month(read.manifest.as_of)} | ({"unit": unit} if unit else {})
    statement = _BY_MONTH.format(months=MONTHS, whose=_OF_UNIT if unit else "")

    def answer() -> tuple[BaseMonth, ...]:
        return tuple(BaseMonth.model_validate(row) for row in read.query(statement, told).to_pylist())

    return remembered(("revenue", read.version, unit), answer)


class Bridge(Contract):
    """How MRR went from one month's end to another's: what came, grew, shrank and left between them."""

    first: date = Field(description="month whose end it starts from")
    last: date
    start: Decimal
    new: Decimal
    reactivated: Decimal
    expansion: Decimal
    contraction: Decimal
    churned: Decimal
    end: Decimal


_BRIDGE = """
SELECT min(month) AS first, max(month) AS last, arg_min(start_mrr, month) AS start, sum(new_mrr) AS new,
sum(reactivated_mrr) AS reactivated, sum(expansion_mrr) AS expansion, sum(contraction_mrr) AS contraction,
sum(churned_mrr) AS churned, arg_max(end_mrr, month) AS "end"
FROM revenue_bridge WHERE month <= $closed AND month > $closed - $months * INTERVAL 1 MONTH
"""


def visible_bridge(user: User, months: int = 12) -> Bridge | None:
    """The revenue bridge of the last closed months; only for who sees totals of the whole base, and looks at it."""
    read = lake()
    if not (may(user, Capability.OVERVIEW) and sees_whole_base(user) and read.has("revenue_bridge")):
        return None
    told: dict[str, object] = {"closed": last_closed_month(read.manifest.as_of), "months": months}
    row = read.query(_BRIDGE, told).to_pylist()[0]
    return Bridge.model_validate(row) if row["start"] is not None else None
