"""How good survival curves are: Harrell's C and the integrated Brier score weighted for censoring."""

from collections.abc import Callable

import numpy as np
from scipy.stats import rankdata

from b2shift.differentiate.supervised.shapes import Floats, Integers

_MOST = 4000


def c_index(times: Floats, came: Floats, risk: Floats) -> float | None:
    """Chance that of two persons the one with the fact first has the higher risk; ties of risk at half (Harrell)."""
    if len(times) > _MOST:
        rows = np.linspace(0, len(times) - 1, _MOST).astype(np.intp)
        times, came, risk = times[rows], came[rows], risk[rows]
    right, pairs = 0.0, 0
    for at in np.flatnonzero(came > 0):
        later = (times > times[at]) | ((times == times[at]) & (came == 0))
        pairs += int(later.sum())
        right += float((risk[at] > risk[later]).sum() + 0.5 * (risk[at] == risk[later]).sum())
    return right / pairs if pairs else None


def risk_run(times: Floats, came: Floats, weight: Floats) -> Callable[[Floats], Floats]:
    """The risk that everyone has run by any time: the cumulated hazard (Nelson-Aalen)."""
    at, place = np.unique(times, return_inverse=True)
    still = np.cumsum(np.bincount(place, weights=weight)[::-1])[::-1]
    risk = np.r_[0.0, np.cumsum(np.bincount(place, weights=came * weight) / np.maximum(still, 1e-9))]
    return lambda when: np.asarray(risk[np.searchsorted(at, when, side="right")])


def martingale_residuals(times: Floats, came: Floats, weight: Floats) -> Floats:
    """Facts of each person beyond those that everyone's risk leads to expect until last seen.

    What the log-rank test adds up (Therneau et al., 1990): without any signal it goes with no column.
    """
    return np.asarray(came - risk_run(times, came, weight)(times))


def ranked_apart(residuals: Floats, risk: Floats, groups: Integers) -> float:
    """By how many standard errors of chance the risk ranks those with more facts than expected above the others.

    The log-rank statistic of ranks with the variance it has when risks are shuffled; as many rows count as there are
    groups, for a row that is said again proves nothing more.
    """
    ranks = rankdata(risk)
    beyond, apart = residuals - residuals.mean(), ranks - ranks.mean()
    spread = float(np.sqrt((beyond @ beyond) * (apart @ apart) / max(len(risk) - 1, 1)))
    share = len(np.unique(groups)) / max(len(risk), 1)
    return float(beyond @ apart) / spread * float(np.sqrt(share)) if spread > 0 else 0.0


def integrated_brier(times: Floats, came: Floats, curves: Floats, edges: Floats) -> float:
    """Mean over time of the squared error of survival, persons weighted by the inverse chance of not being censored.

    Graf et al. (1999); the mean is over the periods by their length.
    """
    stay = _kaplan_meier(times, 1 - came)
    scores = []
    for place, edge in enumerate(edges):
        gone = (times <= edge) & (came > 0)
        there = times > edge
        weight = np.where(
            gone, 1 / stay(times, before=True), np.where(there, 1 / stay(np.array([edge]), before=False), 0)
        )
        scores.append(float((weight * (there - curves[:, place]) ** 2).mean()))
    lengths = np.diff(np.r_[0.0, edges])
    return float(np.average(scores, weights=np.maximum(lengths, 1e-12)))


class _kaplan_meier:  # noqa: N801 - reads as the estimate it makes
    """Share still without the fact at any time."""

    def __init__(self, times: Floats, came: Floats) -> None:
        self.at, place, counts = np.unique(times, return_inverse=True, return_counts=True)
        events = np.bincount(place, weights=came)
        there = len(times) - np.r_[0, np.cumsum(counts)[:-1]]
        self.share = np.cumprod(1 - events / there)

    def __call__(self, times: Floats, *, before: bool) -> Floats:
        place = np.searchsorted(self.at, times, side="left" if before else "right")
        return np.maximum(np.r_[1.0, self.share][place], 0.02)
