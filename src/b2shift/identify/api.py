"""The front door of identify: who the customers are, clean and in one view."""

from datetime import date

from b2shift.identify.customers.golden import build as _build_customers
from b2shift.identify.customers.golden import golden_sql
from b2shift.identify.customers.newest import newest_date
from b2shift.lake.api import Session

__all__ = ["build_customers", "golden_sql", "newest_date"]


def build_customers(session: Session, as_of: date) -> None:
    """Write `customers`: every customer of the registry or of any contract line, one row each."""
    _build_customers(session, as_of)
