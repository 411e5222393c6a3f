"""Which contacts are the same person: written twice at one customer, or met again at another.

Candidates and levels are plain SQL over `contacts`; weights, zones and groups are those of companies.
"""

from datetime import UTC
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from b2shift.identify.contracts import Answer, LinkDecision
from b2shift.identify.resolution.decisions import contacts_journal, decided_pairs
from b2shift.identify.resolution.entities import Claim, Entities
from b2shift.identify.resolution.links import DOUBT, SAME, Decided, Rows, zone
from b2shift.identify.resolution.weights import Floats, Levels, learn, probability, total_points
from b2shift.identify.resolution.written import write_rows
from b2shift.lake.api import Session

CODE_VERSION = 3
PERSON = "contact"
EVIDENCE: dict[str, tuple[str, ...]] = {
    "name": ("same", "letter_moved", "part", "other"),
    "email": ("same", "same_person", "other"),
    "phone": ("same", "other"),
    "customer": ("same", "other"),
}
_SIDES = ("one", "other")
_SIZES = [len(levels) for levels in EVIDENCE.values()]
# Namesakes are common: what marks one person before any pair is seen is the address.
_ANCHOR = list(EVIDENCE).index("email")
# What more contacts share than this (a switchboard, a common name) does not tell them apart.
_MOST = 20
_SHORTEST = 6
_BEHIND = "prospect_entities"
_NO_PROSPECTS = "(SELECT NULL::VARCHAR AS prospect_id, NULL::VARCHAR AS entity_id)"
# A prospect's people are at the company behind it.
_PEOPLE = r"""
    SELECT contact_id AS id, coalesce(k.customer_id, e.entity_id, prospect_id) AS customer,
           nullif(lower(trim(email)), '') AS email,
           nullif(trim(regexp_replace(lower(strip_accents(name)), '[^a-z0-9]+', ' ', 'g')), '') AS name,
           CASE WHEN length(regexp_replace(phone, '\D', '', 'g')) >= 10
                THEN right(regexp_replace(phone, '\D', '', 'g'), 10) END AS phone
    FROM contacts AS k LEFT JOIN _behind AS e USING (prospect_id)
"""
_KEYS = f"""
    SELECT * FROM (
        SELECT id, unnest(list_filter([
            'email ' || email, 'phone ' || phone, 'name ' || name,
            'at ' || customer || ' ' || split_part(name, ' ', 1), 'at ' || customer || ' ' || split_part(name, ' ', -1)
        ], key -> key IS NOT NULL)) AS key FROM people
    ) QUALIFY count(*) OVER (PARTITION BY key) BETWEEN 2 AND {_MOST}
"""
_NAME = f"""
    CASE WHEN a.name IS NULL OR b.name IS NULL THEN -1
         WHEN a.name = b.name THEN 0
         WHEN least(length(a.name), length(b.name)) >= {_SHORTEST}
              AND damerau_levenshtein(replace(a.name, ' ', ''), replace(b.name, ' ', '')) <= 1 THEN 1
         WHEN least(len(string_split(a.name, ' ')), len(string_split(b.name, ' '))) >= 2
              AND (list_has_all(string_split(a.name, ' '), string_split(b.name, ' '))
                   OR list_has_all(string_split(b.name, ' '), string_split(a.name, ' '))) THEN 2
         ELSE 3 END
"""
_EMAIL = f"""
    CASE WHEN a.email IS NULL OR b.email IS NULL THEN -1 WHEN a.email = b.email THEN 0
         WHEN split_part(a.email, '@', 1) = split_part(b.email, '@', 1)
              AND length(split_part(a.email, '@', 1)) >= {_SHORTEST} THEN 1
         ELSE 2 END
"""
_PAIRS = f"""
    people AS MATERIALIZED ({_PEOPLE}), keys AS ({_KEYS}),
    pairs AS (
        SELECT one, other, bool_or(alike) AS alike FROM (
            SELECT x.id AS one, y.id AS other, TRUE AS alike FROM keys AS x JOIN keys AS y USING (key) WHERE x.id < y.id
            UNION ALL SELECT one, other, FALSE FROM _said
        ) GROUP BY ALL
    )
    SELECT one, other, alike, {_NAME} AS name, {_EMAIL} AS email,
           CASE WHEN a.phone IS NULL OR b.phone IS NULL THEN -1 ELSE (a.phone <> b.phone)::INTEGER END AS phone,
           CASE WHEN a.customer IS NULL OR b.customer IS NULL THEN -1
                ELSE (a.customer <> b.customer)::INTEGER END AS customer
    FROM pairs JOIN people AS a ON a.id = one JOIN people AS b ON b.id = other ORDER BY one, other
"""


