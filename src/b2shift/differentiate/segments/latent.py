"""Groups that tell their own number: each has its own means of numbers and its own shares of categories.

A mixture in which the variables of a group are independent (latent profiles of numbers, latent classes of categories:
Lazarsfeld and Henry 1968). How many groups: the integrated classification likelihood (Biernacki, Celeux and Govaert
2000), which counts what a further group costs to describe and how unsurely it is told from the others.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from b2shift.differentiate.segments.distinct import Distinct, Floats, Integers
from b2shift.differentiate.segments.measures import one_hot
from b2shift.differentiate.segments.nearest_means import k_means
from b2shift.differentiate.segments.pairwise import unhurried

MOST = 24
"""Groups the path starts from."""
FEW_VALUES = 10
"""Different values up to which a column of numbers is a category."""
NARROWEST = 0.005
"""Variance within a group at least, of a column whose variance is 1."""
_SKEWED = 1.5
_BEFOREHAND = 0.5
"""Rows that each group counts beforehand, spread as everybody's levels are."""
_STEPS, _RISE = 60, 1e-4


@dataclass(frozen=True)
class Described:
    """Rows as numbers (mean 0, variance 1) and as categories (a column of 0 and 1 for each level).

    `known` is 1 where a number is there; where it is not the number is 0.
    """

    numbers: Floats
    known: Floats
    levels: Floats
    categories: int
    weights: Floats

    @property
    def total(self) -> float:
        """Customers."""
        return float(self.weights.sum())

    def parameters(self, k: int) -> float:
        """Numbers that describe k groups: shares, means, variances, chances of levels."""
        return k - 1 + k * (2 * self.numbers.shape[1] + self.levels.shape[1] - self.categories)


@dataclass(frozen=True)
class Grouping:
    """Chance of each group for each distinct row (rows x k)."""

    chances: Floats
    worth: float
    """Integrated classification likelihood: higher is better."""

    @property
    def k(self) -> int:
        """Groups."""
        return self.chances.shape[1]

    @property
    def labels(self) -> Integers:
        """The likeliest group of each distinct row."""
        best: Integers = self.chances.argmax(axis=1)
        return best


@dataclass(frozen=True)
class Told:
    """The number of groups that describe the rows best, and how much better than a single one, in nats a row.

    `repeated` = the same by what it takes to name the group of a row: at 1 two halves of the columns could each tell
    the group, as a rule; where one column is the group and the others hardly know of it, it is near 0.
    """

    k: int
    gain: float
    named: float

    def beyond(self, by_chance: "Told") -> "Told":
        """The same, less what is gained where every variable is shuffled."""
        return Told(self.k, self.gain - by_chance.gain, self.named)

    @property
    def repeated(self) -> float:
        """Times over that the columns tell the group of a row, beyond the first."""
        return self.gain / self.named if self.named > 0 else 0.0


def told(groupings: Mapping[int, Grouping], weights: Floats) -> Told:
    """What the best of the groupings (by their numbers of groups, 1 among them) tells."""
    best = max(groupings.values(), key=lambda one: one.worth)
    share = weights @ best.chances / weights.sum()
    gain = (best.worth - groupings[1].worth) / float(weights.sum())
    return Told(best.k, gain, -float(share @ np.log(np.maximum(share, 1e-300))))


def described(raw: Distinct, variables: tuple[tuple[int, ...], ...]) -> Described:
    """The distinct rows as numbers and categories; `variables` lists the columns of each."""
    numbers: list[Floats] = []
    known: list[Floats] = []
    levels: list[Floats] = []
    for columns in variables:
        one_of = len(columns) > 1 and all(len(np.unique(raw.rows[:, column])) <= 2 for column in columns)
        for part in [list(columns)] if one_of else [[column] for column in columns]:
            values, codes = np.unique(raw.rows[:, part], axis=0, return_inverse=True)
            if len(values) > (len(part) + 1 if one_of else FEW_VALUES):
                there = [_there(raw.rows, column) for column in part]
                known += there
                numbers += [_standardised(raw.rows[:, c], raw.weights * k) for c, k in zip(part, there, strict=True)]
            elif len(values) > 1:
                levels.append(one_hot(codes.reshape(-1), len(values)))
    beside = [np.column_stack(told) if told else np.zeros((len(raw.rows), 0)) for told in (numbers, known, levels)]
    return Described(beside[0], beside[1], beside[2], len(levels), raw.weights)


def _there(rows: Floats, column: int) -> Floats:
    """1 where a number is known: 0 where the flag beside it is up and all such rows have the same value filled in."""
    there = np.ones(len(rows))
    if column + 1 < rows.shape[1]:
        flag = rows[:, column + 1]
        gap = flag == 1
        if gap.any() and set(np.unique(flag)) == {0.0, 1.0} and np.ptp(rows[gap, column]) == 0:
            there[gap] = 0.0
    return there


