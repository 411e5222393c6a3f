"""One score of every customer, as the table keeps it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from b2shift.differentiate.scores.cards import Card
from b2shift.differentiate.scores.frame import Floats
from b2shift.differentiate.scores.reasons import Told
from b2shift.differentiate.scores.registry import Served

Notes = Mapping[str, Any]
"""What the scores made before tell the ones that follow: features left out, base rates."""


@dataclass(frozen=True)
class Scored:
    """Columns by name, one value per customer of the newest frame (NaN where not scored), reasons and cards."""

    columns: dict[str, Floats]
    told: list[Told]
    cards: list[Card]
    notes: dict[str, object] = field(default_factory=dict)
    served: list[Served] = field(default_factory=list)


def nowhere(customers: int) -> Floats:
    """A column without any value."""
    return np.full(customers, np.nan)
