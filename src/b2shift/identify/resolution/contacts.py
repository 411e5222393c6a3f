"""Contacts that may be one person as a person judges them, persons of several contacts, and taking one out again."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from pydantic import Field

from b2shift.identify.contracts import Answer, LinkDecision
from b2shift.identify.resolution.decisions import contacts_journal, decide, decided_pairs
from b2shift.identify.resolution.judged import ANSWERED, WAITING, JudgedPair, PairsPage, Question, page
from b2shift.kernel.contract import Contract
from b2shift.kernel.errors import UnknownNameError
from b2shift.lake.api import Lake


class ContactRecord(Contract):
    """One contact; who may see its personal values is the caller's to ask."""

    id: str
    customer_id: str | None
    customer_name: str | None
    prospect_id: str | None = None
    prospect_name: str | None = None
    name: str | None
    job_title: str | None
    email: str | None
    phone: str | None


class ContactPair(JudgedPair):
    """Two contacts that may be one person."""

    one: ContactRecord
    other: ContactRecord

    @property
    def both(self) -> tuple[ContactRecord, ContactRecord]:
        """Side by side."""
        return self.one, self.other


class RepeatedPerson(Contract):
    """One person and the contacts that are it; no row is gone, each can be taken out."""

    entity: str
    contacts: tuple[ContactRecord, ...]


class PersonsPage(Contract):
    """Some of the persons of several contacts, and how many there are in all."""

    persons: tuple[RepeatedPerson, ...] = Field(description="most contacts first")
    total: int


# Versions of before kept no contacts of prospects.
_RECORDS = """
    SELECT 'contact' AS kind, k.contact_id AS id, k.customer_id, c.name AS customer_name, k.prospect_id,
           p.name AS prospect_name, k.name, k.job_title, k.email, k.phone
    FROM (SELECT NULL::VARCHAR AS prospect_id WHERE FALSE UNION ALL BY NAME FROM contacts) AS k
    LEFT JOIN customers AS c USING (customer_id)
    LEFT JOIN (SELECT prospect_id, any_value(name) AS name FROM prospects GROUP BY ALL) AS p USING (prospect_id)
"""
_FIELDS = tuple(ContactRecord.model_fields)
_ASKED = Question(
    "contact_links", "contact_id", _RECORDS, ("'contact'", "'contact'"), _FIELDS,
    lambda home: decided_pairs(contacts_journal(home)), ContactPair,
)  # fmt: skip
_WITHIN = "($within IS NULL OR list_contains($within, {}.customer_id))"
_BOTH = f"{_WITHIN.format('one')} AND {_WITHIN.format('other')}"
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
"""Customers whose contacts may be told; null: all."""


def waiting(lake: Lake, home: Path, *, within: Within, limit: int, offset: int = 0) -> PairsPage[ContactPair]:
    """Pairs in doubt that nobody answered, the likeliest first; none without contacts."""
    told = {"within": _list(within), "limit": limit, "offset": offset}
    return page(lake, home, _ASKED, f"{WAITING} AND {_BOTH}", told)


def answered(lake: Lake, home: Path, *, within: Within, limit: int, offset: int = 0) -> PairsPage[ContactPair]:
    """Pairs with an answer that holds, the newest first."""
    told = {"within": _list(within), "limit": limit, "offset": offset}
    return page(lake, home, _ASKED, f"{ANSWERED} AND {_BOTH}", told)


def pair_of(lake: Lake, home: Path, one: str, other: str, *, within: Within) -> ContactPair:
    """One compared pair; UnknownNameError when there is none, or it is of a customer that may not be told."""
    where = f"l.contact_id = $one AND l.same_as = $other AND {_BOTH}"
    told = {"one": one, "other": other, "within": _list(within), "limit": 1, "offset": 0}
    found = page(lake, home, _ASKED, where, told).pairs
    if not found:
        raise UnknownNameError(f"par de {one}", other, [])
    return found[0]


def persons(lake: Lake, *, within: Within, limit: int, offset: int = 0) -> PersonsPage:
    """Persons of more than one contact, the most contacts first."""
    if not lake.has("contact_entities"):
        return PersonsPage(persons=(), total=0)
    rows = lake.query(_PERSONS, {"within": _list(within), "limit": limit, "offset": offset}).to_pylist()
    found = tuple(RepeatedPerson(entity=row["entity"], contacts=row["contacts"]) for row in rows)
    return PersonsPage(persons=found, total=rows[0]["total"] if rows else 0)


def take_out(
    lake: Lake, home: Path, entity: str, contact: str, *, within: Within, by: str, at: datetime
) -> Sequence[LinkDecision]:
    """Answer that a contact is none of the others of a person; the next run parts them.

    Raises UnknownNameError when it is not of that person, or of a customer that may not be told.
    """
    inside = "(SELECT contact_id FROM contact_entities WHERE entity_id = $entity)"
    where = f"l.zone = 'same' AND l.contact_id IN {inside} AND l.same_as IN {inside}"
    told = {"entity": entity, "contact": contact, "within": _list(within), "limit": 500, "offset": 0}
    pairs = page(lake, home, _ASKED, f"{where} AND $contact IN (one.id, other.id) AND {_BOTH}", told).pairs
    if not pairs:
        raise UnknownNameError(f"contato de {entity}", contact, [])
    said = [LinkDecision(prospect_id=p.one.id, same_as=p.other.id, answer=Answer.REJECTED, by=by, at=at) for p in pairs]
    for decision in said:
        decide(lake, home, decision)
    return said


def _list(within: Within) -> list[str] | None:
    return None if within is None else list(within)
