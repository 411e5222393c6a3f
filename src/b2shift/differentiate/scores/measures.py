"""Metrics of probabilities: AUC, log-loss, Brier, calibration error against its floor, lift."""

import numpy as np
from scipy.stats import rankdata

from b2shift.differentiate.scores.frame import Floats

BINS = 10
_FLOOR_DRAWS = 200
_TINY = 1e-6


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
    draws = [np.add.reduceat((rng.random(len(ordered)) < ordered).astype(float), edges) for _ in range(_FLOOR_DRAWS)]
    return float(np.mean([np.abs(simulated - expected).sum() / len(ordered) for simulated in draws]))


def lift_top_decile(target: Floats, probability: Floats) -> float | None:
    """Event rate of the riskiest tenth over the overall rate; None without events."""
    if not target.sum():
        return None
    order = np.argsort(-probability, kind="stable")
    top = order[: max(1, len(order) // BINS)]
    return float(target[top].mean() / target.mean())
