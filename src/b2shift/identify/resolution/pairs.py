"""Pairs of companies as a person judges them: both records side by side."""

from datetime import date
from pathlib import Path

from pydantic import Field

from b2shift.identify.resolution.decisions import decisions
from b2shift.identify.resolution.judged import ANSWERED, WAITING, JudgedPair, PairsPage, Question, page
from b2shift.kernel.contract import Contract
from b2shift.lake.api import Lake


class CompanyRecord(Contract):
    """One record of a company as its table tells it."""

    kind: str = Field(description="customer or prospect")
    id: str
    name: str | None
    cnpj: str | None = None
    domain: str | None = None
    phone: str | None = None
    city: str | None = None
    state: str | None = None
    market_segment: str | None = None
    employees: int | None = None
    since: date | None = Field(None, description="customer since, or prospect created on")


class CompanyPair(JudgedPair):
    """Two records that may be one company, the first of them a prospect."""

    one: CompanyRecord
    other: CompanyRecord


# Versions of before have prospects without domain and phone.
_SAID = "COLUMNS('^(name|cnpj|domain|phone|city|state|market_segment|employees)$')"
_RECORDS = f"""
    SELECT 'customer' AS kind, customer_id AS id, customer_since AS since, {_SAID} FROM customers
    UNION ALL BY NAME
    SELECT 'prospect' AS kind, prospect_id AS id, created_on AS since, {_SAID} FROM prospects
"""
_ASKED = Question(
    "prospect_links", "prospect_id", _RECORDS, ("'prospect'", "l.same_as_kind"), tuple(CompanyRecord.model_fields),
    decisions, CompanyPair,
)  # fmt: skip


def waiting(lake: Lake, home: Path, *, limit: int, offset: int = 0) -> PairsPage[CompanyPair]:
    """Pairs in doubt that nobody answered, the likeliest first; none in a version older than resolution."""
    return page(lake, home, _ASKED, WAITING, {"limit": limit, "offset": offset})


def answered(lake: Lake, home: Path, *, limit: int, offset: int = 0) -> PairsPage[CompanyPair]:
    """Pairs with an answer that holds, the newest first; those that the version no longer compares are left out."""
    return page(lake, home, _ASKED, ANSWERED, {"limit": limit, "offset": offset})


def same_company(lake: Lake, home: Path, entity: str) -> tuple[CompanyPair, ...]:
    """The pairs that make one company of the records of an entity, the likeliest first."""
    inside = "(SELECT prospect_id FROM prospect_entities WHERE entity_id = $entity)"
    where = f"l.zone = 'same' AND l.prospect_id IN {inside} AND (l.same_as = $entity OR l.same_as IN {inside})"
    return page(lake, home, _ASKED, where, {"entity": entity, "limit": 500, "offset": 0}).pairs
