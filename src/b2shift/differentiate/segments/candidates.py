"""What is known of a candidate of the search: how tight, how steady, how easily explained, how useful it is."""

from dataclasses import dataclass

import numpy as np
from sklearn.model_selection import KFold, cross_val_score
from sklearn.tree import DecisionTreeClassifier

from b2shift.differentiate.segments.distinct import Floats, Integers
from b2shift.differentiate.segments.measures import explained
from b2shift.differentiate.segments.view import View

_FOLDS = 3
_TOLD_ROWS = 20_000
"""Rows a tree is grown on to tell the segments; of more, a seeded sample."""


@dataclass(frozen=True)
class Outcomes:
    """What segments should tell apart, per row: 1 where it left or failed to renew, and log(1 + money)."""

    churn: Floats | None = None
    mrr: Floats | None = None

    def of(self, rows: Integers) -> "Outcomes":
        """The same of some of the rows."""
        return Outcomes(*(None if told is None else told[rows] for told in (self.churn, self.mrr)))

    def explained(self, labels: Integers) -> tuple[float | None, float | None]:
        """Share of the variance of each that lies between segments."""
        churn, mrr = (None if told is None else explained(told, labels) for told in (self.churn, self.mrr))
        return churn, mrr


@dataclass(frozen=True)
class Candidate:
    """One segmentation tried; `labels` are of the customers of the view. Measures as declared in tables.yaml."""

    view: str
    representation: str
    algorithm: str
    labels: Integers
    silhouette: float
    davies_bouldin: float
    calinski_harabasz: float
    null_silhouette: float | None
    stability: float | None
    smallest_share: float
    explainability: float | None
    churn_explained: float | None
    mrr_explained: float | None
    seconds: float
    centres: Floats | None = None
    """Of a segmentation carried on: its centres in the columns of the view (k x columns)."""
    told_over: float | None = None
    """Of groups that tell their own number, how often the columns repeat which group a row is of (Told)."""

    @property
    def k(self) -> int:
        """Segments found."""
        return int(self.labels.max()) + 1

    @property
    def largest_share(self) -> float:
        """Share of the rows in the largest segment."""
        return float(np.bincount(self.labels).max() / len(self.labels))

    @property
    def null_excess(self) -> float | None:
        """Silhouette beyond what the same search finds where there is no joint structure."""
        return None if self.null_silhouette is None else self.silhouette - self.null_silhouette


def explainability(view: View, labels: Integers, seed: int) -> float | None:
    """Cross-validated accuracy of a tree that reads the view's columns and has two leaves a segment.

    Null below three folds of two, and where most segments are single rows.
    """
    if len(labels) < 2 * max(_FOLDS, int(labels.max()) + 1) or labels.max() == 0:
        return None
    rows = np.arange(len(labels))
    if len(rows) > _TOLD_ROWS:
        rows = np.sort(np.random.default_rng(seed).choice(len(rows), _TOLD_ROWS, replace=False))
    tree = DecisionTreeClassifier(max_leaf_nodes=2 * (int(labels.max()) + 1), random_state=seed)
    folds = KFold(_FOLDS, shuffle=True, random_state=seed)
    return float(cross_val_score(tree, view.matrix(rows), labels[rows], cv=folds).mean())
