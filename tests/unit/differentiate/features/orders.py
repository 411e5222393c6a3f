"""What a customer's orders say on a date, in plain Python."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any


def orders_by_hand(rows: Sequence[dict[str, Any]], as_of: date, a_year_before: date) -> dict[str, Any]:
    """The features of one customer with these orders; all unknown for who never ordered."""
    stand = [r for r in rows if r["ordered_on"] and r["ordered_on"] <= as_of and r["status"] != "CANCELADO"]
    days = sorted({r["ordered_on"] for r in stand})
    year = [r for r in stand if r["ordered_on"] > a_year_before]
    since = (as_of - days[-1]).days if days else None
    interval = (days[-1] - days[0]).days / (len(days) - 1) if len(days) > 2 else None
    return {
        "orders_12m": len(year) if days else None,
        "order_value_12m": float(sum((r["amount"] or Decimal(0) for r in year), Decimal(0))) if days else None,
        "order_days_since": since,
        "order_interval_days": interval,
        "order_lateness": None if interval is None or since is None else since / max(interval, 1),
    }
