"""What an action that people chose to take seems to bring to those it was taken on, adjusted for what was known before.

Double-robust effect on the treated with cross-fitting: a logistic regression tells from what was known before how
probable the action was (p), another what happens without it; both are fitted on other customers than those they say.
Rows without the action are weighed by p / (1 - p), so that they look like those with it, and

    effect = mean over acted (came - said) - weighted mean over the others (came - said)

is right when either regression is (Robins, Rotnitzky and Zhao 1994; cross-fitting: Chernozhukov and others 2018; with
weights that add to one: Hájek). Errors are those of sums by customer, who may stand on several dates.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from b2shift.differentiate.scores.frame import Flags, Floats
from b2shift.differentiate.scores.learners import Learned, linear, logistic
from b2shift.differentiate.scores.measures import sigmoid
from b2shift.kernel.wilson import Z95

FOLDS = 5
_CERTAIN, _LEAST = 0.95, 1e-4
_CONSTANT = 1e-5
"""Of a column's size, the spread that is only rounding."""
_FEWEST_EVENTS = 5
_PENALTY = 0.2
"""Looser than a score's: what is shrunk away here stays in the effect."""
Groups = npt.NDArray[np.intp]


@dataclass(frozen=True)
class Action:
    """Who was acted on and, said by models of other customers, how probable that was."""

    acted: Flags
    probability: Floats
    customer: Groups
    """Which customer each row is of."""

    @property
    def weight(self) -> Floats:
        """1 of those acted on; of the others p / (1 - p), so that together they look like those acted on."""
        odds = self.probability / (1 - self.probability)
        return np.where(self.acted, 1.0, odds)

    @property
    def without_a_like(self) -> float:
        """Share of those acted on whom nobody who was not is comparable to: the action was all but certain."""
        return float((self.probability[self.acted] >= _CERTAIN).mean())

    @property
    def effective(self) -> float:
        """How many equally weighted rows without the action the weighted ones are worth (Kish)."""
        weight = self.weight[~self.acted]
        return float(weight.sum() ** 2 / (weight @ weight))

    def imbalance(self, matrix: Floats) -> float:
        """The largest distance of weighted means over the columns, in standard deviations of each."""
        gaps = []
        for column in matrix.T.astype(float):
            known = np.isfinite(column)
            mine, others = known & self.acted, known & ~self.acted
            spread = float(column[known].std()) if known.any() else 0.0
            if mine.any() and others.any() and spread > _CONSTANT * max(1.0, abs(float(column[mine].mean()))):
                gap = column[mine].mean() - np.average(column[others], weights=self.weight[others])
                gaps.append(abs(float(gap)) / spread)
        return max(gaps, default=0.0)


@dataclass(frozen=True)
class Difference:
    """Effect on those acted on with its standard error; `crude` is the plain difference of the two means."""

    difference: float
    error: float
    crude: float

    @property
    def low(self) -> float:
        """Lower end of the 95 % interval."""
        return self.difference - Z95 * self.error

    @property
    def high(self) -> float:
        """Upper end of the 95 % interval."""
        return self.difference + Z95 * self.error

    @property
    def beyond_chance(self) -> bool:
        """Whether the interval leaves zero out."""
        return self.low > 0 or self.high < 0

    @property
    def sturdy(self) -> bool:
        """Whether causes that nobody recorded, if they moved it as far as all recorded ones did, would leave its sign.

        The rule of Oster (2019): selection on what is unseen as strong as that on what is seen.
        """
        nearest = min(abs(self.low), abs(self.high)) if self.beyond_chance else 0.0
        return nearest > abs(self.crude - self.difference)


def chosen(matrix: Floats, acted: Flags, customer: Groups) -> Action:
    """How probable the action was of each row."""
    said = _said_by_others(matrix, acted.astype(float), np.ones(len(acted), dtype=bool), customer)
    return Action(acted, np.clip(said, _LEAST, 1 - _LEAST), customer)


def difference(action: Action, matrix: Floats, came: Floats) -> Difference:
    """What the action seems to have brought to those it was taken on."""
    acted, weight = action.acted, action.weight
    left = came - _said_by_others(matrix, came, ~acted, action.customer)
    with_it, without = float(left[acted].mean()), float(np.average(left[~acted], weights=weight[~acted]))
    part = np.where(acted, (left - with_it) / acted.sum(), -weight * (left - without) / weight[~acted].sum())
    by_customer = np.bincount(action.customer, weights=part)
    return Difference(
        with_it - without, float(np.sqrt(by_customer @ by_customer)), float(came[acted].mean() - came[~acted].mean())
    )


def _said_by_others(matrix: Floats, happened: Floats, teaches: Flags, customer: Groups) -> Floats:
    """Probabilities by a model of the rows that teach and are of other customers."""
    said = np.zeros(len(matrix))
    for fold in range(FOLDS):
        mine = customer % FOLDS == fold
        rows = np.flatnonzero(teaches & ~mine)
        said[mine] = sigmoid(_model(matrix[rows], happened[rows]).log_odds(matrix[mine]))
    return said


def _model(matrix: Floats, happened: Floats) -> Learned:
    """A logistic regression; nothing but the rate where hardly anything happened."""
    if min(happened.sum(), len(happened) - happened.sum()) >= _FEWEST_EVENTS:
        return logistic(matrix, happened, np.ones(len(happened)), _PENALTY)
    rate, width = (happened.sum() + 0.5) / (len(happened) + 1), matrix.shape[1]
    level = float(np.log(rate / (1 - rate)))
    nothing = {"mean": [0.0] * width, "spread": [1.0] * width, "flagged": [], "shares": [0.0] * width}
    return linear({"kind": "linear", "slopes": [0.0] * width, "level": level} | nothing)
