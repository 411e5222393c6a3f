"""Latent class and latent profile models, with the number of classes by ICL.

A mixture whose variables are independent within a class (Lazarsfeld and Henry, 1968). The integrated classification
likelihood (Biernacki, Celeux and Govaert, 2000) penalises parameters and the entropy of the assignment.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from b2shift.differentiate.segments.distinct import Distinct, Floats, Integers
from b2shift.differentiate.segments.kmeans import k_means
from b2shift.differentiate.segments.measures import one_hot
from b2shift.differentiate.segments.partitions import no_deadline

MAX_GROUPS = 24
"""Classes the path starts from."""
MAX_CATEGORY_VALUES = 10
"""Distinct values up to which a numeric column is categorical."""
MIN_VARIANCE = 0.005
"""Minimum within-class variance of a column with variance 1."""
_MAX_SKEW = 1.5
_PRIOR_ROWS = 0.5
"""Pseudo-rows of each class, distributed as the overall levels."""
_MAX_STEPS, _TOLERANCE = 60, 1e-4


@dataclass(frozen=True)
class MixedData:
    """Rows as standardised numbers and one-hot categories; `present` is 0, and the number 0, where missing."""

    numbers: Floats
    present: Floats
    levels: Floats
    categories: int
    weights: Floats

    @property
    def total(self) -> float:
        """Customers."""
        return float(self.weights.sum())

    def parameters(self, k: int) -> float:
        """Free parameters of k classes: shares, means, variances, level probabilities."""
        return k - 1 + k * (2 * self.numbers.shape[1] + self.levels.shape[1] - self.categories)


@dataclass(frozen=True)
class Grouping:
    """Class memberships of each distinct row (rows × k)."""

    memberships: Floats
    icl: float
    """Integrated classification likelihood: higher is better."""

    @property
    def k(self) -> int:
        """Groups."""
        return self.memberships.shape[1]

    @property
    def labels(self) -> Integers:
        """Most probable class of each distinct row."""
        best: Integers = self.memberships.argmax(axis=1)
        return best


@dataclass(frozen=True)
class GroupEvidence:
    """The best number of classes, and its ICL gain over one class in nats per row.

    `redundancy` = that gain over the entropy of the classes: at 1, two halves of the columns could typically each
    identify the class; near 0 where one column is the class and the others hardly depend on it.
    """

    k: int
    gain: float
    entropy: float

    def minus_chance(self, by_chance: "GroupEvidence") -> "GroupEvidence":
        """The same less the gain with every variable shuffled."""
        return GroupEvidence(self.k, self.gain - by_chance.gain, self.entropy)

    @property
    def redundancy(self) -> float:
        """Times over that the columns identify the class, beyond the first."""
        return self.gain / self.entropy if self.entropy > 0 else 0.0


def group_evidence(groupings: Mapping[int, Grouping], weights: Floats) -> GroupEvidence:
    """Evidence for the best of these models (by number of classes, 1 among them)."""
    best = max(groupings.values(), key=lambda grouping: grouping.icl)
    shares = weights @ best.memberships / weights.sum()
    gain = (best.icl - groupings[1].icl) / float(weights.sum())
    return GroupEvidence(best.k, gain, -float(shares @ np.log(np.maximum(shares, 1e-300))))


def mixed_data(raw: Distinct, variables: tuple[tuple[int, ...], ...]) -> MixedData:
    """Distinct rows as numbers and categories; `variables` lists the columns of each."""
    numbers: list[Floats] = []
    present: list[Floats] = []
    levels: list[Floats] = []
    for columns in variables:
        is_one_hot = len(columns) > 1 and all(len(np.unique(raw.rows[:, column])) <= 2 for column in columns)
        for columns_of in [list(columns)] if is_one_hot else [[column] for column in columns]:
            values, codes = np.unique(raw.rows[:, columns_of], axis=0, return_inverse=True)
            if len(values) > (len(columns_of) + 1 if is_one_hot else MAX_CATEGORY_VALUES):
                presence = [_present(raw.rows, column) for column in columns_of]
                present += presence
                numbers += [
                    _standardised(raw.rows[:, c], raw.weights * k) for c, k in zip(columns_of, presence, strict=True)
                ]
            elif len(values) > 1:
                levels.append(one_hot(codes.reshape(-1), len(values)))
    blocks = [
        np.column_stack(blocks) if blocks else np.zeros((len(raw.rows), 0)) for blocks in (numbers, present, levels)
    ]
    return MixedData(blocks[0], blocks[1], blocks[2], len(levels), raw.weights)


def _present(rows: Floats, column: int) -> Floats:
    """0 where the missing indicator beside a number is set and all such rows share one imputed value, else 1."""
    present = np.ones(len(rows))
    if column + 1 < rows.shape[1]:
        flag = rows[:, column + 1]
        missing = flag == 1
        if missing.any() and set(np.unique(flag)) == {0.0, 1.0} and np.ptp(rows[missing, column]) == 0:
            present[missing] = 0.0
    return present


def latent_class_path(
    rows: MixedData, points: Distinct, *, floor: float, seed: int, check_deadline: Callable[[], None] = no_deadline
) -> Iterator[Grouping]:
    """Models with fewer and fewer classes, down to one; none with a class below `floor`.

    Starts from K-Means in `points`; then the two classes whose merger costs least likelihood are merged, and EM
    continues.
    """
    check_deadline()
    max_groups = max(1, min(MAX_GROUPS, len(rows.weights) // 4, int(1 / floor) if floor else MAX_GROUPS))
    labels, _ = k_means(points, max_groups, seed=seed, starts=3)
    memberships = _em(rows, one_hot(labels, max_groups), check_deadline)
    while True:
        sizes = rows.weights @ memberships
        if memberships.shape[1] == 1 or sizes.min() >= floor * rows.total:
            yield _grouping(rows, memberships)
        if memberships.shape[1] == 1:
            return
        memberships = _em(rows, _merge_cheapest(rows, memberships, sizes, floor), check_deadline)


def _em(rows: MixedData, memberships: Floats, check_deadline: Callable[[], None]) -> Floats:
    """EM until the mean log-likelihood gains less than _TOLERANCE."""
    previous = -np.inf
    for _ in range(_MAX_STEPS):
        check_deadline()
        memberships, log_likelihood = _e_step(_log_joint(rows, memberships))
        mean = float(rows.weights @ log_likelihood / rows.total)
        if mean - previous < _TOLERANCE:
            break
        previous = mean
    return memberships


def _log_joint(rows: MixedData, memberships: Floats) -> Floats:
    """log p(row, class) under the parameters these memberships imply (rows × k)."""
    weighted = memberships * rows.weights[:, None]
    sizes = weighted.sum(axis=0) + 1e-9
    result: Floats = rows.levels @ np.log(_level_probabilities(rows, weighted, sizes)).T + np.log(sizes / sizes.sum())
    if rows.numbers.shape[1]:
        means, variances = _moments(*_sufficient_statistics(rows, weighted))
        precision = 1 / variances
        squared = rows.numbers**2 @ precision.T - 2 * rows.numbers @ (means * precision).T
        result -= 0.5 * (squared + rows.present @ (means**2 * precision + np.log(2 * np.pi * variances)).T)
    return result


def _sufficient_statistics(rows: MixedData, weighted: Floats) -> tuple[Floats, Floats, Floats]:
    """Count, sum and sum of squares of each number in each class (k × numbers)."""
    return weighted.T @ rows.present, weighted.T @ rows.numbers, weighted.T @ rows.numbers**2


def _level_probabilities(rows: MixedData, weighted: Floats, sizes: Floats) -> Floats:
    """Probability of each level in each class (k × levels)."""
    overall = rows.weights @ rows.levels / rows.total
    probabilities: Floats = (weighted.T @ rows.levels + _PRIOR_ROWS * overall) / (sizes + _PRIOR_ROWS)[:, None]
    return np.maximum(probabilities, 1e-12)


def _moments(known_counts: Floats, first: Floats, second: Floats) -> tuple[Floats, Floats]:
    known_counts = np.maximum(known_counts, 1e-9)
    means = first / known_counts
    return means, np.maximum(second / known_counts - means**2, MIN_VARIANCE)


def _e_step(joint: Floats) -> tuple[Floats, Floats]:
    top = joint.max(axis=1, keepdims=True)
    memberships = np.exp(joint - top)
    total = memberships.sum(axis=1, keepdims=True)
    return memberships / total, (np.log(total) + top)[:, 0]


def _merge_cheapest(rows: MixedData, memberships: Floats, sizes: Floats, floor: float) -> Floats:
    """Merge the two classes whose union costs least likelihood; one below the minimum size as long as there is any."""
    weighted = memberships * rows.weights[:, None]
    sums = (sizes[:, None], weighted.T @ rows.levels, *_sufficient_statistics(rows, weighted))
    left, right = np.triu_indices(len(sizes), 1)
    too_small = sizes < floor * rows.total
    if too_small.any():
        among = too_small[left] | too_small[right]
        left, right = left[among], right[among]
    separate, joint = (
        _group_likelihoods(*sums),
        _group_likelihoods(*(statistic[left] + statistic[right] for statistic in sums)),
    )
    cheapest = int((joint - separate[left] - separate[right]).argmax())
    into, merged = int(left[cheapest]), int(right[cheapest])
    joined = memberships.copy()
    joined[:, into] += joined[:, merged]
    return np.delete(joined, merged, axis=1)


def _group_likelihoods(sizes: Floats, counts: Floats, known_counts: Floats, first: Floats, second: Floats) -> Floats:
    """Log-likelihood of each class under its own parameters and share, up to a constant."""
    sizes = np.maximum(sizes, 1e-9)
    probabilities = np.log(np.maximum(counts / sizes, 1e-12))
    variances = np.log(_moments(known_counts, first, second)[1])
    likelihood: Floats = (
        (sizes * np.log(sizes))[:, 0]
        + (counts * probabilities).sum(axis=1)
        - 0.5 * (known_counts * variances).sum(axis=1)
    )
    return likelihood


def _grouping(rows: MixedData, memberships: Floats) -> Grouping:
    memberships, log_likelihood = _e_step(_log_joint(rows, memberships))
    # log-likelihood less the entropy of the hard labels' doubt, less half the parameters by log n
    entropy = -(memberships * np.log(np.maximum(memberships, 1e-300))).sum(axis=1)
    penalty = 0.5 * rows.parameters(memberships.shape[1]) * np.log(rows.total)
    return Grouping(memberships, float(rows.weights @ (log_likelihood - entropy)) - penalty)


def _standardised(column: Floats, weights: Floats) -> Floats:
    """Weighted z-scores; of the log where a non-negative column is skewed."""
    scaled, skew = _z_scores(column, weights)
    if skew > _MAX_SKEW and column.min() >= 0:
        logged, log_skew = _z_scores(np.log1p(column), weights)
        return logged if abs(log_skew) < skew / 2 else scaled
    return scaled


def _z_scores(column: Floats, weights: Floats) -> tuple[Floats, float]:
    """z-scores (0 where the weight is 0), and the skewness."""
    share = weights / weights.sum()
    centred = np.where(weights > 0, column - share @ column, 0.0)
    scaled = centred / max(float(np.sqrt(share @ centred**2)), 1e-12)
    return scaled, float(share @ scaled**3)
