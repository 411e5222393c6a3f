"""Pairs as a person judges them: both records side by side, what speaks for and against, what was answered since."""

from datetime import date
from pathlib import Path
from typing import Any

from pydantic import Field

from b2shift.identify.contracts import Answer, LinkDecision, LinkEvidence
from b2shift.identify.resolution.decisions import decisions
from b2shift.kernel.contract import Contract
from b2shift.lake.api import Lake


class CompanyRecord(Contract):
    """One record of a company as its table tells it."""

    kind: str = Field(description="customer or prospect")
    id: str
    name: str | None
    cnpj: str | None = None
    city: str | None = None
    state: str | None = None
    market_segment: str | None = None
    employees: int | None = None
    since: date | None = Field(None, description="customer since, or prospect created on")


class CompanyPair(Contract):
    """Two records that may be one company."""

    prospect: CompanyRecord
    other: CompanyRecord
    probability: float = Field(ge=0, le=1)
    points: float = Field(description="bits: log2 of the odds")
    start: float = Field(description="bits any pair starts with")
    zone: str = Field(description="same, doubt or other")
    evidence: tuple[LinkEvidence, ...]
    decision: LinkDecision | None = Field(None, description="the newest answer that holds")
    applied: bool = Field(False, description="whether this version already follows the answer")


class PairsPage(Contract):
    """Some of the pairs, and how many there are in all."""

    pairs: tuple[CompanyPair, ...]
    total: int


_RECORDS = """
    SELECT 'customer' AS kind, customer_id AS id, name, cnpj, city, state, market_segment, employees,
           customer_since AS since FROM customers
    UNION ALL
    SELECT 'prospect', prospect_id, name, cnpj, city, state, market_segment, employees, created_on FROM prospects
"""
_FIELDS = tuple(CompanyRecord.model_fields)
_SIDES = ", ".join(f"{side}.{name} AS {side}_{name}" for side in ("one", "other") for name in _FIELDS)
_PAIRS = f"""
    WITH records AS ({_RECORDS}), said AS (SELECT $answered::VARCHAR[] AS answered),
    links AS (
        SELECT *, list_position(answered, prospect_id || chr(0) || same_as) AS answer FROM prospect_links, said
    )
    SELECT {_SIDES}, l.probability, l.points, l.points - list_sum(list_transform(l.evidence, e -> e.points)) AS start,
           l.zone, l.evidence, l.decided_by, count(*) OVER () AS total
    FROM links AS l
    JOIN records AS one ON one.kind = 'prospect' AND one.id = l.prospect_id
    JOIN records AS other ON other.kind = l.same_as_kind AND other.id = l.same_as
    WHERE {{where}}
    ORDER BY l.answer NULLS LAST, l.points DESC, l.prospect_id, l.same_as LIMIT $limit OFFSET $offset
"""


def waiting(lake: Lake, home: Path, *, limit: int, offset: int = 0) -> PairsPage:
    """Pairs in doubt that nobody answered, the likeliest first; none in a version older than resolution."""
    return _page(lake, home, "l.zone = 'doubt' AND l.answer IS NULL", {"limit": limit, "offset": offset})


def answered(lake: Lake, home: Path, *, limit: int, offset: int = 0) -> PairsPage:
    """Pairs with an answer that holds, the newest first; those that the version no longer compares are left out."""
    return _page(lake, home, "l.answer IS NOT NULL", {"limit": limit, "offset": offset})


def same_company(lake: Lake, home: Path, entity: str) -> tuple[CompanyPair, ...]:
    """The pairs that make one company of the records of an entity, the likeliest first."""
    inside = "(SELECT prospect_id FROM prospect_entities WHERE entity_id = $entity)"
    where = f"l.zone = 'same' AND l.prospect_id IN {inside} AND (l.same_as = $entity OR l.same_as IN {inside})"
    return _page(lake, home, where, {"entity": entity, "limit": 500, "offset": 0}).pairs


def _page(lake: Lake, home: Path, where: str, told: dict[str, object]) -> PairsPage:
    if not lake.has("prospect_links"):
        return PairsPage(pairs=(), total=0)
    said = decisions(home)
    newest = sorted(said, key=lambda pair: said[pair].at, reverse=True)
    rows = lake.query(
        _PAIRS.format(where=where), {"answered": ["\0".join(pair) for pair in newest], **told}
    ).to_pylist()
    return PairsPage(pairs=tuple(_pair(row, said) for row in rows), total=rows[0]["total"] if rows else 0)


def _pair(row: dict[str, Any], said: dict[tuple[str, str], LinkDecision]) -> CompanyPair:
    sides = [{name: row[f"{side}_{name}"] for name in _FIELDS} for side in ("one", "other")]
    decision = said.get((row["one_id"], row["other_id"]))
    wanted = None if decision is None else float(decision.answer is Answer.ACCEPTED)
    return CompanyPair(
        prospect=CompanyRecord.model_validate(sides[0]),
        other=CompanyRecord.model_validate(sides[1]),
        **{name: row[name] for name in ("probability", "points", "zone", "evidence")},
        start=row["start"] or 0.0,
        decision=decision,
        applied=row["decided_by"] is not None and row["probability"] == wanted,
    )
