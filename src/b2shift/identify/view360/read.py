"""One customer's row of `customer_360` as a contract: a point read of one small row group."""

from b2shift.identify.contracts import Customer360
from b2shift.lake.api import Lake


def read(lake: Lake, customer_id: str) -> Customer360 | None:
    """The customer's 360, or None when the lake has no such customer."""
    rows = lake.query("SELECT * FROM customer_360 WHERE customer_id = ?", [customer_id]).to_pylist()
    return Customer360.model_validate(rows[0]) if rows else None
