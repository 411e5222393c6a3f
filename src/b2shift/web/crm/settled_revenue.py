"""The recurring revenue that stands in for rows that were lost: how much there is of it, and its rows."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from b2shift.kernel.calendar import last_closed_month
from b2shift.kernel.errors import StateError
from b2shift.lake.api import Lake
from b2shift.web.accounts.models import User
from b2shift.web.accounts.permissions import Capability, require
from b2shift.web.crm.lake import lake
from b2shift.web.crm.rejects import PAGE_ROWS, Slice, page_slice

TABLE = "recurring_revenue"
ORIGINS = ("carried", "dated", "bridged")
_COUNTS = f"""
SELECT origin, count(*) AS rows, count(*) FILTER (month = $closed) AS newest_rows,
       coalesce(sum(mrr) FILTER (month = $closed), 0) AS newest_mrr
FROM {TABLE} WHERE origin <> 'delivered' GROUP BY origin
"""
_ROWS = f"""
SELECT customer_id, month, product_family, mrr, origin, reason, count(*) OVER () AS total
FROM {TABLE} WHERE origin <> 'delivered' AND ($origin = '' OR origin = $origin)
ORDER BY month DESC, mrr DESC, customer_id, product_family LIMIT $limit OFFSET $offset
"""


@dataclass(frozen=True)
class SettledOrigin:
    """Rows of one origin: of all months, and those of the last closed one with their MRR."""

    origin: str
    rows: int
    newest_rows: int
    newest_mrr: Decimal


@dataclass(frozen=True)
class SettledRow:
    """One row that was not delivered as it stands."""

    customer_id: str
    month: date
    product_family: str | None
    mrr: Decimal
    origin: str
    reason: str


def settled_origins(user: User) -> list[SettledOrigin]:
    """What stands in for lost rows, by origin; nothing where all was delivered. AccessError without the capability."""
    require(user, Capability.QUALITY)
    read = _lake()
    if read is None:
        return []
    rows = read.query(_COUNTS, {"closed": last_closed_month(read.manifest.as_of)}).to_pylist()
    return sorted((SettledOrigin(**row) for row in rows), key=lambda one: ORIGINS.index(one.origin))


def settled_rows(user: User, filters: Mapping[str, str], page: int = 1) -> Slice:
    """The rows themselves, the newest months first; raises AccessError without the capability."""
    require(user, Capability.REJECTED_ROWS)
    read = _lake()
    bounds = {"origin": filters.get("origin", ""), "limit": PAGE_ROWS, "offset": PAGE_ROWS * (page - 1)}
    rows = read.query(_ROWS, bounds).to_pylist() if read else []
    total = rows[0]["total"] if rows else 0
    return page_slice([SettledRow(**{k: v for k, v in row.items() if k != "total"}) for row in rows], total, page)


def _lake() -> Lake | None:
    try:
        read = lake()
    except StateError:
        return None
    return read if read.has(TABLE) else None
