"""What every kept score can do: say its columns of `scores` for customers, and be written as text and read back."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any, Protocol

from b2shift.differentiate.scores.frame import Column, Design, Floats, Frame


@dataclass(frozen=True)
class Said:
    """What is said of some customers: values by column of `scores`, and how many points each input makes of the first.

    `points` has a column for each name of `told`: percentage points of a probability, points of health, or BRL; how
    much lower the score would be without it.
    """

    columns: dict[str, Floats]
    told: tuple[str, ...]
    points: Floats


class Kept(Protocol):
    """One fitted score. What it says of a customer does not depend on who is asked about beside it."""

    @property
    def score(self) -> str:
        """Name under which its versions are kept."""

    @property
    def features(self) -> tuple[str, ...]:
        """Columns of `features` it looks at."""

    def text(self) -> str:
        """JSON of numbers and words, and LightGBM's own text of trees; floats read back to the same bits."""


class Speaking(Kept, Protocol):
    """A score that needs nothing but the features of a customer."""

    def say(self, frame: Frame) -> Said:
        """Everything about every customer of the frame."""


def version_of(text: str) -> str:
    """The name of a model: a digest of its text."""
    return blake2b(text.encode(), digest_size=5).hexdigest()


def as_text(told: Mapping[str, Any]) -> str:
    """JSON with its keys in order."""
    return json.dumps(told, ensure_ascii=False, sort_keys=True)


def columns_of(seen: Design) -> list[list[Any]]:
    """A design as JSON holds it."""
    return [[one.feature, one.level, one.compressed] for one in seen.columns]


def design_of(columns: list[list[Any]]) -> Design:
    """A design from JSON."""
    return Design(tuple(Column(feature, level, compressed) for feature, level, compressed in columns))
