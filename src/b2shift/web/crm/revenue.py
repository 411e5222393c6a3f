"""Recurring revenue of the whole base by month, for those who may see totals of it."""

from datetime import date
from decimal import Decimal

from b2shift.kernel.calendar import last_closed_month
from b2shift.kernel.contract import Contract
from b2shift.web.accounts.models import User
from b2shift.web.accounts.permissions import Capability, may
from b2shift.web.crm.lake import lake
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
