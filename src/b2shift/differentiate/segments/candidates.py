"""Candidates of the search and their measures: tightness, stability, explainability, explained outcomes."""

from dataclasses import dataclass

import numpy as np
from sklearn.model_selection import KFold, cross_val_score
from sklearn.tree import DecisionTreeClassifier

from b2shift.differentiate.segments.distinct import Floats, Integers
from b2shift.differentiate.segments.measures import variance_explained
from b2shift.differentiate.segments.view import View

_FOLDS = 3
_TREE_ROWS = 20_000
"""Rows the explaining tree is fitted on; of more, a seeded sample."""


@dataclass(frozen=True)
class Outcomes:
    """Outcomes segments should separate, per row: churned or failed to renew (1), and log(1 + money)."""

    churn: Floats | None = None
    mrr: Floats | None = None

    def take(self, rows: Integers) -> "Outcomes":
        """Some of the rows."""
        return Outcomes(*(None if values is None else values[rows] for values in (self.churn, self.mrr)))

    def explained(self, labels: Integers) -> tuple[float | None, float | None]:
        """Between-segment share of the variance of each."""
        churn, mrr = (
            None if values is None else variance_explained(values, labels) for values in (self.churn, self.mrr)
        )
        return churn, mrr


@dataclass(frozen=True)
class Candidate:
    """One partition tried, with labels by customer of the view. Measures as declared in tables.yaml."""

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
    """Centres of a continued segmentation in the columns of the view (k × columns)."""
    redundancy: float | None = None
    """Of latent classes, how many times over the columns identify the class (GroupEvidence)."""

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
        """Silhouette beyond that of the same search without joint structure."""
        return None if self.null_silhouette is None else self.silhouette - self.null_silhouette


def explainability(view: View, labels: Integers, seed: int) -> float | None:
    """Cross-validated accuracy of a decision tree with two leaves per segment on the view's columns.

    None below three folds of two, and where most segments are single rows.
    """
    if len(labels) < 2 * max(_FOLDS, int(labels.max()) + 1) or labels.max() == 0:
        return None
    rows = np.arange(len(labels))
    if len(rows) > _TREE_ROWS:
        rows = np.sort(np.random.default_rng(seed).choice(len(rows), _TREE_ROWS, replace=False))
    tree = DecisionTreeClassifier(max_leaf_nodes=2 * (int(labels.max()) + 1), random_state=seed)
    folds = KFold(_FOLDS, shuffle=True, random_state=seed)
    return float(cross_val_score(tree, view.matrix(rows), labels[rows], cv=folds).mean())
