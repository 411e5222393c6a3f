"""One customer's row of `customer_360` as a contract: a point read."""

from b2shift.identify.contracts import Customer360
from b2shift.identify.view360 import pages
from b2shift.lake.api import Lake


def read(lake: Lake, customer_id: str) -> Customer360 | None:
    """The customer's 360, or None when the lake has no such customer."""
    if lake.has(pages.TABLE):
        return pages.read(lake, customer_id)
    rows = lake.query("SELECT * FROM customer_360 WHERE customer_id = ?", [customer_id]).to_pylist()
    return Customer360.model_validate(rows[0]) if rows else None
