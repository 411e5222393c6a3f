"""Survival metrics: Harrell's C, integrated Brier score with censoring weights, martingale residuals."""

from collections.abc import Callable

import numpy as np
from scipy.stats import rankdata

from b2shift.differentiate.supervised.shapes import Floats, Integers

_MAX_ROWS = 4000


def c_index(times: Floats, event: Floats, risk: Floats) -> float | None:
    """Harrell's C: probability that of two comparable persons the earlier event has the higher risk; risk ties count
    half."""
    if len(times) > _MAX_ROWS:
        rows = np.linspace(0, len(times) - 1, _MAX_ROWS).astype(np.intp)
        times, event, risk = times[rows], event[rows], risk[rows]
    concordant, pairs = 0.0, 0
    for person in np.flatnonzero(event > 0):
        later = (times > times[person]) | ((times == times[person]) & (event == 0))
        pairs += int(later.sum())
        concordant += float((risk[person] > risk[later]).sum() + 0.5 * (risk[person] == risk[later]).sum())
    return concordant / pairs if pairs else None


def cumulative_hazard(times: Floats, event: Floats, weight: Floats) -> Callable[[Floats], Floats]:
    """Nelson-Aalen estimate as a function of time."""
    event_times, index = np.unique(times, return_inverse=True)
    at_risk = np.cumsum(np.bincount(index, weights=weight)[::-1])[::-1]
    hazard = np.r_[0.0, np.cumsum(np.bincount(index, weights=event * weight) / np.maximum(at_risk, 1e-9))]
    return lambda time: np.asarray(hazard[np.searchsorted(event_times, time, side="right")])


def martingale_residuals(times: Floats, event: Floats, weight: Floats) -> Floats:
    """Observed minus expected events of each person under the cumulative hazard.

    Their sums are the log-rank statistic (Therneau et al., 1990); without signal they correlate with no column.
    """
    return np.asarray(event - cumulative_hazard(times, event, weight)(times))


def log_rank_z(residuals: Floats, risk: Floats, groups: Integers) -> float:
    """z-score of the rank correlation between risk and martingale residuals under permutation.

    The effective sample size is the number of groups: a repeated row adds no evidence.
    """
    ranks = rankdata(risk)
    centred, centred_ranks = residuals - residuals.mean(), ranks - ranks.mean()
    scale = float(np.sqrt((centred @ centred) * (centred_ranks @ centred_ranks) / max(len(risk) - 1, 1)))
    share = len(np.unique(groups)) / max(len(risk), 1)
    return float(centred @ centred_ranks) / scale * float(np.sqrt(share)) if scale > 0 else 0.0


def integrated_brier(times: Floats, event: Floats, curves: Floats, edges: Floats) -> float:
    """Integrated Brier score with inverse-probability-of-censoring weights.

    Graf et al. (1999); averaged over periods by their length.
    """
    uncensored = _KaplanMeier(times, 1 - event)
    scores = []
    for index, edge in enumerate(edges):
        had_event = (times <= edge) & (event > 0)
        at_risk = times > edge
        weight = np.where(
            had_event,
            1 / uncensored(times, before=True),
            np.where(at_risk, 1 / uncensored(np.array([edge]), before=False), 0),
        )
        scores.append(float((weight * (at_risk - curves[:, index]) ** 2).mean()))
    lengths = np.diff(np.r_[0.0, edges])
    return float(np.average(scores, weights=np.maximum(lengths, 1e-12)))


class _KaplanMeier:
    """Kaplan-Meier survival function."""

    def __init__(self, times: Floats, event: Floats) -> None:
        self.at, index, counts = np.unique(times, return_inverse=True, return_counts=True)
        events = np.bincount(index, weights=event)
        at_risk = len(times) - np.r_[0, np.cumsum(counts)[:-1]]
        self.share = np.cumprod(1 - events / at_risk)

    def __call__(self, times: Floats, *, before: bool) -> Floats:
        index = np.searchsorted(self.at, times, side="left" if before else "right")
        return np.maximum(np.r_[1.0, self.share][index], 0.02)
