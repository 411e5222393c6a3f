"""Pairs as a person judges them, companies or contacts: what speaks for and against, what was answered since."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Generic, NamedTuple, TypeVar

from pydantic import Field

from b2shift.identify.contracts import Answer, LinkDecision, LinkEvidence
from b2shift.kernel.contract import Contract
from b2shift.lake.api import Lake


class JudgedPair(Contract):
    """Two records that may be one: how likely, why, and what a person said."""

    probability: float = Field(ge=0, le=1)
    points: float = Field(description="bits: log2 of the odds")
    start: float = Field(description="bits any pair starts with")
    zone: str = Field(description="same, doubt or other")
    evidence: tuple[LinkEvidence, ...]
    decision: LinkDecision | None = Field(None, description="the newest answer that holds")
    applied: bool = Field(False, description="whether this version already follows the answer")


Pair = TypeVar("Pair", bound=JudgedPair)


class PairsPage(NamedTuple, Generic[Pair]):
    """Some of the pairs, and how many there are in all."""

    pairs: tuple[Pair, ...]
    total: int


class Question(NamedTuple, Generic[Pair]):
    """What is asked of a kind of records: the table of its links, the records beside each other, the answers kept."""

    table: str
    key: str
    records: str
    """SELECT of every record: its kind, its id and the fields of a side."""
    kinds: tuple[str, str]
    """SQL: the kind of the first record, and of the other."""
    fields: Sequence[str]
    answers: Callable[[Path], Mapping[tuple[str, str], LinkDecision]]
    pair: Callable[..., Pair]
    """Makes a pair of `one`, `other` and what `JudgedPair` holds."""


_PAIRS = """
    WITH records AS ({records}), said AS (SELECT $answered::VARCHAR[] AS answered),
    links AS (SELECT *, list_position(answered, {key} || chr(0) || same_as) AS answer FROM {table}, said)
    SELECT {sides}, l.probability, l.points, l.points - list_sum(list_transform(l.evidence, e -> e.points)) AS start,
           l.zone, l.evidence, l.decided_by, count(*) OVER () AS total
    FROM links AS l
    JOIN records AS one ON one.kind = {kinds[0]} AND one.id = l.{key}
    JOIN records AS other ON other.kind = {kinds[1]} AND other.id = l.same_as
    WHERE {where}
    ORDER BY l.answer NULLS LAST, l.points DESC, l.{key}, l.same_as LIMIT $limit OFFSET $offset
"""
WAITING, ANSWERED = "l.zone = 'doubt' AND l.answer IS NULL", "l.answer IS NOT NULL"


def page(lake: Lake, home: Path, asked: Question[Pair], where: str, told: Mapping[str, object]) -> PairsPage[Pair]:
    """The pairs that a condition on links `l` and sides `one` and `other` keeps, answered ones newest first."""
    if not lake.has(asked.table):
        return PairsPage((), 0)
    said = asked.answers(home)
    newest = sorted(said, key=lambda pair: said[pair].at, reverse=True)
    sides = ", ".join(f"{side}.{name} AS {side}_{name}" for side in ("one", "other") for name in asked.fields)
    sql = _PAIRS.format(sides=sides, where=where, **asked._asdict())
    rows = lake.query(sql, {"answered": ["\0".join(pair) for pair in newest], **told}).to_pylist()
    return PairsPage(tuple(_pair(row, asked, said) for row in rows), rows[0]["total"] if rows else 0)


def _pair(row: dict[str, Any], asked: Question[Pair], said: Mapping[tuple[str, str], LinkDecision]) -> Pair:
    one, other = ({name: row[f"{side}_{name}"] for name in asked.fields} for side in ("one", "other"))
    decision = said.get((row["one_id"], row["other_id"]))
    wanted = None if decision is None else float(decision.answer is Answer.ACCEPTED)
    return asked.pair(
        one=one,
        other=other,
        **{name: row[name] for name in ("probability", "points", "zone", "evidence")},
        start=row["start"] or 0.0,
        decision=decision,
        applied=row["decided_by"] is not None and row["probability"] == wanted,
    )
