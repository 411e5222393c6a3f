"""Corrects the base rate for label shift since the labelled dates, from early warning signs alone.

A model of changes in behaviour (less use, later payment, cuts), and of no lasting trait, is fitted. Changes are
relative to the other customers of the date (median and interquartile range), so that holidays, seasons or a young
ledger cancel out. With its calibrated probabilities p at the old rate r, the new rate R maximises the likelihood: R =
mean of p R/r / (p R/r + (1 - p)(1 - R)/(1 - r)) (Saerens, Latinne and Decaestecker, 2002). Its error is the larger of
the curvature's and that of the same estimate on the labelled dates; the correction is shrunk by it (positive-part
James-Stein), to nothing when no larger.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from b2shift.differentiate.scores.calibration import platt
from b2shift.differentiate.scores.frame import Floats, Frame
from b2shift.differentiate.scores.measures import sigmoid

CHANGES = (
    "mrr_trend_3m", "mrr_cuts_6m", "mrr_cut_share_6m", "usage_trend_3m", "usage_fall", "usage_days_fall",
    "usage_users_fall", "unpaid_share_2m", "payment_delay_rise_45d", "payment_delay_rise_3m",
)  # fmt: skip
"""Features of changes in a customer's behaviour."""
_MIN_DATES, _MIN_KNOWN = 3, 20
_MAX_RATIO = 4.0
_STEPS = 300
_MAX_SHIFT, _HALVINGS = 8.0, 60


@dataclass(frozen=True)
class BaseRate:
    """The rate of the labelled dates, and the current estimate."""

    before: float
    now: float
    error: float | None

    def shift(self, log_odds: Floats) -> float:
        """What to add to calibrated log-odds of today's customers for their mean probability to be the current rate.

        Not the distance from `before`: features may already have moved the mean prediction. 0 where no rate was
        estimated.
        """
        if self.error is None or not len(log_odds):
            return 0.0
        low, high = -_MAX_SHIFT, _MAX_SHIFT
        for _ in range(_HALVINGS):
            middle = (low + high) / 2
            low, high = (middle, high) if sigmoid(log_odds + middle).mean() < self.now else (low, middle)
        return (low + high) / 2


def relative_to_others(frame: Frame, names: Sequence[str]) -> Frame:
    """The frame with some numbers centred on their median and scaled by their interquartile range."""
    numbers = dict(frame.numbers)
    for name in names:
        known = np.isfinite(numbers[name])
        if known.sum() >= _MIN_KNOWN:
            low, middle, high = np.quantile(numbers[name][known].astype(float), [0.25, 0.5, 0.75])
            numbers[name] = ((numbers[name] - middle) / (high - low or 1.0)).astype(np.float32)
    return Frame(frame.as_of, frame.ids, numbers, frame.words)


def base_rate(scores: Sequence[Floats], target: Sequence[Floats], today: Floats) -> BaseRate:
    """Current rate from out-of-fold log-odds of each labelled date and of today; unchanged with under three dates."""
    outcomes = np.concatenate(target)
    before = float(outcomes.mean())
    if len(scores) < _MIN_DATES or not 0 < before < 1 or not len(today):
        return BaseRate(before, before, None)
    adjusted = platt(np.concatenate(scores), outcomes)
    estimates = [
        maximum_likelihood_rate(sigmoid(adjusted.apply(scores_of_date)), before) for scores_of_date in (*scores, today)
    ]
    errors = [rate - float(labels.mean()) for (rate, _), labels in zip(estimates[:-1], target, strict=True)]
    rate, curvature = estimates[-1]
    error = float(max(np.sqrt(np.mean(np.square(errors))), curvature))
    step = rate - before
    shrunk = step * max(0.0, 1 - (error / step) ** 2) if step else 0.0
    now = float(np.clip(before + shrunk, before / _MAX_RATIO, before * _MAX_RATIO))
    return BaseRate(before, min(now, 0.9), error)


def maximum_likelihood_rate(predicted: Floats, before: float) -> tuple[float, float]:
    """Rate of highest likelihood for probabilities calibrated at `before`, and its standard error."""
    event_ratio, other_ratio = predicted / before, (1 - predicted) / (1 - before)
    rate = before
    for _ in range(_STEPS):
        rate = float((rate * event_ratio / (rate * event_ratio + (1 - rate) * other_ratio)).mean())
    slope = (event_ratio - other_ratio) / (rate * event_ratio + (1 - rate) * other_ratio)
    return rate, float(1 / np.sqrt(max(float(slope @ slope), 1e-12)))
