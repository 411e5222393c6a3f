"""What a customer's orders say on a date, in plain Python."""

from collections.abc import Callable, Sequence
from datetime import date
from decimal import Decimal
from typing import Any


def orders_by_hand(rows: Sequence[dict[str, Any]], as_of: date, back: Callable[[int], date]) -> dict[str, Any]:
    """The features of one customer with these orders, `back` months of them; all unknown for who never ordered."""
    stand = [r for r in rows if r["ordered_on"] and r["ordered_on"] <= as_of and r["status"] != "CANCELADO"]
    days = sorted({r["ordered_on"] for r in stand})
    year = [r for r in stand if r["ordered_on"] > back(12)]
    since = (as_of - days[-1]).days if days else None
    interval = (days[-1] - days[0]).days / (len(days) - 1) if len(days) > 2 else None
    half, before = _worth(stand, back(6), as_of), _worth(stand, back(18), back(12))
    known = bool(days) and days[0] <= back(18) and before > 0
    return {
        "order_growth": half / before - 1 if known else None,
        "orders_12m": len(year) if days else None,
        "order_value_12m": float(sum((r["amount"] or Decimal(0) for r in year), Decimal(0))) if days else None,
        "order_days_since": since,
        "order_interval_days": interval,
        "order_lateness": None if interval is None or since is None else since / max(interval, 1),
    }


def _worth(rows: Sequence[dict[str, Any]], after: date, until: date) -> float:
    return float(sum((r["amount"] or Decimal(0) for r in rows if after < r["ordered_on"] <= until), Decimal(0)))
