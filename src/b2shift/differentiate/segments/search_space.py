"""The search grid on one table: representation × algorithm × k, with minimum segment size.

A table with more than MATRIX_UP_TO distinct rows is searched on a seeded weighted sample; the other rows are then
assigned by mean distance.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from b2shift.differentiate.segments import exchange, hierarchy, latent_classes, merge_split
from b2shift.differentiate.segments.distinct import Distinct, Integers
from b2shift.differentiate.segments.kmeans import k_means, kmeans_path
from b2shift.differentiate.segments.latent_classes import GroupEvidence, Grouping, mixed_data
from b2shift.differentiate.segments.measures import MAX_REFERENCE
from b2shift.differentiate.segments.minimum_size import (
    SAMPLE_ROWS,
    assign_all,
    floor_of_sample,
    relabel_by_size,
    weighted_sample,
)
from b2shift.differentiate.segments.mixture import gaussian_mixture
from b2shift.differentiate.segments.partitions import PairwiseDistances, Partition, no_deadline
from b2shift.differentiate.segments.preset_declarations import RULES
from b2shift.differentiate.segments.refine import MATRIX_UP_TO, hdbscan_labels, rule_partition
from b2shift.differentiate.segments.representations import MIXED, SCALED, representations
from b2shift.differentiate.segments.rules import Questions
from b2shift.differentiate.segments.variables import BANDS
from b2shift.differentiate.segments.view import View

KMEANS, MIXTURE, DENSITY, WARD = "kmeans", "gaussian_mixture", "hdbscan_kmeans", "hierarquico"
MOVED_KMEANS = "kmeans_ajustado"
"""K-Means followed by segment exchange: tighter and less stable."""
LATENT = "perfis_latentes"
"""Latent classes with k by ICL; tried at that k only, and not at all where there are none."""
BLOCK_RULES, SETTLED_RULES, MOVED_RULES = "regras_em_blocos", "regras_assentadas", "regras_ajustadas"
"""Rule-based segments; with exchange and block moves; with single-row moves; with both."""
BY_RULES = (MOVED_RULES, SETTLED_RULES, BLOCK_RULES, RULES)
TIGHTEST_UP_TO = 20
"""k up to which K-Means is scanned for silhouette peaks."""
REFIT_SHARE = 0.8
"""Share of rows in each refit for stability."""
COLUMNS = "colunas"
"""Representation of rules: the columns themselves."""


@dataclass(frozen=True)
class Trial:
    """One cell of the search grid."""

    representation: str
    algorithm: str
    k: int


class SearchSpace:
    """What the search may try on one table; spaces, distances and trees are computed on first use.

    `check_deadline` is called repeatedly within a trial, and may raise to stop it.
    """

    def __init__(
        self,
        view: View,
        floor: float,
        seed: int,
        sample: int = SAMPLE_ROWS,
        check_deadline: Callable[[], None] = no_deadline,
    ) -> None:
        self.view, self.floor, self.seed, self.check_deadline = view, floor, seed, check_deadline
        fits = len(view.distinct.rows) <= MATRIX_UP_TO * sample / SAMPLE_ROWS
        self.sampled: Integers | None = None if fits else weighted_sample(view.distinct, seed, sample)
        self._trees: dict[tuple[str, str], Integers] = {}
        self._rules: dict[int, Partition] = {}

    @cached_property
    def pairs(self) -> PairwiseDistances:
        """Pairwise distances in the reference space."""
        return PairwiseDistances(
            self._subset(self.view.points), floor_of_sample(self.floor, self.sampled is None), self.check_deadline
        )

    @cached_property
    def questions(self) -> Questions:
        """Candidate splits on the columns of the searched rows."""
        return Questions(self.pairs, self._raw)

    @property
    def _raw(self) -> Distinct:
        return self._subset(self.view.distinct)

    @cached_property
    def representations(self) -> dict[str, Distinct]:
        """Representations of the searched rows."""
        return {name: self._subset(points) for name, points in representations(self.view).items()}

    def tightest_sizes(self, max_k: int) -> list[int]:
        """k up to `max_k` at which the K-Means silhouette peaks, tightest first."""
        sizes = [labels for labels, _ in kmeans_path(self._subset(self.view.points), max_k + 1)][1:]
        tight = [self.pairs.partition(labels).silhouette for labels in sizes]
        padded = [-1.0, *tight, -1.0 if len(tight) < max_k else np.inf]
        peaks = [i for i in range(len(tight)) if padded[i + 1] >= max(padded[i], padded[i + 2])]
        return [2 + i for i in sorted(peaks, key=lambda i: -tight[i])]

    @cached_property
    def groupings(self) -> dict[int, Grouping]:
        """Latent class models by number of classes."""
        points = self.representations.get(MIXED, self.representations[SCALED])
        rows = mixed_data(self._raw, self.view.variables)
        path = latent_classes.latent_class_path(
            rows, points, floor=self.pairs.floor, seed=self.seed, check_deadline=self.check_deadline
        )
        return {grouping.k: grouping for grouping in path}

    @property
    def group_evidence(self) -> GroupEvidence:
        """Number of latent classes by ICL, and the evidence for it."""
        return latent_classes.group_evidence(self.groupings, self.pairs.weights)

    def trials(self, sizes: Sequence[int], kinds: Sequence[tuple[str, str]] = (), groups: int = 1) -> list[Trial]:
        """All trials, most promising first, by what suits the columns; only `kinds` where given.

        Latent classes of `groups` come first. For categories rules come first, the fast ones at every size before the
        slow ones; for numbers centroid methods, at the silhouette peaks of K-Means first; other representations last.
        """
        if kinds:
            return [Trial(*kind, k) for k in sizes if self.has_room(k) for kind in kinds]
        tight, of_categories = self.tightest_sizes(TIGHTEST_UP_TO), self._of_categories
        evidence_sizes = [groups] if groups > 1 else []
        ordered = (
            (*sizes[:1], *evidence_sizes, *tight[:1], *sizes[1:], *tight)
            if of_categories
            else (*evidence_sizes, *tight, *sizes)
        )
        feasible = [k for k in dict.fromkeys(ordered) if self.has_room(k)]
        rules, centres = [(COLUMNS, algorithm) for algorithm in BY_RULES], [(SCALED, KMEANS), (SCALED, MOVED_KMEANS)]
        others = [(SCALED, algorithm) for algorithm in (DENSITY, WARD, MIXTURE)]
        other_forms = [
            (form, algorithm)
            for form in self.representations
            if form != SCALED
            for algorithm in (KMEANS, DENSITY, WARD, MIXTURE)
        ]
        slow = [(COLUMNS, MOVED_RULES), (COLUMNS, SETTLED_RULES), (SCALED, MOVED_KMEANS)]
        quick = [(COLUMNS, BLOCK_RULES), (SCALED, KMEANS)]
        tiers = (
            ([(COLUMNS, RULES)], quick, slow, others, other_forms)
            if of_categories
            else (centres, others, rules, other_forms)
        )
        first_trials = [Trial(COLUMNS, LATENT, k) for k in evidence_sizes]
        first_trials += [] if of_categories else [Trial(SCALED, KMEANS, k) for k in tight if k in feasible]
        return list(
            dict.fromkeys([*first_trials, *(Trial(*kind, k) for kinds in tiers for k in feasible for kind in kinds)])
        )

    def has_room(self, k: int) -> bool:
        """Whether k is feasible for the rows and the minimum size."""
        return k <= len(self.pairs.weights) and k * self.floor <= 1

    @property
    def _of_categories(self) -> bool:
        """Whether most variables have few levels."""
        rows = self._raw.rows
        few = [len(columns) > 1 or len(np.unique(rows[:, columns[0]])) <= BANDS for columns in self.view.variables]
        return sum(few) >= len(few) / 2

    def labels(self, trial: Trial) -> Integers:
        """Labels of all distinct rows, 0 the largest; fewer than asked where the minimum size leaves no room."""
        partition = self._partition(trial)
        if self.sampled is None:
            return relabel_by_size(self.view.points, partition.labels)
        return assign_all(self.view.points, self.sampled, partition.labels, self.floor)

    def silhouette(self, labels: Integers) -> float:
        """Mean silhouette of labels of all distinct rows, on the searched rows."""
        return self.pairs.partition(labels if self.sampled is None else labels[self.sampled]).silhouette

    def _partition(self, trial: Trial) -> Partition:
        if trial.algorithm in BY_RULES:
            if trial.k not in self._rules:
                self._rules[trial.k] = rule_partition(self.questions, self._raw, trial.k)
            rules = self._rules[trial.k]
            if trial.algorithm == RULES:
                return rules
            further = {
                BLOCK_RULES: exchange.exchange_blocks,
                SETTLED_RULES: exchange.converge_exactly,
                MOVED_RULES: exchange.exchange_segments,
            }
            return further[trial.algorithm](self.pairs, self.questions, rules)
        if trial.algorithm == LATENT:
            nearest = min(self.groupings, key=lambda k: abs(k - trial.k))
            return merge_split.merge_below_floor(self.pairs, self.pairs.partition(self.groupings[nearest].labels))
        start = merge_split.reshape_to_k(
            self.pairs, self._initial_labels(self.representations[trial.representation], trial), trial.k
        )
        improve = exchange.exchange_segments if trial.algorithm == MOVED_KMEANS else exchange.converge
        return improve(self.pairs, self.questions, start)

    def _initial_labels(self, points: Distinct, trial: Trial) -> Integers:
        oversplit = min(int(np.ceil(1.5 * trial.k)), len(points.rows))
        if trial.algorithm in (KMEANS, MOVED_KMEANS):
            return k_means(points, oversplit, seed=self.seed, starts=10)[0]
        if trial.algorithm == MIXTURE:
            return gaussian_mixture(points, min(trial.k, len(points.rows)), seed=self.seed, starts=1)[0]
        key = (trial.representation, trial.algorithm)
        if key not in self._trees:
            ward = trial.algorithm == WARD
            self._trees[key] = hierarchy.merges_of(points) if ward else hdbscan_labels(points, self.floor)
        return hierarchy.cut(self._trees[key], oversplit) if trial.algorithm == WARD else self._trees[key]

    def refit_rows(self, refit: int) -> Integers:
        """Rows of a refit: a random share of all, or of a sample of MAX_REFERENCE distinct rows."""
        pool = np.arange(self.view.count)
        if len(self.view.distinct.rows) > MAX_REFERENCE:
            chosen = np.zeros(len(self.view.distinct.rows), bool)
            chosen[weighted_sample(self.view.distinct, self.seed, MAX_REFERENCE)] = True
            pool = np.flatnonzero(chosen[self.view.distinct.inverse])
        rng = np.random.default_rng([self.seed, refit])
        return np.sort(rng.choice(pool, max(2, int(REFIT_SHARE * len(pool))), replace=False))

    def _subset(self, points: Distinct) -> Distinct:
        return points if self.sampled is None else points.subset(self.sampled)
