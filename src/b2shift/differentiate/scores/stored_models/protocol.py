"""Interface of stored score models: predict columns of `scores`, serialise to JSON text."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any, Protocol

from b2shift.differentiate.scores.frame import Column, Design, Floats, Frame


@dataclass(frozen=True)
class Prediction:
    """Predicted columns of `scores`, and contributions in points to the first.

    `points` has a column per name in `features`: percentage points, points of health, or BRL.
    """

    columns: dict[str, Floats]
    features: tuple[str, ...]
    points: Floats


class StoredModel(Protocol):
    """One fitted score. Predictions do not depend on the batch."""

    @property
    def score(self) -> str:
        """Registry name."""

    @property
    def features(self) -> tuple[str, ...]:
        """Columns of `features` it reads."""

    def text(self) -> str:
        """JSON, with LightGBM's text for trees; floats round-trip exactly."""


class CustomerModel(StoredModel, Protocol):
    """A score that needs only a customer's features."""

    def predict(self, frame: Frame) -> Prediction:
        """Predict every customer of the frame."""


def version_of(text: str) -> str:
    """Version name: a digest of the text."""
    return blake2b(text.encode(), digest_size=5).hexdigest()


def to_json(content: Mapping[str, Any]) -> str:
    """JSON with sorted keys."""
    return json.dumps(content, ensure_ascii=False, sort_keys=True)


def columns_to_json(design: Design) -> list[list[Any]]:
    """A design as JSON values."""
    return [[column.feature, column.level, column.compressed] for column in design.columns]


def design_from_json(columns: list[list[Any]]) -> Design:
    """A design from JSON values."""
    return Design(tuple(Column(feature, level, compressed) for feature, level, compressed in columns))
