"""Random rotation of a work list, so that concurrent workers seldom contend."""

import secrets
from collections.abc import Sequence
from typing import TypeVar

Item = TypeVar("Item")


def rotated(rows: Sequence[Item]) -> list[Item]:
    """The rows rotated to a random start: no row starves."""
    start = secrets.randbelow(len(rows)) if rows else 0
    return [*rows[start:], *rows[:start]]
