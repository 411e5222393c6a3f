"""The front door of identify: who the customers are, clean and in one view."""

from datetime import date

from b2shift.identify.contracts import Customer360
from b2shift.identify.customers.golden import build as _build_customers
from b2shift.identify.customers.golden import golden_sql
from b2shift.identify.customers.newest import newest_date
from b2shift.identify.view360.build import build as _build_customer_360
from b2shift.identify.view360.read import read as _read_customer_360
from b2shift.identify.view360.winsor import TELEMETRY_WINDOW_DAYS, duration_cap_bin
from b2shift.lake.api import Lake, Session

__all__ = [
    "TELEMETRY_WINDOW_DAYS",
    "build_customer_360",
    "build_customers",
    "customer_360",
    "duration_cap_bin",
    "golden_sql",
    "newest_date",
]


def build_customers(session: Session, as_of: date) -> None:
    """Write `customers`: every customer of the registry or of any contract line, one row each."""
    _build_customers(session, as_of)


def build_customer_360(session: Session, as_of: date) -> None:
    """Write `customer_360`: the lists behind each customer's page, one row per customer of `customers`."""
    _build_customer_360(session, as_of)


def customer_360(lake: Lake, customer_id: str) -> Customer360 | None:
    """Everything about one customer, contacts included: callers decide who may see them. None when unknown."""
    return _read_customer_360(lake, customer_id)
