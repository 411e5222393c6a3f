"""Companies of several records, and unmerging one."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from pydantic import Field

from b2shift.identify.contracts import LinkDecision
from b2shift.identify.resolution.company_review import CompanyRecord, same_company
from b2shift.identify.resolution.decisions import reject
from b2shift.kernel.contract import Contract
from b2shift.kernel.errors import UnknownNameError
from b2shift.lake.api import Lake


class MergedCompany(Contract):
    """One company and its records; each keeps its row and can be unmerged."""

    entity: str
    customer: CompanyRecord | None
    prospects: tuple[CompanyRecord, ...]


class MergedPage(Contract):
    """Some of the merged companies, and how many there are in all."""

    companies: tuple[MergedCompany, ...] = Field(description="most records first")
    total: int


_MERGED = """
    WITH sizes AS (
        SELECT entity_id, any_value(customer_id) AS customer_id, max(records) AS records,
               list({'kind': 'prospect', 'id': prospect_id, 'name': p.name, 'cnpj': p.cnpj, 'city': p.city,
                     'state': p.state, 'market_segment': p.market_segment, 'employees': p.employees,
                     'since': p.created_on} ORDER BY prospect_id) AS prospects
        FROM prospect_entities JOIN prospects AS p USING (prospect_id)
        WHERE $customer IS NULL OR customer_id = $customer
        GROUP BY entity_id HAVING max(records) > 1
    )
    SELECT entity_id AS entity, prospects, count(*) OVER () AS total,
           CASE WHEN c.customer_id IS NOT NULL THEN {'kind': 'customer', 'id': c.customer_id, 'name': c.name,
               'cnpj': c.cnpj, 'city': c.city, 'state': c.state, 'market_segment': c.market_segment,
               'employees': c.employees, 'since': c.customer_since} END AS customer
    FROM sizes LEFT JOIN customers AS c ON c.customer_id = sizes.customer_id
    ORDER BY records DESC, entity LIMIT $limit OFFSET $offset
"""


def merged(lake: Lake, *, limit: int, offset: int = 0, customer: str | None = None) -> MergedPage:
    """Companies of more than one record, the most records first; only that of `customer` if given."""
    if not lake.has("prospect_entities"):
        return MergedPage(companies=(), total=0)
    rows = lake.query(_MERGED, {"limit": limit, "offset": offset, "customer": customer}).to_pylist()
    total = rows[0]["total"] if rows else 0
    return MergedPage(companies=tuple(_company(row) for row in rows), total=total)


def unmerge(lake: Lake, home: Path, entity: str, prospect: str, by: str, at: datetime) -> Sequence[LinkDecision]:
    """Reject every match of a prospect within an entity; the next run separates it.

    Raises UnknownNameError when the prospect is not in the entity, StorageError when the home cannot be written.
    """
    pairs = [p for p in same_company(lake, home, entity) if prospect in (p.one.id, p.other.id)]
    if not pairs:
        raise UnknownNameError(f"prospect de {entity}", prospect, [])
    return reject(lake, home, [(pair.one.id, pair.other.id) for pair in pairs], by=by, at=at)


def _company(row: dict[str, object]) -> MergedCompany:
    return MergedCompany.model_validate({name: row[name] for name in ("entity", "customer", "prospects")})
