"""Prospecting list: companies behind prospects that are no customers, filtered and sorted."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any

from pydantic import Field

from b2shift.identify.resolution.records import PROSPECTS
from b2shift.kernel.contract import Contract
from b2shift.kernel.text import fold
from b2shift.lake.api import Lake


class ProspectingCompany(Contract):
    """A company that is no customer: the attributes of its first record, and its number of records."""

    entity: str
    name: str | None
    city: str | None
    state: str | None
    market_segment: str | None
    employees: int | None
    owner_id: str | None = Field(description="seller of the first record that has one")
    since: date | None = Field(description="first day a prospect of it was created")
    records: int
    open_deals: int = Field(description="deals with it that are neither won nor lost")
    open_value: Decimal | None = Field(description="what these deals are worth together")


class ProspectingPage(Contract):
    """A page of the prospecting list, and totals of all of it."""

    companies: tuple[ProspectingCompany, ...] = Field(description="in the order asked for")
    total: int
    in_talks: int = Field(description="of all, those with an open deal")
    open_value: Decimal = Field(description="what the open deals of all are worth together")


class Order(StrEnum):
    """Sort order of the prospecting list."""

    NEWEST = "-since"
    OLDEST = "since"
    NAME = "name"
    NAME_BACK = "-name"
    LARGEST = "-employees"
    SMALLEST = "employees"
    MOST_VALUE = "-open_value"
    LEAST_VALUE = "open_value"


class ProspectingFilter(Contract):
    """Filters and sort order of the prospecting list; empty fields filter nothing."""

    owners: tuple[str, ...] | None = Field(default=None, description="sellers of a record or a deal; none: all")
    words: str = Field(default="", description="each is in the name, code, CNPJ or city of one of its records")
    market_segment: str = ""
    state: str = ""
    in_talks: bool | None = Field(default=None, description="with an open deal, or without; none: both")
    order: Order = Order.NEWEST


_COMPANIES = """
    deals AS ({deals}),
    companies AS (
        SELECT entity_id AS entity,
               coalesce(first(p.name ORDER BY prospect_id) FILTER (p.name IS NOT NULL), any_value(p.domain)) AS name,
               first(p.city ORDER BY prospect_id) AS city, first(p.state ORDER BY prospect_id) AS state,
               count(*)::INTEGER AS records, min(p.created_on) AS since,
               first(p.market_segment ORDER BY prospect_id) AS market_segment, max(p.employees) AS employees,
               first(p.owner_id ORDER BY prospect_id) FILTER (p.owner_id IS NOT NULL) AS owner_id,
               coalesce(sum(d.deals), 0)::INTEGER AS open_deals, sum(d.value) AS open_value,
               bool_or(list_contains($owners, p.owner_id) OR list_has_any($owners, d.owners)) AS followed,
               string_agg(concat_ws(' ', p.name, p.domain, prospect_id, p.cnpj, p.city,
                                    regexp_replace(p.cnpj, '[^0-9A-Za-z]', '', 'g')), ' ') AS text
        FROM prospect_entities JOIN {prospects} AS p USING (prospect_id) LEFT JOIN deals AS d USING (prospect_id)
        WHERE customer_id IS NULL
        GROUP BY entity_id HAVING $owners IS NULL OR followed
    )
"""
_NO_DEALS = """
    SELECT NULL::VARCHAR AS prospect_id, 0 AS deals, NULL::DECIMAL(18, 2) AS value, NULL::VARCHAR[] AS owners
"""
_DEALS = """
    SELECT prospect_id, count(*) FILTER (result = 'aberto') AS deals,
           sum(value) FILTER (result = 'aberto') AS value, list(owner_id) FILTER (owner_id IS NOT NULL) AS owners
    FROM opportunities WHERE customer_id IS NULL GROUP BY prospect_id
"""
_PAGE = """
    WITH {companies}
    SELECT * EXCLUDE (text, followed), count(*) OVER () AS total,
           count(*) FILTER (open_deals > 0) OVER () AS in_talks_total,
           coalesce(sum(open_value) OVER (), 0)::DECIMAL(18, 2) AS value_total
    FROM companies
    WHERE len(list_filter($words, word -> NOT contains(lower(strip_accents(text)), word))) = 0
      AND $market_segment IN ('', market_segment) AND $state IN ('', state)
      AND ($in_talks IS NULL OR $in_talks = (open_deals > 0))
    ORDER BY {order} NULLS LAST, entity LIMIT $limit OFFSET $offset
"""
_CHOICES = """
    WITH {companies}
    SELECT list(DISTINCT market_segment) AS market_segment, list(DISTINCT state) AS state FROM companies
"""


def companies_to_prospect(
    lake: Lake, filters: ProspectingFilter | None = None, *, limit: int, offset: int = 0
) -> ProspectingPage:
    """A page of the prospecting list, one row per company however often it was registered."""
    if not lake.has("prospect_entities"):
        return ProspectingPage(companies=(), total=0, in_talks=0, open_value=Decimal(0))
    filters = filters or ProspectingFilter()
    order = f"{filters.order.lstrip('-')} {'DESC' if filters.order.startswith('-') else 'ASC'}"
    parameters = {
        **filters.model_dump(include={"market_segment", "state", "in_talks"}),
        "owners": _owners(filters.owners),
        "words": fold(filters.words).split(),
        "limit": limit,
        "offset": offset,
    }
    rows = lake.query(_PAGE.format(companies=_companies(lake), order=order), parameters).to_pylist()
    return ProspectingPage(
        companies=tuple(
            ProspectingCompany.model_validate({n: row[n] for n in ProspectingCompany.model_fields}) for row in rows
        ),
        total=rows[0]["total"] if rows else 0,
        in_talks=rows[0]["in_talks_total"] if rows else 0,
        open_value=rows[0]["value_total"] if rows else Decimal(0),
    )


def prospecting_choices(lake: Lake, owners: Sequence[str] | None = None) -> dict[str, tuple[str, ...]]:
    """The market segments and states on the prospecting list of these sellers, sorted."""
    if not lake.has("prospect_entities"):
        return {"market_segment": (), "state": ()}
    [row] = lake.query(_CHOICES.format(companies=_companies(lake)), {"owners": _owners(owners)}).to_pylist()
    return {name: tuple(sorted(filter(None, values or ()))) for name, values in row.items()}


def _companies(lake: Lake) -> str:
    return _COMPANIES.format(prospects=PROSPECTS, deals=_DEALS if lake.has("opportunities") else _NO_DEALS)


def _owners(owners: Sequence[str] | None) -> Any:
    return None if owners is None else list(owners)
