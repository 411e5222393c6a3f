"""What the search tries on one table: every representation by every algorithm by several sizes, floors kept.

A table with more than MATRIX_UP_TO distinct rows is searched in a seeded sample of them, heavier rows more often; the
others then go to the segment nearest on average.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from b2shift.differentiate.segments import exchange, hierarchy, latent, reshape
from b2shift.differentiate.segments.distinct import Distinct, Integers
from b2shift.differentiate.segments.floored import SAMPLE, drawn, everyone, largest_first, margin
from b2shift.differentiate.segments.latent import Grouping, Told, described
from b2shift.differentiate.segments.measures import OTHERS
from b2shift.differentiate.segments.mixture import gaussian_mixture
from b2shift.differentiate.segments.nearest_means import k_means, path
from b2shift.differentiate.segments.pairwise import Pairwise, Partition, unhurried
from b2shift.differentiate.segments.refine import MATRIX_UP_TO, by_rules, dense_labels
from b2shift.differentiate.segments.representations import MIXED, SCALED, representations
from b2shift.differentiate.segments.rules import Questions
from b2shift.differentiate.segments.variables import BANDS
from b2shift.differentiate.segments.view import View

KMEANS, MIXTURE, DENSITY, WARD = "kmeans", "gaussian_mixture", "hdbscan_kmeans", "hierarquico"
MOVED_KMEANS = "kmeans_ajustado"
"""K-Means whose segments were also exchanged: tighter and less steady."""
LATENT = "perfis_latentes"
"""Groups that tell their own number; tried at that number only, and not at all where there are none."""
RULES, BLOCK_RULES, SETTLED_RULES, MOVED_RULES = "regras", "regras_em_blocos", "regras_assentadas", "regras_ajustadas"
"""Segments that are rules; these exchanged and moved in blocks of one answer; instead single rows moved; and both."""
BY_RULES = (MOVED_RULES, SETTLED_RULES, BLOCK_RULES, RULES)
FEW = 20
"""Numbers of segments up to which K-Means is asked where it is tightest."""
KEPT_SHARE = 0.8
"""Share of the rows in each refit that tells the stability."""
COLUMNS = "colunas"
"""The representation of rules: the columns themselves."""


@dataclass(frozen=True)
class Trial:
    """One cell of the search."""

    representation: str
    algorithm: str
    k: int


class Searched:
    """One table under search: its spaces, distances and trees, each made when first asked for.

    `heed` is called again and again while a trial goes on, and may raise to stop it.
    """

    def __init__(
        self, view: View, floor: float, seed: int, sample: int = SAMPLE, heed: Callable[[], None] = unhurried
    ) -> None:
        self.view, self.floor, self.seed, self.heed = view, floor, seed, heed
        whole = len(view.distinct.rows) <= MATRIX_UP_TO * sample / SAMPLE
        self.seen: Integers | None = None if whole else drawn(view.distinct, seed, sample)
        self._trees: dict[tuple[str, str], Integers] = {}
        self._rules: dict[int, Partition] = {}

    @cached_property
    def pairs(self) -> Pairwise:
        """Distances in the common space."""
        return Pairwise(self._part(self.view.points), margin(self.floor, self.seen is None), self.heed)

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

    def tightest(self, most: int) -> list[int]:
        """The numbers of segments up to `most` at which K-Means is tighter than at one less or more, tightest first."""
        sizes = [labels for labels, _ in path(self._part(self.view.points), most + 1)][1:]
        tight = [self.pairs.partition(labels).silhouette for labels in sizes]
        around = [-1.0, *tight, -1.0 if len(tight) < most else np.inf]
        peaks = [i for i in range(len(tight)) if around[i + 1] >= max(around[i], around[i + 2])]
        return [2 + i for i in sorted(peaks, key=lambda i: -tight[i])]

    @cached_property
    def groupings(self) -> dict[int, Grouping]:
        """Groups whose variables are independent, by how many there are."""
        points = self.forms.get(MIXED, self.forms[SCALED])
        rows = described(self._raw, self.view.variables)
        found = latent.path(rows, points, floor=self.pairs.floor, seed=self.seed, heed=self.heed)
        return {one.k: one for one in found}

    @property
    def told(self) -> Told:
        """How many groups the rows themselves tell, and how surely."""
        return latent.told(self.groupings, self.pairs.weights)

    def trials(self, sizes: Sequence[int], kinds: Sequence[tuple[str, str]] = (), groups: int = 1) -> list[Trial]:
        """All there is to try, most promising first: kinds that suit the columns.

        So many `groups` that tell their own number come before all. Categories are told apart by rules first, by the
        quick kinds of every size before the slow ones; numbers by centres, where K-Means is tightest before all (of
        categories after the first size); other forms come last.
        Where kinds are given, only these.
        """
        if kinds:
            return [Trial(*kind, k) for k in sizes if self.has_room(k) for kind in kinds]
        tight, of_categories = self.tightest(FEW), self._of_categories
        told = [groups] if groups > 1 else []
        ordered = (*sizes[:1], *told, *tight[:1], *sizes[1:], *tight) if of_categories else (*told, *tight, *sizes)
        fit = [k for k in dict.fromkeys(ordered) if self.has_room(k)]
        rules, centres = [(COLUMNS, algorithm) for algorithm in BY_RULES], [(SCALED, KMEANS), (SCALED, MOVED_KMEANS)]
        others = [(SCALED, algorithm) for algorithm in (DENSITY, WARD, MIXTURE)]
        rest = [
            (form, algorithm) for form in self.forms if form != SCALED for algorithm in (KMEANS, DENSITY, WARD, MIXTURE)
        ]
        slow = [(COLUMNS, MOVED_RULES), (COLUMNS, SETTLED_RULES), (SCALED, MOVED_KMEANS)]
        quick = [(COLUMNS, BLOCK_RULES), (SCALED, KMEANS)]
        rounds = ([(COLUMNS, RULES)], quick, slow, others, rest) if of_categories else (centres, others, rules, rest)
        first = [Trial(COLUMNS, LATENT, k) for k in told]
        first += [] if of_categories else [Trial(SCALED, KMEANS, k) for k in tight if k in fit]
        return list(dict.fromkeys([*first, *(Trial(*kind, k) for kinds in rounds for k in fit for kind in kinds)]))

    def has_room(self, k: int) -> bool:
        """Whether the rows and the floor leave room for so many segments."""
        return k <= len(self.pairs.weights) and k * self.floor <= 1

    @property
    def _of_categories(self) -> bool:
        """Whether most variables have few values."""
        rows = self._raw.rows
        few = [len(columns) > 1 or len(np.unique(rows[:, columns[0]])) <= BANDS for columns in self.view.variables]
        return sum(few) >= len(few) / 2

    def labels(self, trial: Trial) -> Integers:
        """Segments of all distinct rows, 0 the largest; fewer than asked where the floor leaves no room."""
        found = self._found(trial)
        if self.seen is None:
            return largest_first(self.view.points, found.labels)
        return everyone(self.view.points, self.seen, found.labels, self.floor)

    def silhouette(self, labels: Integers) -> float:
        """Mean silhouette of labels of all distinct rows, on the rows searched."""
        return self.pairs.partition(labels if self.seen is None else labels[self.seen]).silhouette

    def _found(self, trial: Trial) -> Partition:
        if trial.algorithm in BY_RULES:
            if trial.k not in self._rules:
                self._rules[trial.k] = by_rules(self.asked, self._raw, trial.k)
            rules = self._rules[trial.k]
            if trial.algorithm == RULES:
                return rules
            further = {
                BLOCK_RULES: exchange.in_blocks,
                SETTLED_RULES: exchange.topped,
                MOVED_RULES: exchange.exchanged,
            }
            return further[trial.algorithm](self.pairs, self.asked, rules)
        if trial.algorithm == LATENT:
            nearest = min(self.groupings, key=lambda k: abs(k - trial.k))
            return reshape.above_floor(self.pairs, self.pairs.partition(self.groupings[nearest].labels))
        start = reshape.to_k(self.pairs, self._start(self.forms[trial.representation], trial), trial.k)
        improve = exchange.exchanged if trial.algorithm == MOVED_KMEANS else exchange.settled
        return improve(self.pairs, self.asked, start)

    def _start(self, points: Distinct, trial: Trial) -> Integers:
        more = min(int(np.ceil(1.5 * trial.k)), len(points.rows))
        if trial.algorithm in (KMEANS, MOVED_KMEANS):
            return k_means(points, more, seed=self.seed, starts=10)[0]
        if trial.algorithm == MIXTURE:
            return gaussian_mixture(points, min(trial.k, len(points.rows)), seed=self.seed, starts=1)[0]
        key = (trial.representation, trial.algorithm)
        if key not in self._trees:
            ward = trial.algorithm == WARD
            self._trees[key] = hierarchy.merges_of(points) if ward else dense_labels(points, self.floor)
        return hierarchy.cut(self._trees[key], more) if trial.algorithm == WARD else self._trees[key]

    def refitted(self, refit: int) -> Integers:
        """The customers of a refit: most of all, or of those of OTHERS distinct rows, those searched among them."""
        among = np.arange(self.view.count)
        if len(self.view.distinct.rows) > OTHERS:
            chosen = np.zeros(len(self.view.distinct.rows), bool)
            chosen[drawn(self.view.distinct, self.seed, OTHERS)] = True
            among = np.flatnonzero(chosen[self.view.distinct.owner])
        rng = np.random.default_rng([self.seed, refit])
        return np.sort(rng.choice(among, max(2, int(KEPT_SHARE * len(among))), replace=False))

    def _part(self, points: Distinct) -> Distinct:
        return points if self.seen is None else points.part(self.seen)
