"""What the search tries on one table: every representation by every algorithm by several sizes, floors kept.

A table with more than MATRIX_UP_TO distinct rows is searched in a seeded sample of them, heavier rows more often; the
others then go to the segment nearest on average.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from b2shift.differentiate.segments import exchange, hierarchy, reshape
from b2shift.differentiate.segments.distinct import Distinct, Integers
from b2shift.differentiate.segments.floored import drawn, everyone, largest_first, margin
from b2shift.differentiate.segments.mixture import gaussian_mixture
from b2shift.differentiate.segments.nearest_means import k_means
from b2shift.differentiate.segments.pairwise import Pairwise, Partition
from b2shift.differentiate.segments.refine import MATRIX_UP_TO, by_rules, dense_labels
from b2shift.differentiate.segments.representations import SCALED, representations
from b2shift.differentiate.segments.rules import Questions
from b2shift.differentiate.segments.view import View

KMEANS, MIXTURE, DENSITY, WARD = "kmeans", "gaussian_mixture", "hdbscan_kmeans", "hierarquico"
RULES, MOVED_RULES = "regras", "regras_ajustadas"
ALGORITHMS = (MOVED_RULES, RULES, KMEANS, DENSITY, WARD, MIXTURE)
COLUMNS = "colunas"
"""The representation of rules: the columns themselves."""


@dataclass(frozen=True)
class Trial:
    """One cell of the search."""

    representation: str
    algorithm: str
    k: int


class Searched:
    """One table under search: its spaces, distances and trees, each made when first asked for."""

    def __init__(self, view: View, floor: float, seed: int) -> None:
        self.view, self.floor, self.seed = view, floor, seed
        whole = len(view.distinct.rows) <= MATRIX_UP_TO
        self.seen: Integers | None = None if whole else drawn(view.points, seed)
        self._trees: dict[tuple[str, str], Integers] = {}
        self._rules: dict[int, Partition] = {}

    @cached_property
    def pairs(self) -> Pairwise:
        """Distances in the common space."""
        return Pairwise(self._part(self.view.points), margin(self.floor, self.seen is None))

    @cached_property
    def asked(self) -> Questions:
        """Yes/no questions about the columns of the rows searched."""
        return Questions(self.pairs, self._raw)

    @property
    def _raw(self) -> Distinct:
        return self._part(self.view.distinct)

    @cached_property
    def forms(self) -> dict[str, Distinct]:
        """The representations of the rows searched."""
        return {name: self._part(points) for name, points in representations(self.view).items()}

    def trials(self, sizes: Sequence[int]) -> list[Trial]:
        """All there is to try: plain kinds at every size first, then others in the common form, then other forms."""
        plain = [(COLUMNS, MOVED_RULES), (COLUMNS, RULES), (SCALED, KMEANS)]
        others = [(SCALED, algorithm) for algorithm in (DENSITY, WARD, MIXTURE)]
        rest = [(form, algorithm) for form in self.forms if form != SCALED for algorithm in ALGORITHMS[2:]]
        fit = [k for k in sizes if k <= len(self.pairs.weights) and k * self.floor <= 1]
        return [Trial(form, algorithm, k) for kinds in (plain, others, rest) for k in fit for form, algorithm in kinds]

    def labels(self, trial: Trial) -> Integers:
        """Segments of all distinct rows, 0 the largest; fewer than asked where the floor leaves no room."""
        found = self._found(trial)
        if self.seen is None:
            return largest_first(self.view.points, found.labels)
        return everyone(self.view.points, self.seen, found.labels, self.floor)

    def _found(self, trial: Trial) -> Partition:
        if trial.algorithm in (RULES, MOVED_RULES):
            if trial.k not in self._rules:
                self._rules[trial.k] = by_rules(self.asked, self._raw, trial.k)
            rules = self._rules[trial.k]
            return rules if trial.algorithm == RULES else exchange.exchanged(self.pairs, self.asked, rules)
        start = reshape.to_k(self.pairs, self._start(self.forms[trial.representation], trial), trial.k)
        return exchange.settled(self.pairs, self.asked, start)

    def _start(self, points: Distinct, trial: Trial) -> Integers:
        more = min(int(np.ceil(1.5 * trial.k)), len(points.rows))
        if trial.algorithm == KMEANS:
            return k_means(points, more, seed=self.seed, starts=10)[0]
        if trial.algorithm == MIXTURE:
            return gaussian_mixture(points, min(trial.k, len(points.rows)), seed=self.seed, starts=1)[0]
        key = (trial.representation, trial.algorithm)
        if key not in self._trees:
            ward = trial.algorithm == WARD
            self._trees[key] = hierarchy.merges_of(points) if ward else dense_labels(points, self.floor)
        return hierarchy.cut(self._trees[key], more) if trial.algorithm == WARD else self._trees[key]

    def _part(self, points: Distinct) -> Distinct:
        return points if self.seen is None else points.part(self.seen)
