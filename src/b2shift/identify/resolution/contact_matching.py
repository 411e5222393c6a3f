"""Resolve contacts to persons, within a customer and across customers.

Blocking and comparison vectors are SQL over `contacts`; model, zones and clustering are those of companies.
"""

from datetime import UTC
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from b2shift.identify.contracts import Answer, LinkDecision
from b2shift.identify.resolution.clustering import Clusters, Match
from b2shift.identify.resolution.decisions import contact_journal, standing_decisions
from b2shift.identify.resolution.fellegi_sunter import Floats, Levels, fit, probability, total_points
from b2shift.identify.resolution.links import MATCH_THRESHOLD, REVIEW_THRESHOLD, Decisions, Rows, zone
from b2shift.identify.resolution.writer import write_rows
from b2shift.lake.api import Session

CODE_VERSION = 4
CONTACT = "contact"
COMPARISONS: dict[str, tuple[str, ...]] = {
    "name": ("same", "letter_moved", "part", "other"),
    "email": ("same", "same_person", "other"),
    "phone": ("same", "other"),
    "customer": ("same", "other"),
}
_SIDES = ("one", "other")
_LEVEL_COUNTS = [len(levels) for levels in COMPARISONS.values()]
# Namesakes are common: the anchor of the prior is the address.
_ANCHOR = list(COMPARISONS).index("email")
# A value that more contacts share (a switchboard, a common name) is no blocking key.
_LARGEST_BLOCK = 20
_SHORTEST_TEXT = 6
_ENTITIES = "prospect_entities"
_NO_PROSPECTS = "(SELECT NULL::VARCHAR AS prospect_id, NULL::VARCHAR AS entity_id)"
# The contacts of a prospect are at the company behind it.
_CONTACTS = r"""
    SELECT contact_id AS id, coalesce(k.customer_id, e.entity_id, prospect_id) AS customer,
           nullif(lower(trim(email)), '') AS email,
           nullif(trim(regexp_replace(lower(strip_accents(name)), '[^a-z0-9]+', ' ', 'g')), '') AS name,
           CASE WHEN length(regexp_replace(phone, '\D', '', 'g')) >= 10
                THEN right(regexp_replace(phone, '\D', '', 'g'), 10) END AS phone
    FROM contacts AS k LEFT JOIN _entities AS e USING (prospect_id)
"""
_BLOCKING_KEYS = f"""
    SELECT * FROM (
        SELECT id, unnest(list_filter([
            'email ' || email, 'phone ' || phone, 'name ' || name,
            'at ' || customer || ' ' || split_part(name, ' ', 1), 'at ' || customer || ' ' || split_part(name, ' ', -1)
        ], key -> key IS NOT NULL)) AS key FROM normalised
    ) QUALIFY count(*) OVER (PARTITION BY key) BETWEEN 2 AND {_LARGEST_BLOCK}
"""
_NAME_LEVEL = f"""
    CASE WHEN a.name IS NULL OR b.name IS NULL THEN -1
         WHEN a.name = b.name THEN 0
         WHEN least(length(a.name), length(b.name)) >= {_SHORTEST_TEXT}
              AND damerau_levenshtein(replace(a.name, ' ', ''), replace(b.name, ' ', '')) <= 1 THEN 1
         WHEN least(len(string_split(a.name, ' ')), len(string_split(b.name, ' '))) >= 2
              AND (list_has_all(string_split(a.name, ' '), string_split(b.name, ' '))
                   OR list_has_all(string_split(b.name, ' '), string_split(a.name, ' '))) THEN 2
         ELSE 3 END
"""
_EMAIL_LEVEL = f"""
    CASE WHEN a.email IS NULL OR b.email IS NULL THEN -1 WHEN a.email = b.email THEN 0
         WHEN split_part(a.email, '@', 1) = split_part(b.email, '@', 1)
              AND length(split_part(a.email, '@', 1)) >= {_SHORTEST_TEXT} THEN 1
         ELSE 2 END
"""
_PAIRS = f"""
    normalised AS MATERIALIZED ({_CONTACTS}), keys AS ({_BLOCKING_KEYS}),
    pairs AS (
        SELECT one, other, bool_or(candidate) AS candidate FROM (
            SELECT x.id AS one, y.id AS other, TRUE AS candidate
            FROM keys AS x JOIN keys AS y USING (key) WHERE x.id < y.id
            UNION ALL SELECT one, other, FALSE FROM _decided
        ) GROUP BY ALL
    )
    SELECT one, other, candidate, {_NAME_LEVEL} AS name, {_EMAIL_LEVEL} AS email,
           CASE WHEN a.phone IS NULL OR b.phone IS NULL THEN -1 ELSE (a.phone <> b.phone)::INTEGER END AS phone,
           CASE WHEN a.customer IS NULL OR b.customer IS NULL THEN -1
                ELSE (a.customer <> b.customer)::INTEGER END AS customer
    FROM pairs JOIN normalised AS a ON a.id = one JOIN normalised AS b ON b.id = other ORDER BY one, other
"""


