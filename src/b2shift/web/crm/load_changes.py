"""What each load changed in the rows of the one before, and its new rows, read from the lake without personal data."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings

from b2shift.identify.api import ChangesShown, NewRow, NewRows, changes_without_personal_data, new_rows
from b2shift.web.accounts.models import User
from b2shift.web.accounts.permissions import Capability, require
from b2shift.web.crm.cache import cached
from b2shift.web.crm.lake import lake
from b2shift.web.crm.rejects import HIDDEN, PAGE_ROWS, Slice, page_slice, read_page

FILTERS: Mapping[str, str] = {"load": "load", "source": "source", "kind": "kind", "customer": "customer_id"}
"""Filter → the column of `changes` it compares."""
_TOLD_TOGETHER = 20 * PAGE_ROWS
_CHANGES = """
SELECT load, source, kind, key, "column", before, after, customer_id, count(*) OVER () AS total FROM changes
WHERE {where} ORDER BY load DESC, source, kind, key, "column" LIMIT $limit OFFSET $offset
"""
_NEW_COUNTS = """
SELECT load, source, rows_new FROM load_history
WHERE rows_new > 0 AND {where} ORDER BY load DESC, rows_new DESC, source
"""


@dataclass(frozen=True)
class NewCount:
    """How many rows of a source a load brought that nobody had delivered before."""

    load: int
    source: str
    rows: int


@dataclass(frozen=True)
class AddedRow:
    """A new row: its key and what may be shown of it, by column; `hidden` when there is more."""

    key: str | None
    customer_id: str | None
    values: dict[str, str]
    hidden: bool


@dataclass(frozen=True)
class AddedRows:
    """A page of the new rows of a load; none where `events` are only counted or the rows of `lost` are kept no more."""

    page: Slice
    events: bool = False
    lost: int | None = None


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


def new_counts(user: User, load: str = "", source: str = "") -> list[NewCount]:
    """Loads and sources with new rows, the newest load and the most rows first; AccessError without the capability."""
    require(user, Capability.REJECTED_ROWS)
    read = lake()
    if not read.has("load_history"):
        return []
    given: dict[str, object] = {name: value for name, value in (("load", load), ("source", source)) if value}
    where = " AND ".join(f"CAST({name} AS VARCHAR) = ${name}" for name in given) or "true"
    rows = read.query(_NEW_COUNTS.format(where=where), given).to_pylist()
    return [NewCount(row["load"], row["source"], row["rows_new"]) for row in rows]


def added_rows(user: User, load: int, source: str, customer: str = "", page: int = 1) -> AddedRows:
    """The new rows of a source in a load, told from the kept versions; AccessError without the capability.

    Telling them reads both versions, so those of many pages are told together and kept until the next publication.

    Raises UnknownNameError where that load brought nothing of that source.
    """
    require(user, Capability.REJECTED_ROWS)
    before, memory = PAGE_ROWS * (page - 1), settings.LAKE_MEMORY_MB
    offset = before - before % _TOLD_TOGETHER

    def tell() -> NewRows:
        limit = _TOLD_TOGETHER
        return new_rows(
            settings.HOME, source, load, limit=limit, offset=offset, customer=customer, memory_limit_mb=memory
        )

    found = cached(("new rows", load, source, customer, offset), tell)
    shown = changes_without_personal_data(settings.HOME).get(source)
    rows = [_added(row, shown) for row in found.rows[before - offset :][:PAGE_ROWS]]
    return AddedRows(page_slice(rows, found.total, page), found.events, found.lost)


def _added(row: NewRow, shown: ChangesShown | None) -> AddedRow:
    values = {name: text for name, text in row.values.items() if shown is not None and name in shown.columns}
    return AddedRow(
        key=row.key if shown is not None and shown.key else HIDDEN if row.key else None,
        customer_id=row.customer_id,
        values=values,
        hidden=len(values) < len(row.values),
    )


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
