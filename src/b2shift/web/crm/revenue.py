"""Recurring revenue of the whole base by month, for those who may see totals of it."""

from datetime import date, timedelta
from decimal import Decimal
from itertools import dropwhile

from pydantic import Field

from b2shift.insight.contracts import Answer
from b2shift.kernel.calendar import add_months, last_closed_month
from b2shift.kernel.contract import Contract
from b2shift.metrics.contracts import Period, TypedQuery
from b2shift.web.accounts.models import User
from b2shift.web.accounts.permissions import Capability, may
from b2shift.web.crm.cache import cached
from b2shift.web.crm.lake import lake
from b2shift.web.crm.questions import answer
from b2shift.web.crm.reading import sees_whole_base

MONTHS = 24
_ALL = "recurring_revenue"


class BaseMonth(Contract):
    """One closed month of the base."""

    month: date
    mrr: Decimal
    customers: int


def revenue_delivered() -> bool:
    """Whether any recurring revenue ever came; so too before the first run, of which nothing is known."""

    def any_row() -> bool:
        read = lake()
        return not read.has(_ALL) or read.query(f"SELECT 1 FROM {_ALL} LIMIT 1").num_rows > 0

    return cached("revenue delivered", any_row)


def known_revenue(amount: Decimal | None) -> Decimal | None:
    """An amount of recurring revenue; None for the zero of a base that never delivered any."""
    return amount if amount or revenue_delivered() else None


def visible_revenue(user: User) -> tuple[BaseMonth, ...]:
    """MRR of the last 24 closed months as the dictionary counts it, all customers of the unit in view.

    Nothing for who may not see totals. The first months of a shorter history, without revenue, are left out.
    """
    if not may(user, Capability.OVERVIEW):
        return ()
    closed = last_closed_month(lake().manifest.as_of)
    last = add_months(closed, 1) - timedelta(days=1)
    time = Period(start=add_months(closed, 1 - MONTHS), end=last, grain="month")
    result = answer(user, TypedQuery(intent="trend", metrics=("mrr", "active_customers"), time=time))
    if not isinstance(result, Answer):
        return ()
    months = (
        BaseMonth(
            month=date.fromisoformat(row["bucket"]),
            mrr=Decimal(str(row["mrr"])).quantize(Decimal("0.01")),
            customers=int(row["active_customers"]),
        )
        for row in result.rows
    )
    return tuple(dropwhile(lambda one: not one.customers, months))


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
    result: dict[str, object] = {"closed": last_closed_month(read.manifest.as_of), "months": months}
    row = read.query(_BRIDGE, result).to_pylist()[0]
    return Bridge.model_validate(row) if row["start"] is not None else None
