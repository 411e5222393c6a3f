"""How long work reports where it is, without knowing who listens."""

from typing import Protocol


class Progress(Protocol):
    """Called by long work; the command line draws it, tests ignore it."""

    def __call__(self, stage: str, done: float, total: float, note: str = "") -> None:
        """`stage` is at `done` of `total` (bytes, rows or steps: only the ratio is shown)."""


def silent(stage: str, done: float, total: float, note: str = "") -> None:
    """Listen to nothing."""
