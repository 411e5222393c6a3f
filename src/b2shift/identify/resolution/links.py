"""From points to what is told: the zone of every pair, its reasons, and the company behind each prospect."""

from collections.abc import Mapping, Sequence
from datetime import UTC
from typing import Any

import numpy as np

from b2shift.identify.contracts import Answer, LinkDecision, LinkEvidence
from b2shift.identify.resolution.companies import PROSPECT, Population
from b2shift.identify.resolution.entities import Claim, Entities
from b2shift.identify.resolution.evidence import CITY, EVIDENCE, compare
from b2shift.identify.resolution.scoring import Rivals, Scored, city_rarity, pair_points
from b2shift.identify.resolution.weights import Floats, Weights

SAME, DOUBT = 0.95, 0.10
"""At or above SAME a pair is one company; below DOUBT it is not; between them a person looks."""
Rows = list[dict[str, Any]]
Decided = Mapping[tuple[str, str], LinkDecision]


def zone(chance: float) -> str:
    """`same`, `doubt` or `other`."""
    return "same" if chance >= SAME else "doubt" if chance >= DOUBT else "other"


def explain(levels: Sequence[int], weights: Weights, city_points: float) -> tuple[LinkEvidence, ...]:
    """What each kind of evidence says and the points it brings; kinds that a side does not tell are left out."""
    return tuple(LinkEvidence.model_validate(told) for told in _reasons(levels, weights.tables(), city_points))


def _reasons(levels: Sequence[int], points: list[Floats], city_points: float) -> Rows:
    return [
        {
            "evidence": kind.name,
            "level": kind.levels[level],
            "points": float(points[place][level]) + (city_points if place == CITY and level == 0 else 0.0),
        }
        for place, (kind, level) in enumerate(zip(EVIDENCE, levels, strict=True))
        if level >= 0
    ]


class Resolution:
    """All candidate pairs of a population with their weights, and what people said about them."""

    def __init__(
        self, people: Population, weights: Mapping[str, Weights], pairs: dict[tuple[int, int], Scored], decided: Decided
    ) -> None:
        self.people, self.weights, self.pairs = people, weights, pairs
        self.points = {kind: learnt.tables() for kind, learnt in weights.items()}
        self.rarity = city_rarity(people.cities)
        rivals, companies = Rivals(people.companies, pairs), people.companies
        self.said = {pair: decided.get((companies[pair[0]].id, companies[pair[1]].id)) for pair in pairs}
        self.chance = {pair: rivals.chance(*pair) for pair in pairs}
        for pair, answer in self.said.items():
            if answer is not None:
                self.chance[pair] = float(answer.answer is Answer.ACCEPTED)
        self.entities = Entities(companies, self._likeness)
        apart = {(min(pair), max(pair)) for pair, answer in self.said.items() if answer and not self.chance[pair]}
        claims = [Claim(*pair, p) for pair, p in self.chance.items() if p >= SAME]
        self.refused = {(claim.one, claim.other) for claim in self.entities.join_all(claims, apart)}

    def links(self) -> Rows:
        """Rows of `prospect_links`; a pair that would chain unlike companies together is in doubt."""
        return [self._link(pair) for pair in self.pairs]

    def behind(self) -> Rows:
        """Rows of `prospect_entities`."""
        columns = ("prospect_id", "entity_id", "customer_id", "records")
        return [
            dict(zip(columns, (one.id, *self.entities.name(record)), strict=True))
            for record, one in enumerate(self.people.companies)
            if one.kind == PROSPECT
        ]

    def _link(self, pair: tuple[int, int]) -> dict[str, Any]:
        one, other = (self.people.companies[record] for record in pair)
        scored, answer = self.pairs[pair], self.said[pair]
        city_points = self.rarity.get(one.city or "", 0.0)
        return {
            "prospect_id": one.id,
            "same_as_kind": other.kind,
            "same_as": other.id,
            "probability": self.chance[pair],
            "points": scored.points,
            "zone": "doubt" if pair in self.refused else zone(self.chance[pair]),
            "evidence": _reasons(scored.levels, self.points[other.kind], city_points),
            "decided_by": answer.by if answer else None,
            "decided_at": answer.at.astimezone(UTC).replace(tzinfo=None) if answer else None,
        }

    def _likeness(self, one: int, other: int) -> float:
        """Points of any pair, a candidate or not."""
        scored = self.pairs.get((one, other)) or self.pairs.get((other, one))
        if scored is not None:
            return scored.points
        companies = self.people.companies
        left, right = (companies[one], companies[other])
        if left.kind != PROSPECT:
            left, right = right, left
        levels = np.array([compare(left, right, self.people.vocabulary)])
        return float(pair_points(levels, [left.city], self.weights[right.kind], self.rarity)[0])
