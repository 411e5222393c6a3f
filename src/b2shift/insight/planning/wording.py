"""Named patterns and word lists of wording.yaml."""

import re
from functools import cache, lru_cache
from importlib import resources
from typing import Any

from b2shift.kernel.yaml import parse_yaml


@lru_cache(maxsize=1)
def _declared() -> dict[str, Any]:
    return parse_yaml((resources.files("b2shift.insight.planning") / "wording.yaml").read_text("utf-8"))


@cache
def pattern(name: str) -> re.Pattern[str]:
    """The compiled pattern of a name, for folded text."""
    return re.compile("|".join(f"(?:{one})" for one in _declared()["patterns"][name]["phrase"]))


@cache
def words(name: str) -> frozenset[str]:
    """The word list of a name."""
    return frozenset(_declared()["words"][name].split())


def examples() -> dict[str, str]:
    """Pattern name → a text that it matches."""
    return {name: entry["example"] for name, entry in _declared()["patterns"].items()}
