"""The search: finds candidates first, then measures which of them hold.

Within a time limit for any table, or exhaustively and reproducibly in a run of the product. On interruption or timeout
the results so far are kept.
"""

import time
from collections.abc import Callable
from dataclasses import replace
from math import inf

import numpy as np

from b2shift.differentiate.segments import measures
from b2shift.differentiate.segments.candidates import Candidate, Outcomes, explainability
from b2shift.differentiate.segments.checkpoint import Checkpoint
from b2shift.differentiate.segments.distinct import Distinct, Integers
from b2shift.differentiate.segments.latent_classes import GroupEvidence
from b2shift.differentiate.segments.preset_declarations import RULES, Preset, score
from b2shift.differentiate.segments.representations import SCALED
from b2shift.differentiate.segments.search_plan import (
    Deadline,
    Report,
    SearchPlan,
    SearchState,
)
from b2shift.differentiate.segments.search_space import (
    BLOCK_RULES,
    BY_RULES,
    COLUMNS,
    KMEANS,
    LATENT,
    SearchSpace,
    Trial,
)
from b2shift.differentiate.segments.selection import dominates
from b2shift.differentiate.segments.view import View

FINDING_SHARE = 0.45
"""Share of the time for finding candidates; the rest measures stability."""
FINDING_LIMIT, MEASURING_LIMIT, GRACE_SECONDS = 0.75, 1.6, 2.0
"""Shares of the time at which a trial, or a measurement, in progress is aborted; the latter has some seconds more, so
that a small table always has one."""
NO_GROUPS = GroupEvidence(1, 0.0, 0.0)
"""No latent classes."""
MIN_GROUP_GAIN = 0.2
"""Nats per row by which latent classes must beat the shuffled null."""
MIN_FIRST_AGREEMENT = 0.6
"""Agreement of the first two refits below which no more are made."""
STABILITY_GAP = 0.05
"""The same relative to the stability asked for, once something has reached it."""
REFIT_NOISE = 0.02
"""Stability below the minimum within which rules at this k are still worth refining: refits vary as much."""


def search(
    view: View,
    outcomes: Outcomes,
    plan: SearchPlan,
    *,
    floor: float,
    seed: int,
    report: Report,
    checkpoint: Checkpoint | None = None,
) -> SearchState:
    """Search the view by the plan; outcomes (per row) add how much of them segments explain.

    Candidates the preset may choose are measured first. `checkpoint` holds results of an earlier search of the same
    rows.
    """
    clock, state = Deadline(plan, report), SearchState()
    table = SearchSpace(view, floor, seed, plan.sample, clock.check_deadline)
    null = SearchSpace(view.shuffled(np.random.default_rng(seed)), floor, seed, plan.sample, clock.check_deadline)
    try:
        evidence = NO_GROUPS
        if not plan.kinds:
            _quickest_trial(table, state, outcomes, clock, checkpoint)
            with clock.limit(FINDING_SHARE):
                evidence = _group_evidence(table, null)
        with clock.limit(FINDING_LIMIT if state.candidates else inf):
            _run_trials(table, state, outcomes, clock, checkpoint, evidence)
        with clock.limit(MEASURING_LIMIT, GRACE_SECONDS):
            _measure_stability(
                table,
                null,
                state,
                clock,
                lambda trial: _run_trial(table, trial, state, outcomes, clock, checkpoint, evidence),
            )
    except KeyboardInterrupt:
        state.interrupted = True
    if table.sampled is not None:
        _silhouettes_on_all_rows(table, state)
    _null_silhouettes(null, state)
    return state


def _group_evidence(table: SearchSpace, null: SearchSpace) -> GroupEvidence:
    """Evidence for latent classes beyond the shuffled null; NO_GROUPS where it is weak."""
    evidence = table.group_evidence.minus_chance(null.group_evidence)
    return evidence if evidence.gain >= MIN_GROUP_GAIN else NO_GROUPS


def _quickest_trial(
    table: SearchSpace, state: SearchState, outcomes: Outcomes, clock: Deadline, checkpoint: Checkpoint | None
) -> None:
    """The fastest trial first: an early interruption keeps something."""
    fewest = min((k for k in clock.plan.sizes if clock.plan.allows(k) and table.has_room(k)), default=None)
    if fewest is not None:
        _run_trial(table, Trial(SCALED, KMEANS, fewest), state, outcomes, clock, checkpoint)


def _run_trials(
    table: SearchSpace,
    state: SearchState,
    outcomes: Outcomes,
    clock: Deadline,
    checkpoint: Checkpoint | None,
    evidence: GroupEvidence,
) -> None:
    plan = clock.plan
    trials = [trial for trial in table.trials(plan.sizes, plan.kinds, evidence.k) if plan.allows(trial.k)]
    state.trials = len(trials)
    for index, trial in enumerate(trials):
        if index and state.candidates and clock.spent > FINDING_SHARE * plan.seconds:
            break
        if trial not in state.candidates:
            _run_trial(table, trial, state, outcomes, clock, checkpoint, evidence)


