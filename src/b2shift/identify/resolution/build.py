"""Resolve prospects: write `prospect_links`, `prospect_entities` and the index of the duplicate check."""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from b2shift.identify.resolution.blocking import KEYS, blocked, candidate_pairs
from b2shift.identify.resolution.companies import CUSTOMER, PROSPECT, Population, normalise_companies
from b2shift.identify.resolution.comparisons import COMPARISONS, NAME, comparison_vector
from b2shift.identify.resolution.decisions import company_decisions
from b2shift.identify.resolution.fellegi_sunter import MatchModel, fit
from b2shift.identify.resolution.links import MATCH_THRESHOLD, REVIEW_THRESHOLD, Decisions, Resolution, Rows
from b2shift.identify.resolution.records import raw_companies
from b2shift.identify.resolution.scoring import ScoredPair, city_adjustments, pair_points
from b2shift.identify.resolution.writer import write_rows
from b2shift.identify.sources.declarations import tables
from b2shift.lake.api import Session

CODE_VERSION = 10
_LEVEL_COUNTS = [len(comparison.levels) for comparison in COMPARISONS]
Pairs = NDArray[np.int64]
"""Positions (prospect, other record), a row per pair."""


def build(session: Session) -> None:
    """Resolve every prospect against customers and other prospects, from `customers`, `prospects` and decisions."""
    decisions = company_decisions(session.store.root.parent)
    inputs = [name for name in ("customers", "prospects") if session.has(name)]
    parameters = (CODE_VERSION, MATCH_THRESHOLD, REVIEW_THRESHOLD, repr(decisions))
    with session.stage("resolution", inputs=inputs, parameters=parameters) as stage:
        if not stage.stale:
            return
        population = normalise_companies(raw_companies(session))
        with blocked(session.connection, population):
            pairs = candidate_pairs(session.connection)
            session.write(tables()["company_keys"], KEYS, sort_by=["key", "record"])
        resolution = resolve_pairs(population, pairs, decisions)
        write_rows(session, "prospect_links", resolution.links(), ["prospect_id", "same_as_kind", "same_as"])
        write_rows(session, "prospect_entities", resolution.entities(), ["prospect_id"])
        weights = _weight_rows(resolution.models)
        write_rows(session, "resolution_weights", weights, ["same_as_kind", "evidence", "level"])
        write_rows(session, "company_words", _frequency_rows(population), ["what", "value"])


def resolve_pairs(population: Population, candidates: Pairs, decisions: Decisions) -> Resolution:
    """Fit the models on the candidate pairs; score and cluster these and the pairs that people decided."""
    models, pairs = _score(population, candidates, _decided_pairs(population, decisions, candidates))
    return Resolution(population, models, pairs, decisions)


def _decided_pairs(population: Population, decisions: Decisions, candidates: Pairs) -> Pairs:
    """Decided pairs that are no candidates any more: a record may change after the decision."""
    positions = {(one.kind, one.id): position for position, one in enumerate(population.companies)}
    known = set(map(tuple, candidates.tolist()))
    pairs = []
    for prospect, other in decisions:
        one = positions.get((PROSPECT, prospect))
        same_as = positions.get((PROSPECT, other), positions.get((CUSTOMER, other)))
        if one is not None and same_as is not None and (one, same_as) not in known:
            pairs.append((one, same_as))
    return np.array(pairs, dtype=np.int64).reshape(len(pairs), 2)


def _score(
    population: Population, candidates: Pairs, decided: Pairs
) -> tuple[dict[str, MatchModel], dict[tuple[int, int], ScoredPair]]:
    """One model for pairs with customers and one for pairs of prospects, each fitted on its candidates alone, and the
    score of every candidate and decided pair."""
    companies, adjustments = population.companies, city_adjustments(population.cities)
    positions = np.vstack([candidates.reshape(len(candidates), 2), decided])
    vectors = [comparison_vector(companies[a], companies[b], population.vocabulary) for a, b in positions]
    levels = np.array(vectors, dtype=np.int64).reshape(len(positions), len(COMPARISONS))
    with_customer = np.array([companies[other].kind == CUSTOMER for _, other in positions], dtype=bool)
    is_candidate = np.arange(len(positions)) < len(candidates)
    models: dict[str, MatchModel] = {}
    scored: dict[tuple[int, int], ScoredPair] = {}
    for kind, chosen in ((CUSTOMER, with_customer), (PROSPECT, ~with_customer)):
        models[kind] = fit(levels[chosen & is_candidate], _LEVEL_COUNTS, anchor=NAME)
        cities = [companies[one].city for one, _ in positions[chosen]]
        points = pair_points(levels[chosen], cities, models[kind], adjustments)
        for (one, other), vector, bits in zip(positions[chosen].tolist(), levels[chosen].tolist(), points, strict=True):
            scored[one, other] = ScoredPair(tuple(vector), float(bits))
    return models, scored


def _weight_rows(models: Mapping[str, MatchModel]) -> Rows:
    return [
        {"same_as_kind": kind, "evidence": comparison.name, "level": level, "share": model.match_share,
         "among_same": model.m[place][nth], "among_others": model.u[place][nth]}
        for kind, model in models.items()
        for place, comparison in enumerate(COMPARISONS) for nth, level in enumerate(comparison.levels)
    ]  # fmt: skip


def _frequency_rows(population: Population) -> Rows:
    words = population.vocabulary
    frequencies = (
        ("word", words.frequency), ("variety", words.variety), ("city", population.cities),
        ("all", {"": words.companies}),
    )  # fmt: skip
    return [
        {"what": what, "value": value, "companies": n} for what, counts in frequencies for value, n in counts.items()
    ]
