"""Clerical review of pairs of contacts; persons of several contacts, and unmerging one."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from pydantic import Field

from b2shift.identify.contracts import LinkDecision
from b2shift.identify.resolution.clerical_review import (
    ANSWERED,
    PENDING,
    PairsPage,
    ReviewPair,
    ReviewQueue,
    review_page,
)
from b2shift.identify.resolution.decisions import contact_journal, reject, standing_decisions
from b2shift.kernel.contract import Contract
from b2shift.kernel.errors import UnknownNameError
from b2shift.lake.api import Lake


class ContactRecord(Contract):
    """One contact; the caller checks who may see its personal data."""

    id: str
    customer_id: str | None
    customer_name: str | None
    prospect_id: str | None = None
    prospect_name: str | None = None
    name: str | None
    job_title: str | None
    email: str | None
    phone: str | None


class ContactPair(ReviewPair):
    """Two contacts that may be one person."""

    one: ContactRecord
    other: ContactRecord

    @property
    def both(self) -> tuple[ContactRecord, ContactRecord]:
        """Side by side."""
        return self.one, self.other


class RepeatedPerson(Contract):
    """One person and their contacts; each keeps its row and can be unmerged."""

    entity: str
    contacts: tuple[ContactRecord, ...]


class PersonsPage(Contract):
    """Some of the persons of several contacts, and how many there are in all."""

    persons: tuple[RepeatedPerson, ...] = Field(description="most contacts first")
    total: int


# Older versions have no contacts of prospects.
_RECORDS = """
    SELECT 'contact' AS kind, k.contact_id AS id, k.customer_id, c.name AS customer_name, k.prospect_id,
           p.name AS prospect_name, k.name, k.job_title, k.email, k.phone
    FROM (SELECT NULL::VARCHAR AS prospect_id WHERE FALSE UNION ALL BY NAME FROM contacts) AS k
    LEFT JOIN customers AS c USING (customer_id)
    LEFT JOIN (SELECT prospect_id, any_value(name) AS name FROM prospects GROUP BY ALL) AS p USING (prospect_id)
"""
_FIELDS = tuple(ContactRecord.model_fields)
_QUEUE = ReviewQueue(
    "contact_links", "contact_id", _RECORDS, ("'contact'", "'contact'"), _FIELDS,
    lambda home: standing_decisions(contact_journal(home)), ContactPair,
)  # fmt: skip
_WITHIN = "($within IS NULL OR list_contains($within, {}.customer_id))"
_BOTH_WITHIN = f"{_WITHIN.format('one')} AND {_WITHIN.format('other')}"
_PERSONS = f"""
    WITH records AS ({_RECORDS})
    SELECT entity_id AS entity, count(*) OVER () AS total,
           list({{{", ".join(f"'{name}': r.{name}" for name in _FIELDS)}}} ORDER BY r.id) AS contacts
    FROM contact_entities AS e JOIN records AS r ON r.id = e.contact_id
    WHERE e.records > 1
    GROUP BY entity_id HAVING bool_and({_WITHIN.format("r")})
    ORDER BY count(*) DESC, entity LIMIT $limit OFFSET $offset
"""
Within = Sequence[str] | None
"""customers whose contacts may be shown; null: all"""


def pending(lake: Lake, home: Path, *, within: Within, limit: int, offset: int = 0) -> PairsPage[ContactPair]:
    """Pairs in doubt without a decision, the likeliest first; none without contacts."""
    parameters = {"within": _as_list(within), "limit": limit, "offset": offset}
    return review_page(lake, home, _QUEUE, f"{PENDING} AND {_BOTH_WITHIN}", parameters)


def answered(lake: Lake, home: Path, *, within: Within, limit: int, offset: int = 0) -> PairsPage[ContactPair]:
    """Pairs with a decision that stands, the newest first."""
    parameters = {"within": _as_list(within), "limit": limit, "offset": offset}
    return review_page(lake, home, _QUEUE, f"{ANSWERED} AND {_BOTH_WITHIN}", parameters)


def pair_of(lake: Lake, home: Path, one: str, other: str, *, within: Within) -> ContactPair:
    """One linked pair; UnknownNameError when there is none, or one side may not be shown."""
    where = f"l.contact_id = $one AND l.same_as = $other AND {_BOTH_WITHIN}"
    parameters = {"one": one, "other": other, "within": _as_list(within), "limit": 1, "offset": 0}
    found = review_page(lake, home, _QUEUE, where, parameters).pairs
    if not found:
        raise UnknownNameError(f"par de {one}", other, [])
    return found[0]


def persons(lake: Lake, *, within: Within, limit: int, offset: int = 0) -> PersonsPage:
    """Persons of more than one contact, the most contacts first."""
    if not lake.has("contact_entities"):
        return PersonsPage(persons=(), total=0)
    rows = lake.query(_PERSONS, {"within": _as_list(within), "limit": limit, "offset": offset}).to_pylist()
    found = tuple(RepeatedPerson(entity=row["entity"], contacts=row["contacts"]) for row in rows)
    return PersonsPage(persons=found, total=rows[0]["total"] if rows else 0)


def unmerge(
    lake: Lake, home: Path, entity: str, contact: str, *, within: Within, by: str, at: datetime
) -> Sequence[LinkDecision]:
    """Reject every match of a contact within a person; the next run separates it.

    Raises UnknownNameError when it is not of that person, or may not be shown.
    """
    members = "(SELECT contact_id FROM contact_entities WHERE entity_id = $entity)"
    where = f"l.zone = 'same' AND l.contact_id IN {members} AND l.same_as IN {members}"
    parameters = {"entity": entity, "contact": contact, "within": _as_list(within), "limit": 500, "offset": 0}
    pairs = review_page(
        lake, home, _QUEUE, f"{where} AND $contact IN (one.id, other.id) AND {_BOTH_WITHIN}", parameters
    ).pairs
    if not pairs:
        raise UnknownNameError(f"contato de {entity}", contact, [])
    return reject(lake, home, [(pair.one.id, pair.other.id) for pair in pairs], by=by, at=at)


def _as_list(within: Within) -> list[str] | None:
    return None if within is None else list(within)
