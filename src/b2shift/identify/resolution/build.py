"""Write `prospect_links`, `prospect_entities` and what the duplicate warning reads."""

from collections.abc import Mapping, Sequence
from datetime import UTC

import numpy as np
import pyarrow as pa

from b2shift.identify.contracts import Answer, LinkDecision
from b2shift.identify.resolution.candidates import candidates, keys_sql, named
from b2shift.identify.resolution.companies import CUSTOMER, PROSPECT, Population, read_companies
from b2shift.identify.resolution.decisions import decisions
from b2shift.identify.resolution.entities import Claim, Entities
from b2shift.identify.resolution.evidence import CITY, EVIDENCE, compare
from b2shift.identify.resolution.records import every_record
from b2shift.identify.resolution.scoring import Rivals, Scored, city_rarity, pair_points
from b2shift.identify.resolution.weights import Weights, learn
from b2shift.identify.sources.declarations import tables
from b2shift.lake.api import Session

CODE_VERSION = 1
SAME, DOUBT = 0.95, 0.10
"""At or above SAME a pair is one company; below DOUBT it is not; between them a person looks."""
_SIZES = [len(kind.levels) for kind in EVIDENCE]


def build(session: Session) -> None:
    """Resolve every prospect against customers and other prospects, from `customers`, `prospects` and decisions."""
    decided = decisions(session.store.root.parent)
    inputs = [name for name in ("customers", "prospects") if session.has(name)]
    with session.stage("resolution", inputs=inputs, parameters=(CODE_VERSION, SAME, DOUBT, repr(decided))) as stage:
        if not stage.stale:
            return
        people = read_companies(every_record(session))
        weights, pairs = _score(session, people)
        links, entities = _link(people, weights, pairs, decided)
        session.write(tables()["prospect_links"], links, sort_by=["prospect_id", "same_as"])
        session.write(tables()["prospect_entities"], entities, sort_by=["prospect_id"])
        session.write(tables()["resolution_weights"], _weights_table(weights), sort_by=["same_as_kind", "evidence"])
        _write_keys(session, people)


def _score(session: Session, people: Population) -> tuple[dict[str, Weights], dict[tuple[int, int], Scored]]:
    """Weights of each question (against customers, among prospects) and every candidate pair with its points."""
    found = candidates(session.connection, people)
    companies, rarity = people.companies, city_rarity(people.cities)
    levels = np.array([compare(companies[a], companies[b], people.vocabulary) for a, b in found], dtype=np.int64)
    levels = levels.reshape(len(found), len(EVIDENCE))
    against = np.array([companies[other].kind == CUSTOMER for _, other in found], dtype=bool)
    weights: dict[str, Weights] = {}
    pairs: dict[tuple[int, int], Scored] = {}
    for kind, chosen in ((CUSTOMER, against), (PROSPECT, ~against)):
        weights[kind] = learn(levels[chosen], _SIZES)
        cities = [companies[one].city for one, _ in found[chosen]]
        points = pair_points(levels[chosen], cities, weights[kind], rarity)
        for (one, other), told, bits in zip(found[chosen].tolist(), levels[chosen].tolist(), points, strict=True):
            pairs[one, other] = Scored(tuple(told), float(bits))
    return weights, pairs


