"""What a customer does otherwise than it used to, computed as one does on paper."""

from collections import defaultdict
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise
from statistics import fmean
from typing import Any

from tests.unit.differentiate.features.arithmetic import growth, mean, ratio

from b2shift.kernel.calendar import add_months

Row = dict[str, Any]


def falls(rows: list[Row], now: date) -> Row:
    """Cuts of the revenue of a customer, family by family."""
    series = defaultdict[str | None, dict[date, Decimal]](lambda: defaultdict(Decimal))
    for r in rows:
        if r["month"] > add_months(now, -7):
            series[r["product_family"]][r["month"]] += r["mrr"] or Decimal(0)
    steps = [pair for one in series.values() for pair in pairwise([one[month] for month in sorted(one)])]
    lost = sum((max(before - after, Decimal(0)) for before, after in steps), Decimal(0))
    current = sum((one.get(now, Decimal(0)) for one in series.values()), Decimal(0))
    return {
        "mrr_cuts_6m": sum(after < Decimal("0.97") * before for before, after in steps) if series else None,
        "mrr_cut_share_6m": ratio(lost, lost + current) if steps else None,
    }


def use_falls(rows: list[Row], minutes: dict[date, int], now: date) -> Row:
    """The newest months of use against the usual ones."""
    usual = [month for month in {r["month"] for r in rows} if add_months(now, -12) < month <= add_months(now, -3)]

    def most(column: str, month: date) -> int | None:
        return max((r[column] for r in rows if r["month"] == month and r[column] is not None), default=None)

    def recent(column: str) -> float:
        return sum(most(column, month) or 0 for month in (now, add_months(now, -1))) / 2

    days, users = ([found for month in usual if (found := most(name, month)) is not None]
                   for name in ("active_days", "active_users"))  # fmt: skip
    return {
        "usage_fall": growth(minutes.get(now, 0), mean([minutes[month] for month in usual])),
        "usage_days_fall": recent("active_days") - fmean(days) if days else None,
        "usage_users_fall": growth(recent("active_users"), mean(users)),
    }


def delay_rises(delays: list[tuple[date, int]], as_of: date) -> Row:
    """Days from due date to payment, lately and usually."""
    usual = [days for due, days in delays if add_months(as_of, -12) < due <= add_months(as_of, -4)]
    told: Row = {}
    for name, start in (("45d", as_of - timedelta(days=45)), ("3m", add_months(as_of, -3))):
        lately = [days for due, days in delays if due > start]
        told[f"payment_delay_rise_{name}"] = fmean(lately) - fmean(usual) if lately and usual else None
    return told