class ClusteredContact(NamedTuple):
    """A contact as clustering sees it."""

    id: str
    kind: str = CONTACT


def build(session: Session) -> None:
    """Write `contact_links` and `contact_entities`; nothing where no source delivers contacts."""
    if not session.has("contacts"):
        return
    decisions = standing_decisions(contact_journal(session.store.root.parent))
    inputs = ["contacts", _ENTITIES] if session.has(_ENTITIES) else ["contacts"]
    parameters = (CODE_VERSION, MATCH_THRESHOLD, REVIEW_THRESHOLD, repr(decisions))
    with session.stage("contact_resolution", inputs=inputs, parameters=parameters) as stage:
        if not stage.stale:
            return
        table = _pairs(session, decisions)
        pairs = [
            (str(one), str(other)) for one, other in zip(*(table.column(n).to_pylist() for n in _SIDES), strict=True)
        ]
        vectors = np.column_stack([table.column(name).to_numpy() for name in COMPARISONS]).astype(np.int64)
        is_candidate = table.column("candidate").to_numpy(zero_copy_only=False).astype(bool)
        links, persons = _resolve(vectors.reshape(len(pairs), len(COMPARISONS)), pairs, is_candidate, decisions)
        write_rows(session, "contact_links", links, ["contact_id", "same_as"])
        contacts = map(str, session.query("SELECT contact_id AS id FROM contacts ORDER BY 1").column("id").to_pylist())
        entities = [
            dict(zip(("contact_id", "entity_id", "records"), (one, *persons.get(one, (one, 1))), strict=True))
            for one in contacts
        ]
        write_rows(session, "contact_entities", entities, ["contact_id"])


def _pairs(session: Session, decisions: Decisions) -> pa.Table:
    """Candidate pairs (`candidate`) and decided pairs that share no key any more, with their comparison vectors."""
    sides = [pa.array([pair[side] for pair in decisions], pa.string()) for side in (0, 1)]
    session.connection.register("_decided", pa.table(sides, names=list(_SIDES)))
    try:
        entities = _ENTITIES if session.has(_ENTITIES) else _NO_PROSPECTS
        return session.query(f"WITH _entities AS (FROM {entities}), {_PAIRS}")
    finally:
        session.connection.unregister("_decided")


def _resolve(
    levels: Levels, pairs: list[tuple[str, str]], is_candidate: NDArray[np.bool_], decisions: Decisions
) -> tuple[Rows, dict[str, tuple[str, int]]]:
    """Rows of `contact_links`; contact → (first contact, size) of its cluster, where there are several."""
    model = fit(levels[is_candidate], _LEVEL_COUNTS, anchor=_ANCHOR)
    points = total_points(levels, model)
    match = {pair: float(p) for pair, p in zip(pairs, probability(points), strict=True)}
    match |= {pair: float(one.answer is Answer.ACCEPTED) for pair, one in decisions.items() if pair in match}
    ids = sorted({one for pair in pairs for one in pair})
    position = {one: n for n, one in enumerate(ids)}
    pair_points = {(position[a], position[b]): float(bits) for (a, b), bits in zip(pairs, points, strict=True)}

    def points_of(one: int, other: int) -> float:
        return pair_points.get((min(one, other), max(one, other)), model.prior)

    clusters = Clusters([ClusteredContact(one) for one in ids], points_of)
    cannot_link = {(position[a], position[b]) for (a, b) in decisions if (a, b) in match and not match[a, b]}
    matches = [Match(position[a], position[b], p) for (a, b), p in match.items() if p >= MATCH_THRESHOLD]
    refused = {(ids[one.one], ids[one.other]) for one in clusters.merge_all(matches, cannot_link)}
    level_points = model.level_points()
    links = [
        _link(pair, vector, float(bits), match[pair], decisions.get(pair), level_points)
        | {
            "zone": "doubt"
            if pair in refused
            else zone(match[pair], together=clusters.together(position[pair[0]], position[pair[1]]))
        }
        for pair, vector, bits in zip(pairs, levels.tolist(), points, strict=True)
        if match[pair] >= REVIEW_THRESHOLD or pair in decisions
    ]
    entities = {one: clusters.entity(position[one]) for one in ids}
    return links, {one: (entity, size) for one, (entity, _customer, size) in entities.items() if size > 1}


def _link(
    pair: tuple[str, str], vector: list[int], points: float, match: float, decision: LinkDecision | None,
    level_points: list[Floats],
) -> dict[str, Any]:  # fmt: skip
    return {
        "contact_id": pair[0],
        "same_as": pair[1],
        "probability": match,
        "points": points,
        "evidence": [
            {"evidence": name, "level": levels[level], "points": float(level_points[place][level])}
            for place, ((name, levels), level) in enumerate(zip(COMPARISONS.items(), vector, strict=True))
            if level >= 0
        ],
        "decided_by": decision.by if decision else None,
        "decided_at": decision.at.astimezone(UTC).replace(tzinfo=None) if decision else None,
    }
