"""Whether events have become more or less common since the labelled dates, judged from the early signs alone.

A customer about to leave does otherwise than it used to: it uses less, pays later, cuts what it has. A model of such
changes alone, and of nothing a customer lastingly is, tells how many show them today. Each change is read beside what
customers did on the same date (less their median, over their quartiles' distance): holidays, a season, or a ledger that
began a few months before move everybody's, and few leave. With the model's probabilities p
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
from b2shift.differentiate.scores.frame import Floats, Frame
from b2shift.differentiate.scores.measures import sigmoid

CHANGES = (
    "mrr_trend_3m", "mrr_cuts_6m", "mrr_cut_share_6m", "usage_trend_3m", "usage_fall", "usage_days_fall",
    "usage_users_fall", "unpaid_share_2m", "payment_delay_rise_45d", "payment_delay_rise_3m",
)  # fmt: skip
"""Features that say what a customer does otherwise than it used to."""
_FEWEST_DATES, _FEWEST_KNOWN = 3, 20
_LARGEST = 4.0
_STEPS = 300
_FARTHEST, _HALVINGS = 8.0, 60


@dataclass(frozen=True)
class BaseRate:
    """The rate of the labelled dates, and the one believed now."""

    before: float
    now: float
    error: float | None

    def shift(self, log_odds: Floats) -> float:
        """What to add to calibrated log-odds of today's customers so that their mean probability is the rate now.

        Not the distance from `before`: the customers' features may have moved the mean of what a model says already.
        0 where no rate of today was found.
        """
        if self.error is None or not len(log_odds):
            return 0.0
        low, high = -_FARTHEST, _FARTHEST
        for _ in range(_HALVINGS):
            middle = (low + high) / 2
            low, high = (middle, high) if sigmoid(log_odds + middle).mean() < self.now else (low, middle)
        return (low + high) / 2


def beside_others(frame: Frame, names: Sequence[str]) -> Frame:
    """The frame with some of its numbers less their median, over the distance of their quartiles where there is one."""
    told = dict(frame.numbers)
    for name in names:
        known = np.isfinite(told[name])
        if known.sum() >= _FEWEST_KNOWN:
            low, middle, high = np.quantile(told[name][known].astype(float), [0.25, 0.5, 0.75])
            told[name] = ((told[name] - middle) / (high - low or 1.0)).astype(np.float32)
    return Frame(frame.as_of, frame.ids, told, frame.words)


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
