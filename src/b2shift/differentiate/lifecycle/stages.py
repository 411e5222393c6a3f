"""Life stages: a Gaussian mixture of four components on what each customer consumes, named by their means.

One row per customer, never per contract line; the membership is soft.
"""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from scipy.optimize import linear_sum_assignment

from b2shift.differentiate.segments.distinct import Floats, Integers, distinct
from b2shift.differentiate.segments.mixture import Mixture, gaussian_mixture

STAGES = ("Novos", "Em Expansão", "Fiéis", "Estratégicos")
COLUMNS = ("tenure_years", "contract_lines", "lines_signed_12m", "families_count", "contract_total", "mrr")
# How much a component's standardised mean on each column speaks for each stage (rows as STAGES, columns as COLUMNS).
_SPEAKS = np.array(
    [
        [-1.0, -0.6, -0.2, -0.3, -0.5, -0.3],
        [-0.3, 0.0, 1.2, 0.3, 0.0, 0.2],
        [0.9, 0.3, -0.8, 0.2, -0.2, 0.1],
        [0.4, 0.6, 0.3, 0.5, 1.1, 0.9],
    ]
)


@dataclass(frozen=True)
class Stages:
    """For each customer its stage (a position in STAGES) and the probability of each of the four."""

    stage: Integers
    membership: Floats

    @property
    def names(self) -> list[str]:
        """The stage of each customer."""
        return [STAGES[int(stage)] for stage in self.stage]

    @property
    def probability(self) -> Floats:
        """The membership of that stage."""
        highest: Floats = self.membership.max(axis=1)
        return highest


def life_stages(features: pa.Table, *, seed: int) -> Stages:
    """Stages of all customers; those that lack a figure are given the median of the others."""
    matrix = consumption(features)
    points = distinct(matrix)
    found = min(len(STAGES), len(points.rows))
    _, mixture = gaussian_mixture(points, found, seed=seed, starts=5)
    soft = np.zeros((len(points.rows), len(STAGES)))
    for component, stage in enumerate(_stages_of(mixture)):
        soft[:, stage] = mixture.membership(points.rows)[:, component]
    everyone = soft[points.inverse]
    return Stages(everyone.argmax(axis=1), everyone)


def consumption(features: pa.Table) -> Floats:
    """Customers x COLUMNS: logarithms, centred on the median, over the robust deviation, cut at three of it."""
    columns = []
    for name in COLUMNS:
        values = features.column(name).cast(pa.float64()).to_numpy(zero_copy_only=False).astype(float)
        known = np.isfinite(values)
        values = np.where(known, values, np.median(values[known]) if known.any() else 0.0)
        values = np.log1p(np.maximum(values, 0))
        low, middle, high = np.quantile(values, [0.25, 0.5, 0.75])
        spread = (high - low) / 1.349 or values.std() or 1.0
        columns.append(np.clip((values - middle) / spread, -3, 3))
    return np.column_stack(columns)


def _stages_of(mixture: Mixture) -> list[int]:
    """The stage of each component: the assignment for which their means speak most."""
    means = mixture.means
    deviation = np.sqrt(mixture.shares @ (means - mixture.shares @ means) ** 2)
    standard = (means - mixture.shares @ means) / np.where(deviation > 1e-9, deviation, 1.0)
    components, stages = linear_sum_assignment(-(standard @ _SPEAKS.T))
    order = np.argsort(components)
    return [int(stages[i]) for i in order]