def path(
    rows: Described, points: Distinct, *, floor: float, seed: int, heed: Callable[[], None] = unhurried
) -> Iterator[Grouping]:
    """The best groupings found with fewer and fewer groups, down to one; none holds less than `floor` of all.

    Many groups to begin with, of K-Means in `points`; then the two whose union costs least likelihood become one.
    """
    heed()
    most = max(1, min(MOST, len(rows.weights) // 4, int(1 / floor) if floor else MOST))
    labels, _ = k_means(points, most, seed=seed, starts=3)
    chances = _settled(rows, one_hot(labels, most), heed)
    while True:
        sizes = rows.weights @ chances
        if chances.shape[1] == 1 or sizes.min() >= floor * rows.total:
            yield _grouping(rows, chances)
        if chances.shape[1] == 1:
            return
        chances = _settled(rows, _joined(rows, chances, sizes, floor), heed)


def _settled(rows: Described, chances: Floats, heed: Callable[[], None]) -> Floats:
    """Expectation and maximisation until the mean log-likelihood gains less than _RISE."""
    before = -np.inf
    for _ in range(_STEPS):
        heed()
        chances, level = _expected(_log_joint(rows, chances))
        reached = float(rows.weights @ level / rows.total)
        if reached - before < _RISE:
            break
        before = reached
    return chances


def _log_joint(rows: Described, chances: Floats) -> Floats:
    """log p(row, group) under the groups that these chances describe (rows x k)."""
    held = chances * rows.weights[:, None]
    sizes = held.sum(axis=0) + 1e-9
    told: Floats = rows.levels @ np.log(_likely(rows, held, sizes)).T + np.log(sizes / sizes.sum())
    if rows.numbers.shape[1]:
        means, spread = _moments(*_sums(rows, held))
        precise = 1 / spread
        squared = rows.numbers**2 @ precise.T - 2 * rows.numbers @ (means * precise).T
        told -= 0.5 * (squared + rows.known @ (means**2 * precise + np.log(2 * np.pi * spread)).T)
    return told


def _sums(rows: Described, held: Floats) -> tuple[Floats, Floats, Floats]:
    """Of each number in each group (k x numbers): how many are known, their sum, and that of their squares."""
    return held.T @ rows.known, held.T @ rows.numbers, held.T @ rows.numbers**2


def _likely(rows: Described, held: Floats, sizes: Floats) -> Floats:
    """Chance of each level in each group (k x levels)."""
    overall = rows.weights @ rows.levels / rows.total
    likely: Floats = (held.T @ rows.levels + _BEFOREHAND * overall) / (sizes + _BEFOREHAND)[:, None]
    return np.maximum(likely, 1e-12)


def _moments(many: Floats, first: Floats, second: Floats) -> tuple[Floats, Floats]:
    many = np.maximum(many, 1e-9)
    means = first / many
    return means, np.maximum(second / many - means**2, NARROWEST)


def _expected(joint: Floats) -> tuple[Floats, Floats]:
    top = joint.max(axis=1, keepdims=True)
    chances = np.exp(joint - top)
    total = chances.sum(axis=1, keepdims=True)
    return chances / total, (np.log(total) + top)[:, 0]


def _joined(rows: Described, chances: Floats, sizes: Floats, floor: float) -> Floats:
    """Two groups made one: those whose union costs least; one of them below the floor as long as any is."""
    held = chances * rows.weights[:, None]
    sums = (sizes[:, None], held.T @ rows.levels, *_sums(rows, held))
    left, right = np.triu_indices(len(sizes), 1)
    small = sizes < floor * rows.total
    if small.any():
        among = small[left] | small[right]
        left, right = left[among], right[among]
    apart, both = _fit(*sums), _fit(*(one[left] + one[right] for one in sums))
    at = int((both - apart[left] - apart[right]).argmax())
    kept, gone = int(left[at]), int(right[at])
    joined = chances.copy()
    joined[:, kept] += joined[:, gone]
    return np.delete(joined, gone, axis=1)


def _fit(sizes: Floats, counts: Floats, many: Floats, first: Floats, second: Floats) -> Floats:
    """Log-likelihood of the rows of each group under its own description and share, up to a constant of all rows."""
    sizes = np.maximum(sizes, 1e-9)
    likely = np.log(np.maximum(counts / sizes, 1e-12))
    spread = np.log(_moments(many, first, second)[1])
    fit: Floats = (sizes * np.log(sizes))[:, 0] + (counts * likely).sum(axis=1) - 0.5 * (many * spread).sum(axis=1)
    return fit


def _grouping(rows: Described, chances: Floats) -> Grouping:
    chances, level = _expected(_log_joint(rows, chances))
    # log-likelihood less the entropy of the hard labels' doubt, less half the parameters by log n
    doubt = -(chances * np.log(np.maximum(chances, 1e-300))).sum(axis=1)
    cost = 0.5 * rows.parameters(chances.shape[1]) * np.log(rows.total)
    return Grouping(chances, float(rows.weights @ (level - doubt)) - cost)


def _standardised(column: Floats, weights: Floats) -> Floats:
    """Mean 0, variance 1 of the rows that weigh; of the logarithm where a column without negatives has a long tail."""
    scaled, skew = _scaled(column, weights)
    if skew > _SKEWED and column.min() >= 0:
        logged, bent = _scaled(np.log1p(column), weights)
        return logged if abs(bent) < skew / 2 else scaled
    return scaled


def _scaled(column: Floats, weights: Floats) -> tuple[Floats, float]:
    """Rows that weigh nothing are 0; and the skewness."""
    share = weights / weights.sum()
    centred = np.where(weights > 0, column - share @ column, 0.0)
    scaled = centred / max(float(np.sqrt(share @ centred**2)), 1e-12)
    return scaled, float(share @ scaled**3)
