"""Histograms of each score over the whole base; counts only."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from b2shift.differentiate.api import score_columns, score_unit
from b2shift.kernel.errors import StateError
from b2shift.lake.api import quote
from b2shift.web.accounts.models import User
from b2shift.web.accounts.permissions import Capability, may
from b2shift.web.crm.lake import lake

BINS = 20
_FARTHEST = 0.99


@dataclass(frozen=True)
class Histogram:
    """Customers by value: bounds of each bin and its count; the last bin is open-ended."""

    unit: str
    bins: tuple[tuple[float, float, int], ...]
    median: float
    ninth: float
    """The value that one customer in ten exceeds."""
    customers: int


def histograms(user: User, scores: Sequence[str]) -> dict[str, Histogram]:
    """Of the scores that have a column with values; none without the capability or before the first run."""
    if not may(user, Capability.MODELS):
        return {}
    try:
        read = lake()
    except StateError:
        return {}
    if not read.has("scores"):
        return {}
    wanted = [name for name in scores if name in score_columns(read)]
    if not wanted:
        return {}
    table = read.query(f"SELECT {', '.join(map(quote, wanted))} FROM scores")
    found = {name: np.asarray(table.column(name).drop_null().to_numpy(), dtype=float) for name in wanted}
    return {name: _histogram(score_unit(name), values) for name, values in found.items() if len(values)}


def _histogram(unit: str, values: np.ndarray) -> Histogram:
    least, farthest = float(values.min()), float(np.quantile(values, _FARTHEST))
    counts, edges = np.histogram(np.minimum(values, farthest), bins=BINS, range=(least, max(farthest, least + 1e-9)))
    bins = zip(edges[:-1].tolist(), edges[1:].tolist(), counts.tolist(), strict=True)
    median, ninth = np.quantile(values, [0.5, 0.9]).tolist()
    return Histogram(unit, tuple(bins), median, ninth, len(values))
