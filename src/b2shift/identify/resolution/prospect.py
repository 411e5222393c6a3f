"""The company behind prospects: its records, deals and contacts in one version."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from pydantic import Field

from b2shift.identify.contracts import Contact
from b2shift.identify.resolution.company_review import CompanyRecord
from b2shift.identify.resolution.records import PROSPECTS
from b2shift.kernel.contract import Contract
from b2shift.lake.api import Lake

MOST_DEALS = 200


class ProspectDeal(Contract):
    """A deal with a prospect."""

    opportunity_id: str
    stage: str | None
    result: str | None
    value: Decimal | None
    created_on: date | None
    closed_on: date | None
    owner_id: str | None


class ProspectCompany(Contract):
    """One company behind prospects; `customer_id` when it is a customer."""

    entity: str
    customer_id: str | None
    records: tuple[CompanyRecord, ...] = Field(description="by code")
    owners: tuple[str, ...] = Field(description="sellers of its records and of its deals")
    deals: tuple[ProspectDeal, ...] = Field(description="newest first, 200 at most")
    contacts: int

    @property
    def name(self) -> str:
        """The name of its first record that has one, else its code."""
        return next((one.name for one in self.records if one.name), self.entity)


_RECORDS = f"""
    SELECT e.entity_id, e.customer_id, p.owner_id,
           {{'kind': 'prospect', 'id': prospect_id, 'name': coalesce(p.name, p.domain), 'cnpj': p.cnpj,
            'city': p.city, 'state': p.state, 'market_segment': p.market_segment, 'employees': p.employees,
            'since': p.created_on}} AS record
    FROM prospect_entities AS e JOIN {PROSPECTS} AS p USING (prospect_id)
    WHERE e.entity_id = (SELECT entity_id FROM prospect_entities WHERE prospect_id = $code
                         UNION ALL SELECT $code LIMIT 1)
    ORDER BY prospect_id
"""
_DEALS = """
    SELECT opportunity_id, stage, result, value, created_on, closed_on, owner_id FROM opportunities
    WHERE customer_id IS NULL AND list_contains($codes, prospect_id)
    ORDER BY created_on DESC NULLS LAST, opportunity_id
"""
_FROM_CONTACTS = "FROM contacts WHERE customer_id IS NULL AND list_contains($codes, prospect_id)"
_CONTACT_COUNT = f"SELECT count(*) AS n {_FROM_CONTACTS}"


def company_of(lake: Lake, code: str) -> ProspectCompany | None:
    """The company of a prospect code or an entity code; None when there is none."""
    if not lake.has("prospect_entities"):
        return None
    rows = lake.query(_RECORDS, {"code": code}).to_pylist()
    if not rows:
        return None
    codes = [row["record"]["id"] for row in rows]
    deals = lake.query(_DEALS, {"codes": codes}).to_pylist() if lake.has("opportunities") else []
    owners = {row["owner_id"] for row in (*rows, *deals)} - {None}
    return ProspectCompany(
        entity=rows[0]["entity_id"],
        customer_id=rows[0]["customer_id"],
        records=tuple(row["record"] for row in rows),
        owners=tuple(sorted(owners)),
        deals=tuple(ProspectDeal.model_validate(row) for row in deals[:MOST_DEALS]),
        contacts=lake.query(_CONTACT_COUNT, {"codes": codes}).to_pylist()[0]["n"]
        if _has_prospect_contacts(lake)
        else 0,
    )


def people_of(lake: Lake, prospects: Sequence[str]) -> tuple[Contact, ...]:
    """The contacts of some prospects, by code; the caller checks who may see them and for what purpose."""
    if not _has_prospect_contacts(lake):
        return ()
    select = f"SELECT {', '.join(Contact.model_fields)} {_FROM_CONTACTS} ORDER BY contact_id"
    rows = lake.query(select, {"codes": list(prospects)}).to_pylist()
    return tuple(Contact.model_validate(row) for row in rows)


def prospect_of_person(lake: Lake, contact: str) -> str | None:
    """The prospect of a contact; None for a contact of a customer or an unknown one."""
    if not _has_prospect_contacts(lake):
        return None
    select = "SELECT prospect_id FROM contacts WHERE customer_id IS NULL AND contact_id = ?"
    return next((row["prospect_id"] for row in lake.query(select, [contact]).to_pylist()), None)


def _has_prospect_contacts(lake: Lake) -> bool:
    """Older versions have no contacts of prospects."""
    return lake.has("contacts") and "prospect_id" in {column.name for column in lake.info("contacts").spec.columns}
