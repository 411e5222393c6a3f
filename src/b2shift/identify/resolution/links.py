"""Links between records from scored pairs: match probability, zone and evidence of each, and the entities they form."""

from collections.abc import Mapping, Sequence
from datetime import UTC
from typing import Any

import numpy as np

from b2shift.identify.contracts import Answer, LinkDecision, LinkEvidence
from b2shift.identify.resolution.clustering import Clusters, Match
from b2shift.identify.resolution.companies import PROSPECT, Population
from b2shift.identify.resolution.comparisons import CITY, COMPARISONS, comparison_vector
from b2shift.identify.resolution.fellegi_sunter import Floats, MatchModel
from b2shift.identify.resolution.scoring import CompetingMatches, ScoredPair, city_adjustments, pair_points

MATCH_THRESHOLD, REVIEW_THRESHOLD = 0.95, 0.10
"""At or above the first a pair is a match, below the second a non-match; between them it goes to clerical review."""
Rows = list[dict[str, Any]]
Decisions = Mapping[tuple[str, str], LinkDecision]
"""(record, other record) → the answer that stands."""


def zone(probability: float, *, together: bool = False) -> str:
    """`same`, `doubt` or `other`, by match probability; no doubt is left where other pairs made both one."""
    if probability >= MATCH_THRESHOLD:
        return "same"
    if probability < REVIEW_THRESHOLD:
        return "other"
    return "same" if together else "doubt"


def explain(levels: Sequence[int], model: MatchModel, city_adjustment: float) -> tuple[LinkEvidence, ...]:
    """The level of each comparison and its points; comparisons with a missing value are left out."""
    rows = _evidence(levels, model.level_points(), city_adjustment)
    return tuple(LinkEvidence.model_validate(row) for row in rows)


def _evidence(levels: Sequence[int], level_points: list[Floats], city_adjustment: float) -> Rows:
    return [
        {
            "evidence": comparison.name,
            "level": comparison.levels[level],
            "points": float(level_points[place][level]) + (city_adjustment if place == CITY and level == 0 else 0.0),
        }
        for place, (comparison, level) in enumerate(zip(COMPARISONS, levels, strict=True))
        if level >= 0
    ]


class Resolution:
    """The scored pairs of a population, people's decisions over them, and the clusters that follow."""

    def __init__(
        self,
        population: Population,
        models: Mapping[str, MatchModel],
        pairs: dict[tuple[int, int], ScoredPair],
        decisions: Decisions,
    ) -> None:
        self.population, self.models, self.pairs = population, models, pairs
        self.level_points = {kind: model.level_points() for kind, model in models.items()}
        self.city_adjustments = city_adjustments(population.cities)
        companies = population.companies
        competing = CompetingMatches({nth: one.kind for nth, one in enumerate(companies)}, pairs)
        self.decisions = {pair: decisions.get((companies[pair[0]].id, companies[pair[1]].id)) for pair in pairs}
        self.probability = {pair: competing.probability(*pair) for pair in pairs}
        for pair, decision in self.decisions.items():
            if decision is not None:
                self.probability[pair] = float(decision.answer is Answer.ACCEPTED)
        self.clusters = Clusters(companies, self._points)
        cannot_link = {
            (min(pair), max(pair))
            for pair, decision in self.decisions.items()
            if decision and not self.probability[pair]
        }
        matches = [Match(*pair, p) for pair, p in self.probability.items() if p >= MATCH_THRESHOLD]
        self.refused = {(match.one, match.other) for match in self.clusters.merge_all(matches, cannot_link)}

    def links(self) -> Rows:
        """Rows of `prospect_links`; a match that clustering refused is in doubt."""
        return [self._link(pair) for pair in self.pairs]

    def entities(self) -> Rows:
        """Rows of `prospect_entities`."""
        columns = ("prospect_id", "entity_id", "customer_id", "records")
        return [
            dict(zip(columns, (one.id, *self.clusters.entity(record)), strict=True))
            for record, one in enumerate(self.population.companies)
            if one.kind == PROSPECT
        ]

    def _link(self, pair: tuple[int, int]) -> dict[str, Any]:
        one, other = (self.population.companies[record] for record in pair)
        scored, decision = self.pairs[pair], self.decisions[pair]
        city_adjustment = self.city_adjustments.get(one.city or "", 0.0)
        return {
            "prospect_id": one.id,
            "same_as_kind": other.kind,
            "same_as": other.id,
            "probability": self.probability[pair],
            "points": scored.points,
            "zone": "doubt"
            if pair in self.refused
            else zone(self.probability[pair], together=self.clusters.together(*pair)),
            "evidence": _evidence(scored.levels, self.level_points[other.kind], city_adjustment),
            "decided_by": decision.by if decision else None,
            "decided_at": decision.at.astimezone(UTC).replace(tzinfo=None) if decision else None,
        }

    def _points(self, one: int, other: int) -> float:
        """Points of any pair, candidate or not."""
        scored = self.pairs.get((one, other)) or self.pairs.get((other, one))
        if scored is not None:
            return scored.points
        companies = self.population.companies
        left, right = (companies[one], companies[other])
        if left.kind != PROSPECT:
            left, right = right, left
        levels = np.array([comparison_vector(left, right, self.population.vocabulary)])
        return float(pair_points(levels, [left.city], self.models[right.kind], self.city_adjustments)[0])
