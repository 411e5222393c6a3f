"""Patterns and words of wording.yaml, by their name."""

import re
from functools import cache, lru_cache
from importlib import resources
from typing import Any

from b2shift.kernel.yaml import parse_yaml


@lru_cache(maxsize=1)
def _told() -> dict[str, Any]:
    return parse_yaml((resources.files("b2shift.insight.planning") / "wording.yaml").read_text("utf-8"))


@cache
def pattern(name: str) -> re.Pattern[str]:
    """What a turn of phrase looks like in folded text."""
    return re.compile("|".join(f"(?:{one})" for one in _told()["patterns"][name]["phrase"]))


@cache
def words(name: str) -> frozenset[str]:
    """The words of a list."""
    return frozenset(_told()["words"][name].split())


def examples() -> dict[str, str]:
    """Name of every pattern → a text in which it is found."""
    return {name: told["example"] for name, told in _told()["patterns"].items()}
