"""Every candidate of a view with its measures: how tight, how steady, how easily explained, how useful."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from sklearn.metrics import adjusted_rand_score
from sklearn.model_selection import KFold, cross_val_score
from sklearn.tree import DecisionTreeClassifier

from b2shift.differentiate.segments.distinct import Floats, Integers
from b2shift.differentiate.segments.measures import (
    calinski_harabasz,
    davies_bouldin,
    explained,
    silhouettes,
)
from b2shift.differentiate.segments.search import Fit, Grid, Key, search
from b2shift.differentiate.segments.view import View

KEPT_SHARE = 0.8
"""Share of the customers in each refit that tells the stability."""
REFIT_ROWS = 8_000
"""Customers of a refit or of the null search at most."""
_FOLDS = 3


@dataclass(frozen=True)
class Outcomes:
    """What segments should tell apart, per customer: 1 when it left or failed to renew, and log(1 + MRR)."""

    churn: Floats
    mrr: Floats

    def of(self, rows: Integers) -> "Outcomes":
        """The same of some of the customers."""
        return Outcomes(self.churn[rows], self.mrr[rows])


@dataclass(frozen=True)
class Candidate:
    """One segmentation tried; `labels` are of the customers of the view. Measures as declared in tables.yaml."""

    view: str
    algorithm: str
    labels: Integers
    silhouette: float
    davies_bouldin: float
    calinski_harabasz: float
    null_silhouette: float | None
    stability: float | None
    smallest_share: float
    noise_share: float
    explainability: float | None
    churn_explained: float | None
    mrr_explained: float | None
    seconds: float

    @property
    def k(self) -> int:
        """Segments found."""
        return int(self.labels.max()) + 1

    @property
    def null_excess(self) -> float | None:
        """Silhouette beyond what the same search finds where there is no joint structure."""
        return None if self.null_silhouette is None else self.silhouette - self.null_silhouette


def candidates(
    view: View, outcomes: Outcomes, grid: Grid, *, seed: int, refits: int, tell: Callable[[str], None]
) -> list[Candidate]:
    """All that the grid gives on this view, measured; of equal algorithm and k only the best silhouette is kept."""
    fits = search(view.points, grid, seed, tell=tell)
    if not fits:
        return []
    null = _null(view, grid, seed, tell)
    stability = _stability(view, fits, grid, seed, refits, tell)
    shape = dict(zip(fits, silhouettes(view.points, [fit.labels for fit in fits.values()], seed=seed), strict=True))
    best: dict[tuple[str, int], Key] = {}
    for key, fit in fits.items():
        same = best.setdefault((key[0], fit.k), key)
        if shape[key] > shape[same]:
            best[key[0], fit.k] = key
    return [
        _measured(view, outcomes, key, fits[key], shape[key], null.get(key), stability.get(key), seed)
        for key in best.values()
    ]


def _measured(
    view: View,
    outcomes: Outcomes,
    key: Key,
    fit: Fit,
    silhouette: float,
    null: float | None,
    stability: float | None,
    seed: int,
) -> Candidate:
    labels = fit.labels[view.distinct.owner]
    return Candidate(
        view=view.name,
        algorithm=key[0],
        labels=labels,
        silhouette=silhouette,
        davies_bouldin=davies_bouldin(view.points, fit.labels),
        calinski_harabasz=calinski_harabasz(view.points, fit.labels),
        null_silhouette=null,
        stability=stability,
        smallest_share=float(view.distinct.shares(fit.labels, fit.k).min()),
        noise_share=fit.noise,
        explainability=explainability(view, labels, seed),
        churn_explained=explained(outcomes.churn, labels),
        mrr_explained=explained(outcomes.mrr, labels),
        seconds=fit.seconds,
    )


def explainability(view: View, labels: Integers, seed: int, leaves: int | None = None) -> float | None:
    """Cross-validated accuracy of a tree that reads the view's columns: of depth 6, or of so many leaves.

    Null below three folds of two.
    """
    if len(labels) < 2 * _FOLDS or labels.max() == 0:
        return None
    tree = DecisionTreeClassifier(max_depth=None if leaves else 6, max_leaf_nodes=leaves, random_state=seed)
    folds = KFold(_FOLDS, shuffle=True, random_state=seed)
    return float(cross_val_score(tree, view.matrix, labels, cv=folds).mean())


def _null(view: View, grid: Grid, seed: int, tell: Callable[[str], None]) -> dict[Key, float]:
    """Silhouette of the same search where each variable is shuffled alone."""
    rng = np.random.default_rng(seed)
    count = min(REFIT_ROWS, len(view.matrix))
    shuffled = view.of(np.sort(rng.choice(len(view.matrix), count, replace=False))).shuffled(rng)
    tell("null")
    fits = search(shuffled.points, grid, seed)
    found = silhouettes(shuffled.points, [fit.labels for fit in fits.values()], seed=seed) if fits else []
    return dict(zip(fits, found, strict=True))


def _stability(
    view: View, fits: Mapping[Key, Fit], grid: Grid, seed: int, refits: int, tell: Callable[[str], None]
) -> dict[Key, float]:
    """Mean adjusted Rand index of the same search on random parts against the whole, on the customers of the part."""
    count = min(int(KEPT_SHARE * len(view.matrix)), REFIT_ROWS)
    agreed: dict[Key, list[float]] = {}
    for refit in range(refits if count >= 2 else 0):
        tell(f"{refit + 1}/{refits}")
        rng = np.random.default_rng([seed, refit])
        rows = np.sort(rng.choice(len(view.matrix), count, replace=False))
        part = view.of(rows)
        again = search(part.points, grid, seed + refit)
        for key in fits.keys() & again.keys():
            mine = again[key].labels[part.distinct.owner]
            whole = fits[key].labels[view.distinct.owner][rows]
            agreed.setdefault(key, []).append(float(adjusted_rand_score(whole, mine)))
    return {key: float(np.mean(values)) for key, values in agreed.items()}