def _run_trial(
    table: SearchSpace,
    trial: Trial,
    state: SearchState,
    outcomes: Outcomes,
    clock: Deadline,
    checkpoint: Checkpoint | None,
    evidence: GroupEvidence | None = None,
) -> None:
    clock.report(clock.spent, f"{trial.algorithm} {trial.representation} {trial.k}")
    candidate = _candidate(table, trial, outcomes, checkpoint)
    if candidate is not None and clock.plan.allows(candidate.k):
        redundancy = evidence.redundancy if evidence and trial.algorithm == LATENT else None
        state.candidates[trial] = replace(candidate, redundancy=redundancy)


def _trial_labels(table: SearchSpace, trial: Trial, checkpoint: Checkpoint | None) -> tuple[Integers, float]:
    """Labels of the distinct rows and the seconds they took, computed or from the checkpoint."""
    saved = checkpoint.get(repr(trial)) if checkpoint else None
    if saved is not None:
        return saved
    started = time.perf_counter()
    labels = table.labels(trial)
    seconds = time.perf_counter() - started
    if checkpoint:
        checkpoint.put(repr(trial), labels, seconds)
    return labels, seconds


def _candidate(table: SearchSpace, trial: Trial, outcomes: Outcomes, checkpoint: Checkpoint | None) -> Candidate | None:
    """The candidate of a trial; None where the minimum size leaves one segment."""
    row_labels, seconds = _trial_labels(table, trial, checkpoint)
    view = table.view
    k = int(row_labels.max()) + 1
    labels = row_labels.astype(np.min_scalar_type(-k))[view.distinct.inverse]
    smallest = float(view.distinct.shares(row_labels, k).min())
    if k < 2 or smallest < table.floor - 1e-12:
        return None
    churn, mrr = outcomes.explained(labels)
    return Candidate(
        view=view.name,
        representation=trial.representation,
        algorithm=trial.algorithm,
        labels=labels,
        silhouette=table.silhouette(row_labels),
        davies_bouldin=measures.davies_bouldin(view.points, row_labels),
        calinski_harabasz=measures.calinski_harabasz(view.points, row_labels),
        null_silhouette=None,
        stability=None,
        smallest_share=smallest,
        explainability=explainability(view, labels, table.seed),
        churn_explained=churn,
        mrr_explained=mrr,
        seconds=seconds,
    )


def _measure_stability(
    table: SearchSpace, null: SearchSpace, state: SearchState, clock: Deadline, run_trial: Callable[[Trial], None]
) -> None:
    """Stability and null silhouette of as many candidates as plan and time allow, at least one.

    Most promising first, or in the order found. `run_trial` finds what was not tried yet.
    """
    plan, stability = clock.plan, _StabilityMeasurement(table, null, state, clock)
    if plan.in_order or plan.kinds:
        ordered = list(state.candidates) if plan.in_order else _by_promise(state.candidates, plan.criteria)
        for trial in ordered[: plan.max_measured]:
            stability.measure(trial)
        return
    postponed = []
    for trial in _by_promise(state.candidates, plan.criteria):
        if trial.algorithm in BY_RULES:
            stability.measure(replace(trial, algorithm=RULES))
        if trial.algorithm not in BY_RULES or stability.may_be_stable(trial.k):
            stability.measure_with_blocks(trial, run_trial)
        else:
            postponed.append(trial)
    for trial in postponed:
        stability.measure(trial)


class _StabilityMeasurement:
    """Refits of candidates, and which k are stable."""

    def __init__(self, table: SearchSpace, null: SearchSpace, state: SearchState, clock: Deadline) -> None:
        self.null, self.state, self.clock = null, state, clock
        clock.check_deadline()
        view, plan = table.view, clock.plan
        row_sets = [table.refit_rows(refit) for refit in range(plan.refits)]
        self.refits = [
            (subset, SearchSpace(view.take(subset), table.floor, table.seed, plan.sample, clock.check_deadline))
            for subset in row_sets
        ]
        self.stability: dict[Trial, float] = {}

    def may_be_stable(self, k: int) -> bool:
        """Whether the rules at this k are about as stable as asked, or not measured.

        Refinements by row moves are as stable up to some 0.01 (ADR 0333).
        """
        return self.stability.get(Trial(COLUMNS, RULES, k), 1.0) >= self.clock.plan.criteria.min_stability - REFIT_NOISE

    def measure_with_blocks(self, trial: Trial, run_trial: Callable[[Trial], None]) -> None:
        """Measure a trial; for stable rules also their block moves, while time is left."""
        rules, blocks = replace(trial, algorithm=RULES), replace(trial, algorithm=BLOCK_RULES)
        if trial == rules and rules in self.stability and not self.clock.plan.criteria.algorithms:
            cost = [
                candidate.seconds
                for other, candidate in self.state.candidates.items()
                if other.algorithm == BLOCK_RULES
            ]
            if blocks not in self.state.candidates and self._has_time(
                max(cost, default=4 * self.state.candidates[rules].seconds)
            ):
                run_trial(blocks)
            self.measure(blocks)
        self.measure(trial)

    def measure(self, trial: Trial) -> None:
        """Mean agreement of refits on subsets, once; fewer refits where the first two disagree."""
        candidate, clock, state = self.state.candidates.get(trial), self.clock, self.state
        if candidate is None or trial in self.stability or (state.measured and not self._has_time(candidate.seconds)):
            return
        clock.report(clock.spent, f"{trial.algorithm} {candidate.k}: estabilidade")
        min_stability = clock.plan.criteria.min_stability
        min_first = (
            max(MIN_FIRST_AGREEMENT, min_stability - STABILITY_GAP)
            if max(self.stability.values(), default=0.0) >= min_stability
            else MIN_FIRST_AGREEMENT
        )
        agreements: list[float] = []
        for rows, refit_search in self.refits:
            refit = refit_search.labels(trial)[refit_search.view.distinct.inverse]
            agreements.append(measures.adjusted_rand_index(candidate.labels[rows], refit))
            if clock.spent > clock.plan.seconds or (len(agreements) == 2 and np.mean(agreements) < min_first):
                break
        self.stability[trial] = float(np.mean(agreements))
        state.null_labels.append(self.null.labels(_null_trial(trial)))
        state.measured.append(replace(candidate, stability=self.stability[trial]))

    def _has_time(self, seconds: float) -> bool:
        return self.clock.spent + len(self.refits) * seconds <= self.clock.plan.seconds


