"""How workers that find the same list share it out without speaking to each other."""

import secrets
from collections.abc import Sequence
from typing import TypeVar

One = TypeVar("One")


def from_somewhere(rows: Sequence[One]) -> list[One]:
    """The same rows, begun at another place each time: workers meet late, and no row waits behind others for ever."""
    start = secrets.randbelow(len(rows)) if rows else 0
    return [*rows[start:], *rows[:start]]
