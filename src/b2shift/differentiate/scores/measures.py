"""How good a probability is: ranking, log-loss, Brier, calibration against the floor of a perfect score, lift."""

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
    """Probability to log-odds, kept off 0 and 1 by one in a million."""
    inside = np.clip(probability, _TINY, 1 - _TINY)
    return np.log(inside / (1 - inside))


def auc(happened: Floats, score: Floats) -> float | None:
    """Chance that an event ranks above a non-event, ties at half; None without both."""
    events = float(happened.sum())
    others = len(happened) - events
    if not events or not others:
        return None
    ranks = rankdata(score)
    return float((ranks[happened > 0].sum() - events * (events + 1) / 2) / (events * others))


def log_losses(happened: Floats, probability: Floats) -> Floats:
    """The log-loss of each row, in nats."""
    inside = np.clip(probability, _TINY, 1 - _TINY)
    return -np.where(happened > 0, np.log(inside), np.log1p(-inside))


def brier(happened: Floats, probability: Floats) -> float:
    """Mean squared distance between what was said and what happened."""
    return float(np.mean((probability - happened) ** 2))


def reliability(happened: Floats, probability: Floats) -> list[dict[str, float | int]]:
    """Ten bins of equal count by predicted probability: mean said, share that happened, customers."""
    order = np.argsort(probability, kind="stable")
    parts = [part for part in np.array_split(order, BINS) if len(part)]
    return [
        {
            "predicted": float(probability[part].mean()),
            "observed": float(happened[part].mean()),
            "customers": len(part),
        }
        for part in parts
    ]


def ece(happened: Floats, probability: Floats) -> float:
    """Expected calibration error over ten bins of equal count."""
    bins = reliability(happened, probability)
    return sum(abs(one["predicted"] - one["observed"]) * one["customers"] for one in bins) / len(probability)


def ece_floor(probability: Floats, seed: int) -> float:
    """The error a perfect score of these probabilities shows by chance alone at this number of rows."""
    ordered = np.sort(probability)
    edges = np.linspace(0, len(ordered), BINS + 1).astype(int)[:-1]
    sizes = np.diff(np.append(edges, len(ordered)))
    if not sizes.all():
        return float("nan")
    said, rng = np.add.reduceat(ordered, edges), np.random.default_rng(seed)
    draws = [np.add.reduceat((rng.random(len(ordered)) < ordered).astype(float), edges) for _ in range(_FLOOR_DRAWS)]
    return float(np.mean([np.abs(drawn - said).sum() / len(ordered) for drawn in draws]))


def lift_top_decile(happened: Floats, probability: Floats) -> float | None:
    """Event rate of the riskiest tenth over that of everyone; None without events."""
    if not happened.sum():
        return None
    order = np.argsort(-probability, kind="stable")
    top = order[: max(1, len(order) // BINS)]
    return float(happened[top].mean() / happened.mean())
