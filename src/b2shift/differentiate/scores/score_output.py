"""Output of one score for every customer."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from b2shift.differentiate.scores.cards import Card
from b2shift.differentiate.scores.frame import Floats
from b2shift.differentiate.scores.reasons import ReasonRows
from b2shift.differentiate.scores.registry import Served

Notes = Mapping[str, Any]
"""Notes passed to dependent scores: features left out, base rates."""


@dataclass(frozen=True)
class ScoreOutput:
    """Columns by name, one value per customer of the newest frame (NaN where not scored), reasons and cards."""

    columns: dict[str, Floats]
    reasons: list[ReasonRows]
    cards: list[Card]
    notes: dict[str, object] = field(default_factory=dict)
    served: list[Served] = field(default_factory=list)


def empty_column(customers: int) -> Floats:
    """A column of NaN."""
    return np.full(customers, np.nan)