class Person(NamedTuple):
    """A contact as groups see it."""

    id: str
    kind: str = PERSON


def build(session: Session) -> None:
    """Write `contact_links` and `contact_entities`; nothing where no source delivers contacts."""
    if not session.has("contacts"):
        return
    decided = decided_pairs(contacts_journal(session.store.root.parent))
    inputs = ["contacts", _BEHIND] if session.has(_BEHIND) else ["contacts"]
    parameters = (CODE_VERSION, SAME, DOUBT, repr(decided))
    with session.stage("contact_resolution", inputs=inputs, parameters=parameters) as stage:
        if not stage.stale:
            return
        found = _pairs(session, decided)
        levels = np.column_stack([found.column(name).to_numpy() for name in EVIDENCE]).astype(np.int64)
        pairs = [
            (str(one), str(other)) for one, other in zip(*(found.column(n).to_pylist() for n in _SIDES), strict=True)
        ]
        alike = found.column("alike").to_numpy(zero_copy_only=False).astype(bool)
        links, groups = _resolved(levels.reshape(len(pairs), len(EVIDENCE)), pairs, alike, decided)
        write_rows(session, "contact_links", links, ["contact_id", "same_as"])
        everybody = map(str, session.query("SELECT contact_id AS id FROM contacts ORDER BY 1").column("id").to_pylist())
        entities = [
            dict(zip(("contact_id", "entity_id", "records"), (one, *groups.get(one, (one, 1))), strict=True))
            for one in everybody
        ]
        write_rows(session, "contact_entities", entities, ["contact_id"])


def _pairs(session: Session, decided: Decided) -> pa.Table:
    """The pairs that share a key (`alike`), and those that somebody answered although they share none any more."""
    sides = [pa.array([pair[side] for pair in decided], pa.string()) for side in (0, 1)]
    session.connection.register("_said", pa.table(sides, names=list(_SIDES)))
    try:
        behind = _BEHIND if session.has(_BEHIND) else _NO_PROSPECTS
        return session.query(f"WITH _behind AS (FROM {behind}), {_PAIRS}")
    finally:
        session.connection.unregister("_said")


def _resolved(
    levels: Levels, pairs: list[tuple[str, str]], alike: NDArray[np.bool_], decided: Decided
) -> tuple[Rows, dict[str, tuple[str, int]]]:
    """Rows of `contact_links`; of who is in a group, its first contact and its size."""
    weights = learn(levels[alike], _SIZES, anchor=_ANCHOR)
    points = total_points(levels, weights)
    told = {pair: float(chance) for pair, chance in zip(pairs, probability(points), strict=True)}
    told |= {pair: float(one.answer is Answer.ACCEPTED) for pair, one in decided.items() if pair in told}
    ids = sorted({one for pair in pairs for one in pair})
    place = {one: n for n, one in enumerate(ids)}
    known = {(place[a], place[b]): float(bits) for (a, b), bits in zip(pairs, points, strict=True)}

    def likeness(one: int, other: int) -> float:
        return known.get((min(one, other), max(one, other)), weights.prior)

    entities = Entities([Person(one) for one in ids], likeness)
    apart = {(place[a], place[b]) for (a, b) in decided if (a, b) in told and not told[a, b]}
    claims = [Claim(place[a], place[b], chance) for (a, b), chance in told.items() if chance >= SAME]
    refused = {(ids[claim.one], ids[claim.other]) for claim in entities.join_all(claims, apart)}
    tables_of_points = weights.tables()
    links = [
        _link(pair, row, float(bits), told[pair], decided.get(pair), tables_of_points)
        | ({"zone": "doubt"} if pair in refused else {})
        for pair, row, bits in zip(pairs, levels.tolist(), points, strict=True)
        if told[pair] >= DOUBT or pair in decided
    ]
    named = {one: entities.name(place[one]) for one in ids}
    return links, {one: (entity, size) for one, (entity, _customer, size) in named.items() if size > 1}


def _link(
    pair: tuple[str, str], levels: list[int], points: float, chance: float, answer: LinkDecision | None,
    weighed: list[Floats],
) -> dict[str, Any]:  # fmt: skip
    return {
        "contact_id": pair[0],
        "same_as": pair[1],
        "probability": chance,
        "points": points,
        "zone": zone(chance),
        "evidence": [
            {"evidence": name, "level": told[level], "points": float(weighed[place][level])}
            for place, ((name, told), level) in enumerate(zip(EVIDENCE.items(), levels, strict=True))
            if level >= 0
        ],
        "decided_by": answer.by if answer else None,
        "decided_at": answer.at.astimezone(UTC).replace(tzinfo=None) if answer else None,
    }
