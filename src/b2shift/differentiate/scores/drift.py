"""How far today's customers lie from those a model learnt from, feature by feature (population stability index)."""

from collections.abc import Mapping, Sequence

import numpy as np

from b2shift.differentiate.scores.frame import Floats, Frame

LARGE = 0.25
"""From here on a feature is spread otherwise than when the model was fitted (the usual reading of the index)."""
_TENTHS = np.arange(0.1, 0.95, 0.1)
_LEAST = 1e-4
Reference = Mapping[str, Mapping[str, list[float]]]


def reference(frames: Sequence[Frame], features: Sequence[str]) -> dict[str, dict[str, list[float]]]:
    """Of each number: the edges of its tenths, and the share of customers in each and without a value."""
    told = {}
    for name in features:
        if name in frames[0].numbers:
            values = np.concatenate([frame.numbers[name] for frame in frames])
            known = values[np.isfinite(values)]
            edges = np.unique(np.quantile(known, _TENTHS)) if len(known) else np.zeros(0)
            told[name] = {"edges": edges.astype(float).tolist(), "shares": _shares(values, edges).tolist()}
    return told


def drift(before: Reference, now: Frame) -> list[tuple[str, float]]:
    """Index of each feature, the largest first: sum of (now - before) x ln(now / before) over the shares."""
    told = []
    for name, known in before.items():
        if name in now.numbers and len(now):
            then = np.maximum(np.array(known["shares"]), _LEAST)
            today = np.maximum(_shares(now.numbers[name], np.array(known["edges"])), _LEAST)
            told.append((name, round(float(((today - then) * np.log(today / then)).sum()), 4)))
    return sorted(told, key=lambda pair: (-pair[1], pair[0]))


def _shares(values: Floats, edges: Floats) -> Floats:
    known = np.isfinite(values)
    counts = np.bincount(np.searchsorted(edges, values[known], side="right"), minlength=len(edges) + 1)
    return np.r_[counts, (~known).sum()] / max(len(values), 1)
