"""What else the records of a pair may be: the pairs whose odds lower its chance, read back from the links."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from pydantic import Field

from b2shift.identify.resolution.companies import CUSTOMER
from b2shift.identify.resolution.scoring import COMPETES_FROM
from b2shift.kernel.contract import Contract
from b2shift.lake.api import Lake

MOST = 3
_LINKS = """
    SELECT l.prospect_id AS one, l.same_as_kind AS kind, l.same_as AS other, l.probability, l.points,
           list_contains(list_transform(l.evidence, e -> [e.evidence, e.level]), ['name', 'letter_moved']) AS ambiguous
    FROM prospect_links AS l
    WHERE l.decided_by IS NULL AND (l.prospect_id IN (SELECT unnest($ids::VARCHAR[]))
        OR l.same_as_kind <> 'customer' AND l.same_as IN (SELECT unnest($ids::VARCHAR[])))
"""
_NAMES = """
    SELECT * FROM (
        SELECT 'customer' AS kind, customer_id AS id, name FROM customers
        UNION ALL BY NAME
        SELECT 'prospect' AS kind, prospect_id AS id, name FROM prospects
    ) WHERE id IN (SELECT unnest($ids::VARCHAR[]))
"""


class Rival(Contract):
    """Another record that one of a pair may be instead."""

    of: str = Field(description="the record of the pair that may be it")
    kind: str = Field(description="customer or prospect")
    id: str
    name: str | None = None
    probability: float = Field(ge=0, le=1)


class SharedPair(NamedTuple):
    """A pair of records that may share its chance with others: a prospect, and what it may be."""

    one: str
    kind: str
    other: str


class _Link(NamedTuple):
    kind: str
    points: float
    probability: float
    ambiguous: bool


def rivals_of(lake: Lake, pairs: Iterable[SharedPair]) -> dict[SharedPair, tuple[Rival, ...]]:
    """Of each pair the likeliest records that compete with it; those where there are none are left out."""
    asked = list(pairs)
    if not asked:
        return {}
    ids = sorted({code for pair in asked for code in (pair.one, pair.other)})
    links = _links(lake.query(_LINKS, {"ids": ids}).to_pylist())
    found = {pair: _strongest(_competing(pair, links)) for pair in asked}
    named = _named(lake, found)
    return {pair: tuple(named[one] for one in rivals) for pair, rivals in found.items() if rivals}


_Links = Mapping[str, Mapping[str, _Link]]
_Competing = tuple[str, str, _Link]


def _links(rows: Sequence[Mapping[str, Any]]) -> _Links:
    """Record → the records it is linked with, from either side where both are prospects."""
    found: dict[str, dict[str, _Link]] = {}
    for row in rows:
        link = _Link(row["kind"], row["points"], row["probability"], bool(row["ambiguous"]))
        found.setdefault(row["one"], {})[row["other"]] = link
        if row["kind"] != CUSTOMER:
            found.setdefault(row["other"], {})[row["one"]] = link
    return found


def _competing(pair: SharedPair, links: _Links) -> Iterator[_Competing]:
    """The record of the pair, what it may be instead and their link, as `CompetingMatches` counts them."""
    sides = [(pair.one, pair.other)]
    if pair.kind != CUSTOMER:
        if not links.get(pair.one, {}).get(pair.other, _Link("", 0, 0, False)).ambiguous:
            return
        sides.append((pair.other, pair.one))
    for one, other in sides:
        for rival, link in links.get(one, {}).items():
            match_too = links.get(rival, {}).get(other)
            if (
                rival != other
                and link.kind == pair.kind
                and link.points >= COMPETES_FROM
                and (link.kind == CUSTOMER or link.ambiguous)
                and (match_too is None or match_too.points < 0)
            ):
                yield one, rival, link


def _strongest(found: Iterable[_Competing]) -> list[_Competing]:
    return sorted(found, key=lambda one: (-one[2].points, one[1]))[:MOST]


def _named(lake: Lake, found: Mapping[SharedPair, Sequence[_Competing]]) -> dict[_Competing, Rival]:
    competing = {one for rivals in found.values() for one in rivals}
    rows = lake.query(_NAMES, {"ids": sorted({rival for _one, rival, _link in competing})}).to_pylist()
    names = {(row["kind"], row["id"]): row["name"] for row in rows}
    return {
        (one, rival, link): Rival(
            of=one, kind=link.kind, id=rival, name=names.get((link.kind, rival)), probability=link.probability
        )
        for one, rival, link in competing
    }
