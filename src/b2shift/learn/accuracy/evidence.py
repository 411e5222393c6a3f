"""An interval of observed over predicted events that holds at every look, however often one looks.

Of a batch of customers, E events were predicted (the sum of their probabilities) and O happened. If the true
probabilities add up to at most r E, then for every s > 1

    s^O exp(-(s - 1) r E)

is at most 1 on average, given what was known when the batch was predicted: 1 + (s - 1) p ≤ exp((s - 1) p) for each
customer, so that it holds whatever the probabilities of single customers are. Products over batches that follow one
another are then a non-negative supermartingale, which passes 1/α with a chance of at most α in all its life (Ville,
1939). So does the mean over several s and over the batch one starts at, with weights 1 / (k (k + 1)): a model that
was right for years and then drifts is found by the batches since. With s < 1 the same bounds events from below.
The interval is what neither side refuses (Howard, Ramdas, McAuliffe and Sekhon, 2021, *Time-uniform, nonparametric,
nonasymptotic confidence sequences*; Waudby-Smith and Ramdas, 2024, *Estimating means of bounded random variables by
betting*). Customers of a batch are taken as independent given what moves all of them together.
"""

from collections.abc import Sequence

import numpy as np

Pair = tuple[float, float]
"""Observed and predicted events of a batch."""
TIMES = np.log([1.05, 1.1, 1.2, 1.35, 1.6, 2.0, 3.0])
"""Log of the ratios s that are bet on, and their inverses."""
_RATIOS = (1e-3, 1e3)
"""Between which an end is looked for."""
_ROUNDS, _POINTS = 3, 48


def is_more(batches: Sequence[Pair], ratio: float, alpha: float) -> bool:
    """Whether more than `ratio` times the predicted events happen; wrong with a chance of `alpha` / 2 in all looks.

    `batches`: one after another, none predicted before the outcome of the one before was over.
    """
    return bool(_refuses(_since(batches), np.array([ratio]), TIMES, alpha)[0])


def is_fewer(batches: Sequence[Pair], ratio: float, alpha: float) -> bool:
    """Whether fewer than `ratio` times the predicted events happen; likewise."""
    return bool(_refuses(_since(batches), np.array([ratio]), -TIMES, alpha)[0])


def interval(batches: Sequence[Pair], alpha: float) -> Pair:
    """The ratios (low, high) of observed to predicted that neither refuses: they hold with a chance of 1 - `alpha`."""
    since = _since(batches)
    return _edge(since, TIMES, alpha) or 0.0, _edge(since, -TIMES, alpha) or float("inf")


def _since(batches: Sequence[Pair]) -> np.ndarray:
    """Observed and predicted of every start on (starts × 2)."""
    return np.cumsum(np.array(batches, dtype=float).reshape(-1, 2)[::-1], axis=0)[::-1]


def _edge(since: np.ndarray, log_times: np.ndarray, alpha: float) -> float | None:
    """The ratio from which it is refused: the evidence for more falls with the ratio, that for fewer rises. None where
    nothing is refused."""
    ends = np.log(_RATIOS if log_times[0] > 0 else _RATIOS[::-1])
    found = None
    for _ in range(_ROUNDS):
        ratios = np.exp(np.linspace(ends[0], ends[1], _POINTS))
        refused = int(_refuses(since, ratios, log_times, alpha).sum())
        if not refused:
            return found
        found = float(ratios[min(refused, _POINTS - 1)])
        ends = np.log([ratios[refused - 1], found])
    return found


def _refuses(since: np.ndarray, ratios: np.ndarray, log_times: np.ndarray, alpha: float) -> np.ndarray:
    """Of each ratio whether the mean over starts and times passes 2 / alpha."""
    starts = len(since)
    k = np.arange(1, starts + 1)
    weights = -np.log(k * (k + 1.0)) - np.log(len(log_times))
    won = since[:, 0] * log_times[:, None] + weights
    bets = won - ratios[:, None, None] * since[:, 1] * np.expm1(log_times)[:, None]
    terms = np.column_stack([bets.reshape(len(ratios), -1), np.full(len(ratios), -np.log(starts + 1.0))])
    most = terms.max(axis=1)
    wealth = most + np.log(np.exp(terms - most[:, None]).sum(axis=1))
    return np.asarray(wealth >= np.log(2 / alpha))
