"""What each load changed in the rows of the one before, read from the lake without personal data."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings

from b2shift.identify.api import ChangesShown, changes_without_personal_data
from b2shift.web.accounts.models import User
from b2shift.web.accounts.permissions import Capability, require
from b2shift.web.crm.lake import lake
from b2shift.web.crm.rejects import HIDDEN, Slice, page_slice, read_page

FILTERS: Mapping[str, str] = {"load": "load", "source": "source", "kind": "kind", "customer": "customer_id"}
"""Filter → the column of `changes` it compares."""
_CHANGES = """
SELECT load, source, kind, key, "column", before, after, customer_id, count(*) OVER () AS total FROM changes
WHERE {where} ORDER BY load DESC, source, kind, key, "column" LIMIT $limit OFFSET $offset
"""


@dataclass(frozen=True)
class LoadChange:
    """A value that moved in a load, or a row that came late or was withdrawn (`column` is empty then).

    What may be personal is `HIDDEN`; None stands for no value.
    """

    load: int
    source: str
    kind: str
    key: str | None
    column: str
    before: str | None
    after: str | None
    customer_id: str | None


def load_changes(user: User, filters: Mapping[str, str], page: int = 1) -> Slice:
    """What moved and agrees with the filters, the newest load first; AccessError without the capability."""
    require(user, Capability.REJECTED_ROWS)
    rows, total = read_page("changes", _CHANGES, filters, page, {}, FILTERS)
    shown = changes_without_personal_data(settings.HOME)
    return page_slice([_load_change(row, shown) for row in rows], total, page)


def loads_that_changed(user: User) -> list[tuple[int, str]]:
    """Load and source of what moved, the newest load first; AccessError without the capability."""
    require(user, Capability.REJECTED_ROWS)
    read = lake()
    if not read.has("changes"):
        return []
    rows = read.query("SELECT DISTINCT load, source FROM changes ORDER BY load DESC, source").to_pylist()
    return [(row["load"], row["source"]) for row in rows]


def _load_change(row: dict[str, Any], shown: Mapping[str, ChangesShown]) -> LoadChange:
    source = shown.get(row["source"])
    open_values = source is not None and row["column"] in source.columns

    def value(name: str) -> str | None:
        return row[name] if open_values or row[name] is None else HIDDEN

    return LoadChange(
        load=row["load"],
        source=row["source"],
        kind=row["kind"],
        key=row["key"] if source is not None and source.key else HIDDEN if row["key"] else None,
        column=row["column"] or "",
        before=value("before"),
        after=value("after"),
        customer_id=row["customer_id"],
    )