def _link(
    people: Population,
    weights: Mapping[str, Weights],
    pairs: dict[tuple[int, int], Scored],
    decided: Mapping[tuple[str, str], LinkDecision],
) -> tuple[pa.Table, pa.Table]:
    companies, rarity, rivals = people.companies, city_rarity(people.cities), Rivals(people.companies, pairs)
    chance = {pair: rivals.chance(*pair) for pair in pairs}
    said = {pair: decided.get((companies[pair[0]].id, companies[pair[1]].id)) for pair in pairs}
    chance |= {pair: float(one.answer is Answer.ACCEPTED) for pair, one in said.items() if one is not None}
    apart = {(min(pair), max(pair)) for pair, p in chance.items() if p == 0}

    def likeness(one: int, other: int) -> float:
        scored = pairs.get((one, other)) or pairs.get((other, one))
        if scored is None:
            later, earlier = (one, other) if companies[one].kind == PROSPECT else (other, one)
            levels = np.array([compare(companies[later], companies[earlier], people.vocabulary)])
            points = pair_points(levels, [companies[later].city], weights[companies[earlier].kind], rarity)
            return float(points[0])
        return scored.points

    entities = Entities(companies, likeness)
    claims = [Claim(*pair, p) for pair, p in chance.items() if p >= SAME]
    refused = {(claim.one, claim.other) for claim in entities.join_all(claims, apart)}
    rows = []
    for pair, scored in pairs.items():
        one, other, answer = companies[pair[0]], companies[pair[1]], said[pair]
        lies = "doubt" if pair in refused else zone(chance[pair])
        evidence = explain(scored.levels, weights[other.kind], rarity.get(one.city or "", 0.0))
        rows.append({
            "prospect_id": one.id, "same_as_kind": other.kind, "same_as": other.id, "probability": chance[pair],
            "points": scored.points, "zone": lies, "evidence": evidence,
            "decided_by": answer.by if answer else None,
            "decided_at": answer.at.astimezone(UTC).replace(tzinfo=None) if answer else None,
        })  # fmt: skip
    told: list[dict[str, object]] = [
        dict(zip(("prospect_id", "entity_id", "customer_id", "records"), (one.id, *entities.name(at)), strict=True))
        for at, one in enumerate(companies) if one.kind == PROSPECT
    ]  # fmt: skip
    return _arrow("prospect_links", rows), _arrow("prospect_entities", told)


def explain(levels: Sequence[int], weights: Weights, city_points: float) -> list[dict[str, object]]:
    """What each kind of evidence says and the points it brings; kinds that a side does not tell are left out."""
    return [
        {
            "evidence": kind.name,
            "level": kind.levels[level],
            "points": weights.points(place, level) + (city_points if place == CITY and level == 0 else 0.0),
        }
        for place, (kind, level) in enumerate(zip(EVIDENCE, levels, strict=True)) if level >= 0
    ]  # fmt: skip


def zone(chance: float) -> str:
    """`same`, `doubt` or `other`."""
    return "same" if chance >= SAME else "doubt" if chance >= DOUBT else "other"


def _weights_table(weights: Mapping[str, Weights]) -> pa.Table:
    rows = [
        {"same_as_kind": question, "evidence": kind.name, "level": level, "share": learnt.share,
         "among_same": learnt.same[place][nth], "among_others": learnt.others[place][nth]}
        for question, learnt in weights.items()
        for place, kind in enumerate(EVIDENCE) for nth, level in enumerate(kind.levels)
    ]  # fmt: skip
    return _arrow("resolution_weights", rows)


def _write_keys(session: Session, people: Population) -> None:
    session.connection.register("_named", named(people))
    try:
        session.write(tables()["company_keys"], keys_sql(), sort_by=["key", "kind", "id"], row_group_size=8192)
    finally:
        session.connection.unregister("_named")
    words, cities = people.vocabulary.counts, people.cities
    rows = [{"what": "word", "value": word, "companies": n} for word, n in words.items()]
    rows += [{"what": "city", "value": city, "companies": n} for city, n in cities.items()]
    rows += [{"what": "all", "value": "", "companies": people.vocabulary.companies}]
    rows += [{"what": "any_city", "value": "", "companies": sum(cities.values())}]
    rows += [{"what": "two_in_a_city", "value": "", "companies": sum(n * n for n in cities.values())}]
    session.write(tables()["company_words"], _arrow("company_words", rows), sort_by=["what", "value"],
                  row_group_size=8192)  # fmt: skip


def _arrow(table: str, rows: list[dict[str, object]]) -> pa.Table:
    spec = tables()[table]
    return pa.table(
        {column.name: pa.array([row[column.name] for row in rows], _TYPES[column.type]) for column in spec.columns}
    )


_TYPES = {
    "VARCHAR": pa.string(),
    "DOUBLE": pa.float64(),
    "INTEGER": pa.int32(),
    "BIGINT": pa.int64(),
    "TIMESTAMP": pa.timestamp("us"),
    "STRUCT(evidence VARCHAR, level VARCHAR, points DOUBLE)[]": pa.list_(
        pa.struct([("evidence", pa.string()), ("level", pa.string()), ("points", pa.float64())])
    ),
}