def null_silhouette(view: View, k: int, *, floor: float, seed: int, sample: int) -> float:
    """Silhouette of K-Means at this k on shuffled variables, with the seed of a search."""
    null = SearchSpace(view.shuffled(np.random.default_rng(seed)), floor, seed, sample)
    return measures.silhouette(null.view.points, null.labels(Trial(SCALED, KMEANS, k)), seed=seed)


def _null_trial(trial: Trial) -> Trial:
    """The trial on shuffled variables: latent classes, which are not made to be tight, are compared with K-Means."""
    return Trial(SCALED, KMEANS, trial.k) if trial.algorithm == LATENT else trial


def _silhouettes_on_all_rows(table: SearchSpace, state: SearchState) -> None:
    """Silhouettes of a sampled search recomputed on all rows in one pass."""
    inverse, points = table.view.distinct.inverse, table.view.points
    row_labels = np.zeros(len(points.rows), np.intp)
    silhouette_of: dict[int, float] = {}
    labelings = []
    for candidate in state.candidates.values():
        row_labels[inverse] = candidate.labels
        labelings.append(row_labels.copy())
    for candidate, value in zip(state.candidates.values(), _silhouettes(points, labelings, table.seed), strict=True):
        silhouette_of[id(candidate.labels)] = value
    state.candidates = {
        trial: replace(candidate, silhouette=silhouette_of[id(candidate.labels)])
        for trial, candidate in state.candidates.items()
    }
    state.measured = [
        replace(candidate, silhouette=silhouette_of[id(candidate.labels)]) for candidate in state.measured
    ]


def _null_silhouettes(null: SearchSpace, state: SearchState) -> None:
    """Compares each candidate with the best null silhouette of any tight algorithm at the same k.

    A single variable is the same shuffled, so that nothing can be compared.
    """
    if len(null.view.variables) < 2:
        return
    best: dict[tuple[int, bool], float] = {}
    values = _silhouettes(null.view.points, state.null_labels, null.seed)
    for candidate, value in zip(state.measured, values, strict=True):
        key = candidate.k, candidate.algorithm == LATENT
        best[key] = max(best.get(key, -1.0), value)
    state.measured = [
        replace(candidate, null_silhouette=best[candidate.k, candidate.algorithm == LATENT])
        for candidate in state.measured
    ]


def _silhouettes(points: Distinct, labelings: list[Integers], seed: int) -> list[float]:
    return measures.silhouettes(points, labelings, seed=seed) if labelings else []


def _by_promise(candidates: dict[Trial, Candidate], criteria: Preset) -> list[Trial]:
    """Candidates the preset may choose first; of these the undominated, best first."""
    names = ("silhouette", "explainability", "churn_explained", "mrr_explained", "k")
    all_candidates = list(candidates.values())
    ranked = sorted(
        candidates,
        key=lambda trial: (not criteria.fits(candidates[trial]), -score(candidates[trial], all_candidates, criteria)),
    )
    unbeaten = [
        tried for tried in ranked if not any(dominates(candidates[other], candidates[tried], names) for other in ranked)
    ]
    best_of: dict[tuple[str, int], Trial] = {}
    for trial in [*(tried for tried in unbeaten if criteria.fits(candidates[tried])), *ranked]:
        best_of.setdefault((trial.algorithm, candidates[trial].k), trial)
    latent = [trial for trial in ranked if criteria.prefer_groups and trial.algorithm == LATENT]
    return list(dict.fromkeys([*latent, *best_of.values()]))
