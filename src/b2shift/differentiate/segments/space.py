"""The reference space: standardised columns, projected on the principal components with 80 % of the variance.

Equals scikit-learn's StandardScaler and PCA(0.80) on the repeated rows (tested), up to axis signs, which are fixed so
that maps do not flip.
"""

from dataclasses import dataclass

import numpy as np

from b2shift.differentiate.segments.distinct import Distinct, Floats

VARIANCE = 0.80


@dataclass(frozen=True)
class Space:
    """Linear map from columns to principal components."""

    mean: Floats
    scale: Floats
    axes: Floats
    explained: float

    def project(self, rows: Floats) -> Floats:
        """Coordinates (rows x axes)."""
        coordinates: Floats = ((rows - self.mean) / self.scale) @ self.axes
        return coordinates


def reference_space(points: Distinct, variance: float = VARIANCE) -> Space:
    """Fit on weighted rows; constant columns contribute nothing."""
    share = points.weights / points.total
    mean = share @ points.rows
    centred = points.rows - mean
    scale = np.sqrt(share @ centred**2)
    scale[scale < 1e-12] = 1.0
    scaled = centred / scale
    values, vectors = np.linalg.eigh((scaled * share[:, None]).T @ scaled)
    values, vectors = np.clip(values[::-1], 0, None), vectors[:, ::-1]
    explained = np.cumsum(values) / max(values.sum(), 1e-300)
    kept = min(int(np.searchsorted(explained, variance, side="right")) + 1, len(values))
    axes = vectors[:, :kept]
    strongest = np.abs(axes).argmax(axis=0)
    axes = axes * np.sign(axes[strongest, np.arange(kept)])
    return Space(mean, scale, axes, float(explained[kept - 1]))
