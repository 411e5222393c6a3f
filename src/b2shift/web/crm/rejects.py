"""Rejected rows and repaired values, read from the lake without personal data.

`delivered` (the row as it came) is never read here: any column of it may hold a person. A value is shown only when its
source is declared and its column is not personal; what nobody declared counts as personal.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings

from b2shift.identify import api as identify
from b2shift.web.accounts.models import User
from b2shift.web.accounts.permissions import Capability, require
from b2shift.web.crm.lake import lake

PAGE_ROWS = 50
MOST_PAGES = 200
EXAMPLES = 3
FILTERS: Mapping[str, str] = {"source": "source", "kind": "kind", "column": "column", "customer": "customer_id"}
"""Filter → the column of `rejects` and `repairs` it compares."""
HIDDEN = "•••"


@dataclass(frozen=True)
class RejectedRow:
    """A rejected row or line.

    `value` is `HIDDEN` when it may be personal, None when there is none or it is not of one column.
    """

    source: str
    file: str
    row: int | None
    line: int | None
    kind: str
    column: str
    value: str | None
    reason: str
    customer_id: str | None

    @property
    def hidden(self) -> bool:
        """Whether there is a value that may be personal."""
        return self.value == HIDDEN


@dataclass(frozen=True)
class RepairedValue:
    """A repair of a value and how often it was made; `after` is None when the value became unknown."""

    source: str
    file: str
    kind: str
    column: str
    before: str | None
    after: str | None
    rule: str
    confidence: float | None
    count: int


@dataclass(frozen=True)
class Slice:
    """One page of rows, and the numbers of the pages beside it."""

    rows: list[Any]
    total: int
    next: str | None
    previous: str | None


_REJECTS = """
SELECT source, file, "row", line, kind, "column", value, reason, customer_id, count(*) OVER () AS total
FROM rejects WHERE {where}
ORDER BY source, file, "row" NULLS LAST, line NULLS LAST, kind, "column" LIMIT $limit OFFSET $offset
"""
_REPAIRS = """
SELECT *, count(*) OVER () AS total FROM (
    SELECT source, min(file) AS file, kind, "column", before, after, rule, min(confidence) AS confidence,
           count(*) AS changes
    FROM repairs WHERE {where} AND (source || chr(0) || "column") IN (SELECT unnest($shown::VARCHAR[]))
    GROUP BY source, kind, "column", before, after, rule
    QUALIFY row_number() OVER (PARTITION BY source, kind, "column" ORDER BY count(*) DESC, before, after) <= $examples
)
ORDER BY changes DESC, source, "column", before, after, rule LIMIT $limit OFFSET $offset
"""


def rejected_rows(user: User, filters: Mapping[str, str], page: int = 1) -> Slice:
    """Rows set aside that agree with the filters; raises AccessError without the capability."""
    require(user, Capability.REJECTED_ROWS)
    shown = _shown_columns()
    rows, total = read_page("rejects", _REJECTS, filters, page, {})
    return page_slice([_rejected(row, shown) for row in rows], total, page)


def repaired_values(user: User, filters: Mapping[str, str], page: int = 1) -> Slice:
    """Changes of values of columns that are not personal, most frequent first; AccessError without the capability.

    Of each defect of each column the most frequent few, or all of them when one column or customer is asked for.
    """
    require(user, Capability.REJECTED_ROWS)
    shown = [f"{source}\x00{column}" for source, columns in _shown_columns().items() for column in columns]
    examples = MOST_PAGES * PAGE_ROWS if filters.get("column") or filters.get("customer") else EXAMPLES
    rows, total = read_page("repairs", _REPAIRS, filters, page, {"shown": sorted(shown), "examples": examples})
    found = [RepairedValue(**{key: row[key] for key in _REPAIR_KEYS}, count=row["changes"]) for row in rows]
    return page_slice(found, total, page)


_REPAIR_KEYS = ("source", "file", "kind", "column", "before", "after", "rule", "confidence")


def _shown_columns() -> Mapping[str, frozenset[str]]:
    return identify.columns_without_personal_data(settings.HOME)


def read_page(
    table: str,
    sql: str,
    filters: Mapping[str, str],
    page: int,
    further: Mapping[str, object],
    columns: Mapping[str, str] = FILTERS,
) -> tuple[list[dict[str, Any]], int]:
    """The rows of one page of a statement (`where`, `$limit`, `$offset`; `total` in each row), and how many in all.

    `columns`: filter → the column it compares; `further`: other parameters of the statement.
    """
    read = lake()
    if not read.has(table):
        return [], 0
    given = {name: filters[name] for name in columns if filters.get(name)}
    where = " AND ".join(f'CAST("{columns[name]}" AS VARCHAR) = ${name}' for name in given) or "true"
    bounds = {"limit": PAGE_ROWS, "offset": PAGE_ROWS * (page - 1)}
    rows = read.query(sql.format(where=where), {**given, **bounds, **further}).to_pylist()
    return rows, rows[0]["total"] if rows else 0


def page_slice(rows: list[Any], total: int, page: int) -> Slice:
    """The rows of one page among so many in all."""
    more = total > PAGE_ROWS * page and page < MOST_PAGES
    return Slice(rows, total, str(page + 1) if more else None, str(page - 1) if page > 1 else None)


def _rejected(row: dict[str, Any], shown: Mapping[str, frozenset[str]]) -> RejectedRow:
    value, reason = row["value"], row["reason"] or ""
    if value and row["column"] not in shown.get(row["source"], frozenset()):
        reason = reason.replace(value, HIDDEN)
        value = HIDDEN if row["column"] else None
    return RejectedRow(
        source=row["source"],
        file=row["file"],
        row=row["row"],
        line=row["line"],
        kind=row["kind"],
        column=row["column"] or "",
        value=value,
        reason=reason,
        customer_id=row["customer_id"],
    )
