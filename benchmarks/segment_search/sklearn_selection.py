"""The predecessor's whole model selection in plain scikit-learn; what is too long is scaled up from measured parts."""

import time
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from sklearn.cluster import HDBSCAN, KMeans
from sklearn.decomposition import PCA
from sklearn.metrics import calinski_harabasz_score, davies_bouldin_score, silhouette_samples, silhouette_score
from sklearn.mixture import GaussianMixture
from sklearn.preprocessing import StandardScaler

SIZES = range(2, 31)
SMALLEST = range(15, 49, 3)
"""Smallest clusters of the density search, in customers of OF: at a million, 15 equal rows are no cluster."""
OF = 10_000
LABELLINGS = 2 * len(SIZES) + len(SMALLEST)


def whole(matrix: NDArray[np.float64]) -> dict[str, float]:
    """CPU seconds of every part, everything run; and the inertia and silhouette of each K-Means."""
    spent: dict[str, float] = {}
    space = _timed(spent, "space", lambda: _space(matrix))
    kmeans = _timed(spent, "kmeans", lambda: [KMeans(k, n_init=20, random_state=0).fit(space) for k in SIZES])
    mixtures = _timed(
        spent, "mixture", lambda: [GaussianMixture(k, n_init=10, random_state=0).fit_predict(space) for k in SIZES]
    )
    dense = _timed(
        spent,
        "hdbscan",
        lambda: [HDBSCAN(min_cluster_size=round(m * len(space) / OF), copy=True).fit_predict(space) for m in SMALLEST],
    )
    labellings = [model.labels_ for model in kmeans] + mixtures + dense
    scores = _timed(spent, "scores", lambda: [_scores(space, labels) for labels in labellings])
    spent |= {f"inertia {k}": float(model.inertia_) for k, model in zip(SIZES, kmeans, strict=True)}
    spent |= {f"silhouette {k}": scores[i][0] for i, k in enumerate(SIZES)}
    return spent


def scaled_up(matrix: NDArray[np.float64]) -> dict[str, float]:
    """CPU seconds from parts: one start of K-Means and mixture at three sizes, one density search, one silhouette.

    Starts and numbers of segments scale as they are counted; K-Means and mixture with n, from 20,000 rows (as if more
    rows needed no more steps: in the peer's favour); density with n^1.87 and the silhouette with n^2, from 10,000 rows.
    """
    spent: dict[str, float] = {}
    space = _timed(spent, "space", lambda: _space(matrix))
    part, less = _part(space, 20_000), _part(space, 10_000)
    for name, fit, starts in (
        ("kmeans", lambda k: KMeans(k, n_init=1, random_state=0).fit(part), 20),
        ("mixture", lambda k: GaussianMixture(k, n_init=1, random_state=0).fit(part), 10),
    ):
        _timed(spent, name, lambda fit=fit: [fit(k) for k in (2, 16, 30)])
        spent[name] *= starts * len(SIZES) / 3 * len(space) / len(part)
    _timed(spent, "hdbscan", lambda: HDBSCAN(min_cluster_size=30, copy=True).fit(less))
    spent["hdbscan"] *= len(SMALLEST) * (len(space) / len(less)) ** 1.87
    labels = np.random.default_rng(0).integers(0, 16, len(less))
    _timed(spent, "scores", lambda: silhouette_samples(less, labels))
    spent["scores"] *= LABELLINGS * (len(space) / len(less)) ** 2
    return spent


def _part(space: NDArray[np.float64], rows: int) -> NDArray[np.float64]:
    return space[np.random.default_rng(0).choice(len(space), min(rows, len(space)), replace=False)]


def _space(matrix: NDArray[np.float64]) -> NDArray[np.float64]:
    space: NDArray[np.float64] = PCA(0.80, svd_solver="full").fit_transform(StandardScaler().fit_transform(matrix))
    return space


def _scores(space: NDArray[np.float64], labels: NDArray[np.intp]) -> tuple[float, float, float]:
    if len(np.unique(labels)) < 2:
        return 0.0, 0.0, 0.0
    return (
        silhouette_score(space, labels),
        davies_bouldin_score(space, labels),
        calinski_harabasz_score(space, labels),
    )


def _timed(spent: dict[str, float], name: str, work: Callable[[], object]) -> object:
    started = time.process_time()
    done = work()
    spent[name] = time.process_time() - started
    return done
