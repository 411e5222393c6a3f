"""Population stability index of each input against the training distribution."""

from collections.abc import Mapping, Sequence

import numpy as np

from b2shift.differentiate.scores.frame import Floats, Frame

MAX_INDEX = 0.25
"""Index from which a feature has drifted (the usual reading)."""
_DECILES = np.arange(0.1, 0.95, 0.1)
_MIN_SHARE = 1e-4
Reference = Mapping[str, Mapping[str, list[float]]]


def reference(frames: Sequence[Frame], features: Sequence[str]) -> dict[str, dict[str, list[float]]]:
    """Decile edges of each number, and shares of customers per bin and missing."""
    reference_ = {}
    for name in features:
        if name in frames[0].numbers:
            values = np.concatenate([frame.numbers[name] for frame in frames])
            known = values[np.isfinite(values)]
            edges = np.unique(np.quantile(known, _DECILES)) if len(known) else np.zeros(0)
            reference_[name] = {"edges": edges.astype(float).tolist(), "shares": _shares(values, edges).tolist()}
    return reference_


def drift(before: Reference, now: Frame) -> list[tuple[str, float]]:
    """Index of each feature, the largest first: sum of (now - before) x ln(now / before) over the shares."""
    indices = []
    for name, known in before.items():
        if name in now.numbers and len(now):
            before_shares = np.maximum(np.array(known["shares"]), _MIN_SHARE)
            now_shares = np.maximum(_shares(now.numbers[name], np.array(known["edges"])), _MIN_SHARE)
            indices.append(
                (name, round(float(((now_shares - before_shares) * np.log(now_shares / before_shares)).sum()), 4))
            )
    return sorted(indices, key=lambda pair: (-pair[1], pair[0]))


def _shares(values: Floats, edges: Floats) -> Floats:
    known = np.isfinite(values)
    counts = np.bincount(np.searchsorted(edges, values[known], side="right"), minlength=len(edges) + 1)
    return np.r_[counts, (~known).sum()] / max(len(values), 1)
