"""Whether events have become more or less common since the labelled dates, judged from the early signs alone.

Where leavers show before they leave, the share of customers with a high score moves with the rate of leaving: with the
share of flagged customers F, and the mean shares flagged among events (T) and others (P) on the labelled dates,
rate = (F - P) / (T - P) (Forman 2008, adjusted count; Lipton et al. 2018). The same estimate for each labelled date
from the others gives its error; the correction is shrunk by it (positive-part James-Stein), to nothing when it is no
larger.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from b2shift.differentiate.scores.frame import Floats

FLAGGED = 0.05
_FEWEST_DATES = 3
_LARGEST = 4.0


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
    """The rate now, from out-of-fold scores of each labelled date and of now; unchanged with under three dates."""
    outcomes = np.concatenate(happened)
    before = float(outcomes.mean())
    if len(scores) < _FEWEST_DATES or not 0 < before < 1:
        return BaseRate(before, before, None)
    threshold = np.quantile(np.concatenate(scores), 1 - FLAGGED)
    flagged = [one > threshold for one in scores]
    dates = range(len(scores))
    if any(not labels.sum() for labels in happened):
        return BaseRate(before, before, None)
    caught = np.array([flagged[k][happened[k] > 0].mean() for k in dates])
    false = np.array([flagged[k][happened[k] == 0].mean() for k in dates])
    rates = np.array([labels.mean() for labels in happened])
    others = ~np.eye(len(scores), dtype=bool)
    errors = [
        _adjusted(float(flagged[k].mean()), caught[others[k]].mean(), false[others[k]].mean()) - rates[k] for k in dates
    ]
    error = float(np.sqrt(np.mean(np.square(errors))))
    step = _adjusted(float((today > threshold).mean()), caught.mean(), false.mean()) - before
    shrunk = step * max(0.0, 1 - (error / step) ** 2) if np.isfinite(error) and step else 0.0
    now = float(np.clip(before + shrunk, before / _LARGEST, before * _LARGEST))
    return BaseRate(before, min(now, 0.9), error)


def _adjusted(share: float, caught: float, false: float) -> float:
    return (share - false) / (caught - false) if caught > false else float("nan")
