"""What else the records of a pair may be: the pairs whose odds lower its chance, read back from the links."""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from pydantic import Field

from b2shift.identify.resolution.companies import PROSPECT
from b2shift.identify.resolution.scoring import CompetingMatches
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
    other: str


class _Link(NamedTuple):
    points: float
    probability: float
    ambiguous: bool


def rivals_of(lake: Lake, pairs: Iterable[SharedPair]) -> dict[SharedPair, tuple[Rival, ...]]:
    """Of each pair the likeliest records that compete with it; those where there are none are left out."""
    asked = list(pairs)
    if not asked:
        return {}
    ids = sorted({code for pair in asked for code in (pair.one, pair.other)})
    rows = lake.query(_LINKS, {"ids": ids}).to_pylist()
    links = {
        (row["one"], row["other"]): _Link(row["points"], row["probability"], bool(row["ambiguous"])) for row in rows
    }
    kinds = {row["one"]: PROSPECT for row in rows} | {row["other"]: row["kind"] for row in rows}
    matches = CompetingMatches(kinds, links)
    found = {
        pair: _strongest(
            _Competing(one, rival, kinds[rival], links.get((one, rival)) or links[rival, one])
            for one, rival in matches.rivals(pair.one, pair.other)
        )
        for pair in asked if (pair.one, pair.other) in links
    }  # fmt: skip
    named = _named(lake, found)
    return {pair: tuple(named[one] for one in rivals) for pair, rivals in found.items() if rivals}


class _Competing(NamedTuple):
    of: str
    id: str
    kind: str
    link: _Link


def _strongest(found: Iterable[_Competing]) -> list[_Competing]:
    return sorted(found, key=lambda one: (-one.link.points, one.id))[:MOST]


def _named(lake: Lake, found: Mapping[SharedPair, Sequence[_Competing]]) -> dict[_Competing, Rival]:
    competing = {one for rivals in found.values() for one in rivals}
    rows = lake.query(_NAMES, {"ids": sorted({one.id for one in competing})}).to_pylist()
    names = {(row["kind"], row["id"]): row["name"] for row in rows}
    return {
        one: Rival(
            of=one.of, kind=one.kind, id=one.id, name=names.get((one.kind, one.id)), probability=one.link.probability
        )
        for one in competing
    }
