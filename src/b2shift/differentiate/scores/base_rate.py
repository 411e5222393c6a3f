"""Whether events have become more or less common since the labelled dates, judged from the early signs alone.

A customer about to leave does otherwise than it used to: it uses less, pays later, cuts what it has. A model of such
changes alone, and of nothing a customer lastingly is, tells how many show them today. With its probabilities p
calibrated at the rate r of the labelled dates, the rate now is the R of highest likelihood, found by
R = mean of p R/r / (p R/r + (1 - p)(1 - R)/(1 - r))
(Saerens, Latinne and Decaestecker 2002). Its error is the larger of what that likelihood's curvature says and what the
same estimate misses on the labelled dates themselves; the correction is shrunk by it (positive-part James-Stein), to
nothing when it is no larger.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from b2shift.differentiate.scores.calibration import platt
from b2shift.differentiate.scores.frame import Floats
from b2shift.differentiate.scores.measures import sigmoid

CHANGES = (
    "mrr_trend_3m", "mrr_cuts_6m", "mrr_cut_share_6m", "usage_trend_3m", "usage_fall", "usage_days_fall",
    "usage_users_fall", "unpaid_share_2m", "payment_delay_rise_45d", "payment_delay_rise_3m",
)  # fmt: skip
"""Features that say what a customer does otherwise than it used to."""
_FEWEST_DATES = 3
_LARGEST = 4.0
_STEPS = 300


@dataclass(frozen=True)
class BaseRate:
    """The rate of the labelled dates, and the one believed now."""

    before: float
    now: float
    error: float | None

    @property
    def log_odds_shift(self) -> float:
        """What to add to the log-odds of a model calibrated at `before`."""
        return float(np.log(self.now / (1 - self.now)) - np.log(self.before / (1 - self.before)))


def base_rate(scores: Sequence[Floats], happened: Sequence[Floats], today: Floats) -> BaseRate:
    """The rate now, from out-of-fold log-odds of each labelled date and of now; unchanged with under three dates."""
    outcomes = np.concatenate(happened)
    before = float(outcomes.mean())
    if len(scores) < _FEWEST_DATES or not 0 < before < 1 or not len(today):
        return BaseRate(before, before, None)
    adjusted = platt(np.concatenate(scores), outcomes)
    found = [likeliest(sigmoid(adjusted.apply(one)), before) for one in (*scores, today)]
    missed = [rate - float(labels.mean()) for (rate, _), labels in zip(found[:-1], happened, strict=True)]
    rate, curvature = found[-1]
    error = float(max(np.sqrt(np.mean(np.square(missed))), curvature))
    step = rate - before
    shrunk = step * max(0.0, 1 - (error / step) ** 2) if step else 0.0
    now = float(np.clip(before + shrunk, before / _LARGEST, before * _LARGEST))
    return BaseRate(before, min(now, 0.9), error)


def likeliest(said: Floats, before: float) -> tuple[float, float]:
    """The rate of highest likelihood for rows whose probabilities hold at `before`, and its standard error."""
    for_it, against = said / before, (1 - said) / (1 - before)
    rate = before
    for _ in range(_STEPS):
        rate = float((rate * for_it / (rate * for_it + (1 - rate) * against)).mean())
    slope = (for_it - against) / (rate * for_it + (1 - rate) * against)
    return rate, float(1 / np.sqrt(max(float(slope @ slope), 1e-12)))
