"""Clerical review of pairs of companies."""

from datetime import date
from pathlib import Path

from pydantic import Field

from b2shift.identify.resolution.clerical_review import (
    ANSWERED,
    PENDING,
    PairsPage,
    ReviewPair,
    ReviewQueue,
    review_page,
)
from b2shift.identify.resolution.decisions import company_decisions
from b2shift.identify.resolution.rivals import Rival, SharedPair, rivals_of
from b2shift.kernel.contract import Contract
from b2shift.lake.api import Lake


class CompanyRecord(Contract):
    """One record of a company as its table has it."""

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


class CompanyPair(ReviewPair):
    """Two records that may be one company, the first of them a prospect."""

    one: CompanyRecord
    other: CompanyRecord
    rivals: tuple[Rival, ...] = Field((), description="records that one of both may be instead, likeliest first")


# Older versions have prospects without domain and phone.
_ATTRIBUTES = "COLUMNS('^(name|cnpj|domain|phone|city|state|market_segment|employees)$')"
_RECORDS = f"""
    SELECT 'customer' AS kind, customer_id AS id, customer_since AS since, {_ATTRIBUTES} FROM customers
    UNION ALL BY NAME
    SELECT 'prospect' AS kind, prospect_id AS id, created_on AS since, {_ATTRIBUTES} FROM prospects
"""
_QUEUE = ReviewQueue(
    "prospect_links", "prospect_id", _RECORDS, ("'prospect'", "l.same_as_kind"), tuple(CompanyRecord.model_fields),
    company_decisions, CompanyPair,
)  # fmt: skip


def pending(lake: Lake, home: Path, *, limit: int, offset: int = 0) -> PairsPage[CompanyPair]:
    """Pairs in doubt without a decision, the likeliest first; none in a version older than resolution."""
    return _with_rivals(lake, review_page(lake, home, _QUEUE, PENDING, {"limit": limit, "offset": offset}))


def answered(lake: Lake, home: Path, *, limit: int, offset: int = 0) -> PairsPage[CompanyPair]:
    """Pairs with a decision that stands, the newest first; those the version no longer compares are left out."""
    return _with_rivals(lake, review_page(lake, home, _QUEUE, ANSWERED, {"limit": limit, "offset": offset}))


def same_company(lake: Lake, home: Path, entity: str) -> tuple[CompanyPair, ...]:
    """The matches within an entity, the likeliest first."""
    members = "(SELECT prospect_id FROM prospect_entities WHERE entity_id = $entity)"
    where = f"l.zone = 'same' AND l.prospect_id IN {members} AND (l.same_as = $entity OR l.same_as IN {members})"
    return _with_rivals(
        lake, review_page(lake, home, _QUEUE, where, {"entity": entity, "limit": 500, "offset": 0})
    ).pairs


def _with_rivals(lake: Lake, page: PairsPage[CompanyPair]) -> PairsPage[CompanyPair]:
    """The pairs with what else their records may be, where that lowers their chance."""
    found = rivals_of(lake, [_shared(pair) for pair in page.pairs if pair.shared])
    pairs = tuple(pair.model_copy(update={"rivals": found.get(_shared(pair), ())}) for pair in page.pairs)
    return PairsPage(pairs, page.total)


def _shared(pair: CompanyPair) -> SharedPair:
    return SharedPair(pair.one.id, pair.other.id)
