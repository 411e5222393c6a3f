"""Clerical review of linked pairs, companies or contacts: both records, the evidence, the decision that stands."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Generic, NamedTuple, TypeVar

from pydantic import Field

from b2shift.identify.contracts import Answer, LinkDecision, LinkEvidence
from b2shift.kernel.contract import Contract
from b2shift.lake.api import Lake

LOWER = 0.005


class ReviewPair(Contract):
    """Two records that may be one: how likely, why, and what a person decided."""

    probability: float = Field(ge=0, le=1)
    points: float = Field(description="bits: log2 of the odds")
    start: float = Field(description="bits any pair starts with")
    zone: str = Field(description="same, doubt or other")
    evidence: tuple[LinkEvidence, ...]
    decision: LinkDecision | None = Field(None, description="the newest answer that holds")
    applied: bool = Field(False, description="whether this version already follows the answer")

    @property
    def alone(self) -> float:
        """The chance that its points alone would give it."""
        return float(1 / (1 + 2.0 ** -max(-500.0, min(500.0, self.points))))

    @property
    def shared(self) -> bool:
        """Whether its chance is visibly lower than its points say: another record may be one of both."""
        return not self.applied and self.alone - self.probability >= LOWER


Pair = TypeVar("Pair", bound=ReviewPair)


class PairsPage(NamedTuple, Generic[Pair]):
    """Some of the pairs, and how many there are in all."""

    pairs: tuple[Pair, ...]
    total: int


class ReviewQueue(NamedTuple, Generic[Pair]):
    """Where the pairs of one kind of record come from: the table of links, the records, the decisions."""

    table: str
    key: str
    records: str
    """SELECT of every record: kind, id and `fields`"""
    kinds: tuple[str, str]
    """SQL: the kind of the first record and of the other"""
    fields: Sequence[str]
    decisions: Callable[[Path], Mapping[tuple[str, str], LinkDecision]]
    pair: Callable[..., Pair]
    """the contract built from `one`, `other` and the fields of `ReviewPair`"""


_PAIRS = """
    WITH records AS ({records}), decisions AS (SELECT $answered::VARCHAR[] AS answered),
    links AS (SELECT *, list_position(answered, {key} || chr(0) || same_as) AS answer FROM {table}, decisions)
    SELECT {sides}, l.probability, l.points, l.points - list_sum(list_transform(l.evidence, e -> e.points)) AS start,
           l.zone, l.evidence, l.decided_by, count(*) OVER () AS total
    FROM links AS l
    JOIN records AS one ON one.kind = {kinds[0]} AND one.id = l.{key}
    JOIN records AS other ON other.kind = {kinds[1]} AND other.id = l.same_as
    WHERE {where}
    ORDER BY l.answer NULLS LAST, l.points DESC, l.{key}, l.same_as LIMIT $limit OFFSET $offset
"""
PENDING, ANSWERED = "l.zone = 'doubt' AND l.answer IS NULL", "l.answer IS NOT NULL"


def review_page(
    lake: Lake, home: Path, queue: ReviewQueue[Pair], where: str, parameters: Mapping[str, object]
) -> PairsPage[Pair]:
    """The pairs for which an SQL condition over `l` (link), `one` and `other` (records) holds: those decided newest
    first, then by points."""
    if not lake.has(queue.table):
        return PairsPage((), 0)
    decisions = queue.decisions(home)
    newest = sorted(decisions, key=lambda pair: decisions[pair].at, reverse=True)
    sides = ", ".join(f"{side}.{name} AS {side}_{name}" for side in ("one", "other") for name in queue.fields)
    sql = _PAIRS.format(sides=sides, where=where, **queue._asdict())
    rows = lake.query(sql, {"answered": ["\0".join(pair) for pair in newest], **parameters}).to_pylist()
    return PairsPage(tuple(_pair(row, queue, decisions) for row in rows), rows[0]["total"] if rows else 0)


def _pair(row: dict[str, Any], queue: ReviewQueue[Pair], decisions: Mapping[tuple[str, str], LinkDecision]) -> Pair:
    one, other = ({name: row[f"{side}_{name}"] for name in queue.fields} for side in ("one", "other"))
    decision = decisions.get((row["one_id"], row["other_id"]))
    decided = None if decision is None else float(decision.answer is Answer.ACCEPTED)
    return queue.pair(
        one=one,
        other=other,
        **{name: row[name] for name in ("probability", "points", "zone", "evidence")},
        start=row["start"] or 0.0,
        decision=decision,
        applied=row["decided_by"] is not None and row["probability"] == decided,
    )
