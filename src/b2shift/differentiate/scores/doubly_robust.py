"""Effect of a treatment on the treated from observational data: doubly robust, cross-fitted.

One logistic regression gives the propensity p, another the outcome without treatment, both fitted on other customers.
Controls are weighted by p / (1 - p), and

effect = mean over treated (outcome - predicted) - weighted mean over controls (outcome - predicted)

is right when either regression is (Robins, Rotnitzky and Zhao, 1994; cross-fitting: Chernozhukov and others, 2018;
weights that sum to one: Hájek). Standard errors are clustered by customer, who may appear on several dates.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from b2shift.differentiate.scores.fitted_models import FittedModel, fit_logistic, linear_model
from b2shift.differentiate.scores.frame import Flags, Floats
from b2shift.differentiate.scores.measures import sigmoid
from b2shift.kernel.wilson import Z95

FOLDS = 5
_MAX_PROPENSITY, _MIN_PROPENSITY = 0.95, 1e-4
_ROUNDING = 1e-5
"""Share of a column's size below which its spread is rounding."""
_MIN_EVENTS = 5
_PENALTY = 0.2
"""Weaker than a score's: what is shrunk away here stays in the effect."""
Groups = npt.NDArray[np.intp]


@dataclass(frozen=True)
class TreatmentModel:
    """Who was treated, with cross-fitted propensities."""

    treated: Flags
    probability: Floats
    customer: Groups
    """Customer of each row."""

    @property
    def weight(self) -> Floats:
        """1 for treated; p / (1 - p) for controls, so that they resemble the treated."""
        odds = self.probability / (1 - self.probability)
        return np.where(self.treated, 1.0, odds)

    @property
    def without_overlap(self) -> float:
        """Share of treated without comparable controls: treatment was all but certain."""
        return float((self.probability[self.treated] >= _MAX_PROPENSITY).mean())

    @property
    def effective_sample(self) -> float:
        """Effective sample size of the weighted controls (Kish)."""
        weight = self.weight[~self.treated]
        return float(weight.sum() ** 2 / (weight @ weight))

    def imbalance(self, matrix: Floats) -> float:
        """Largest standardised mean difference over the columns."""
        gaps = []
        for column in matrix.T.astype(float):
            present = np.isfinite(column)
            treated_rows, controls = present & self.treated, present & ~self.treated
            deviation = float(column[present].std()) if present.any() else 0.0
            if (
                treated_rows.any()
                and controls.any()
                and deviation > _ROUNDING * max(1.0, abs(float(column[treated_rows].mean())))
            ):
                gap = column[treated_rows].mean() - np.average(column[controls], weights=self.weight[controls])
                gaps.append(abs(float(gap)) / deviation)
        return max(gaps, default=0.0)


@dataclass(frozen=True)
class TreatmentEffect:
    """Effect on the treated with its standard error; `crude` is the unadjusted difference of means."""

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
        """Whether the 95 % interval excludes zero."""
        return self.low > 0 or self.high < 0

    @property
    def robust(self) -> bool:
        """Whether unobserved selection as strong as observed selection would leave its sign (Oster, 2019)."""
        nearest = min(abs(self.low), abs(self.high)) if self.beyond_chance else 0.0
        return nearest > abs(self.crude - self.difference)


def fit_treatment_model(matrix: Floats, treated: Flags, customer: Groups) -> TreatmentModel:
    """Cross-fitted propensity of each row."""
    predicted = _cross_fitted(matrix, treated.astype(float), np.ones(len(treated), dtype=bool), customer)
    return TreatmentModel(treated, np.clip(predicted, _MIN_PROPENSITY, 1 - _MIN_PROPENSITY), customer)


def estimate_effect(action: TreatmentModel, matrix: Floats, target: Floats) -> TreatmentEffect:
    """Effect on the treated."""
    treated, weight = action.treated, action.weight
    residuals = target - _cross_fitted(matrix, target, ~treated, action.customer)
    with_it, without = (
        float(residuals[treated].mean()),
        float(np.average(residuals[~treated], weights=weight[~treated])),
    )
    influence = np.where(
        treated, (residuals - with_it) / treated.sum(), -weight * (residuals - without) / weight[~treated].sum()
    )
    by_customer = np.bincount(action.customer, weights=influence)
    return TreatmentEffect(
        with_it - without,
        float(np.sqrt(by_customer @ by_customer)),
        float(target[treated].mean() - target[~treated].mean()),
    )


def _cross_fitted(matrix: Floats, target: Floats, trains: Flags, customer: Groups) -> Floats:
    """Probabilities by models of training rows of other customers."""
    predicted = np.zeros(len(matrix))
    for fold in range(FOLDS):
        held_out = customer % FOLDS == fold
        rows = np.flatnonzero(trains & ~held_out)
        predicted[held_out] = sigmoid(_model(matrix[rows], target[rows]).log_odds(matrix[held_out]))
    return predicted


def _model(matrix: Floats, target: Floats) -> FittedModel:
    """A logistic regression; the constant rate where there are hardly any events."""
    if min(target.sum(), len(target) - target.sum()) >= _MIN_EVENTS:
        return fit_logistic(matrix, target, np.ones(len(target)), _PENALTY)
    rate, width = (target.sum() + 0.5) / (len(target) + 1), matrix.shape[1]
    level = float(np.log(rate / (1 - rate)))
    constant = {"mean": [0.0] * width, "spread": [1.0] * width, "flagged": [], "shares": [0.0] * width}
    return linear_model({"kind": "linear", "slopes": [0.0] * width, "level": level} | constant)
