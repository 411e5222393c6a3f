"""Metrics of probabilities: AUC, log-loss, Brier, calibration error against its floor, lift."""

from dataclasses import dataclass

import numpy as np
from scipy.stats import rankdata

from b2shift.differentiate.scores.frame import Floats
from b2shift.kernel.wilson import Z95

BINS = 10
_FLOOR_DRAWS = 200
_AT_ONCE = 20_000
"""Drawn outcomes held at once."""
_TINY = 1e-6


@dataclass(frozen=True)
class Accuracy:
    """Probabilities against outcomes. AUC with its 95 % interval; calibration error from ten customers per bin on."""

    auc: float | None
    auc_low: float | None
    auc_high: float | None
    brier: float
    ece: float | None
    ece_floor: float | None


def sigmoid(log_odds: Floats) -> Floats:
    """Log-odds to probability."""
    return 1 / (1 + np.exp(-np.clip(log_odds, -30, 30)))


def logit(probability: Floats) -> Floats:
    """Probability to log-odds, clipped by 1e-6."""
    inside = np.clip(probability, _TINY, 1 - _TINY)
    return np.log(inside / (1 - inside))


def auc(target: Floats, score: Floats) -> float | None:
    """Area under the ROC curve, ties count half; None without both classes."""
    events = float(target.sum())
    others = len(target) - events
    if not events or not others:
        return None
    ranks = rankdata(score)
    return float((ranks[target > 0].sum() - events * (events + 1) / 2) / (events * others))


def auc_interval(target: Floats, score: Floats) -> tuple[float, float] | None:
    """95 % interval of the AUC, by the variance of its placements (DeLong, DeLong and Clarke-Pearson, 1988), in
    log-odds, so that it stays between 0 and 1; None under two of either class."""
    events, others = score[target > 0], score[target <= 0]
    if min(len(events), len(others)) < 2:
        return None
    ranks, events_first = rankdata(score), target > 0
    above = (ranks[events_first] - rankdata(events)) / len(others)
    below = 1 - (ranks[~events_first] - rankdata(others)) / len(events)
    area = float(above.mean())
    deviation = float(np.sqrt(above.var(ddof=1) / len(events) + below.var(ddof=1) / len(others)))
    inside = float(np.clip(area, _TINY, 1 - _TINY))
    half = Z95 * deviation / (inside * (1 - inside))
    low, high = sigmoid(logit(np.array([inside])) + np.array([-half, half]))
    return float(low), float(high)


def log_losses(target: Floats, probability: Floats) -> Floats:
    """The log-loss of each row, in nats."""
    inside = np.clip(probability, _TINY, 1 - _TINY)
    return -np.where(target > 0, np.log(inside), np.log1p(-inside))


def brier(target: Floats, probability: Floats) -> float:
    """Mean squared error of probabilities."""
    return float(np.mean((probability - target) ** 2))


def reliability(target: Floats, probability: Floats) -> list[dict[str, float | int]]:
    """Ten bins of equal count by predicted probability: mean predicted, event rate, customers."""
    order = np.argsort(probability, kind="stable")
    parts = [part for part in np.array_split(order, BINS) if len(part)]
    return [
        {
            "predicted": float(probability[part].mean()),
            "observed": float(target[part].mean()),
            "customers": len(part),
        }
        for part in parts
    ]


def ece(target: Floats, probability: Floats) -> float:
    """Expected calibration error over ten bins of equal count."""
    bins = reliability(target, probability)
    return sum(abs(bin_["predicted"] - bin_["observed"]) * bin_["customers"] for bin_ in bins) / len(probability)


def ece_floor(probability: Floats, seed: int) -> float:
    """Calibration error that a perfect score shows by chance at this number of rows."""
    ordered = np.sort(probability)
    edges = np.linspace(0, len(ordered), BINS + 1).astype(int)[:-1]
    sizes = np.diff(np.append(edges, len(ordered)))
    if not sizes.all():
        return float("nan")
    expected, rng = np.add.reduceat(ordered, edges), np.random.default_rng(seed)
    at_once = max(1, _AT_ONCE // len(ordered))
    gaps: list[float] = []
    for start in range(0, _FLOOR_DRAWS, at_once):
        drawn = rng.random((min(at_once, _FLOOR_DRAWS - start), len(ordered))) < ordered
        simulated = np.add.reduceat(drawn, edges, axis=1, dtype=float)
        gaps += (np.abs(simulated - expected).sum(axis=1) / len(ordered)).tolist()
    return float(np.mean(gaps))


def lift_top_decile(target: Floats, probability: Floats) -> float | None:
    """Event rate of the riskiest tenth over the overall rate; None without events."""
    if not target.sum():
        return None
    order = np.argsort(-probability, kind="stable")
    top = order[: max(1, len(order) // BINS)]
    return float(target[top].mean() / target.mean())


def accuracy(target: Floats, probability: Floats, seed: int) -> Accuracy:
    """The figures of probabilities against outcomes."""
    area, between = auc(target, probability), auc_interval(target, probability)
    large = len(target) >= BINS**2
    return Accuracy(
        auc=area,
        auc_low=between[0] if between else None,
        auc_high=between[1] if between else None,
        brier=brier(target, probability),
        ece=ece(target, probability) if large else None,
        ece_floor=ece_floor(probability, seed) if large else None,
    )
