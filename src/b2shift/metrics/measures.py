"""How metrics are computed, from measures.yaml."""

from functools import lru_cache
from importlib import resources
from typing import Any

from b2shift.kernel.yaml import parse_yaml

PERCENTILES = {"median": 0.5, "p10": 0.1, "p25": 0.25, "p75": 0.75, "p90": 0.9, "p95": 0.95}


@lru_cache(maxsize=1)
def measures() -> dict[str, Any]:
    """Sources, measures, columns and joins, as declared."""
    told: dict[str, Any] = parse_yaml((resources.files("b2shift.metrics") / "measures.yaml").read_text("utf-8"))
    return told


def has_data(name: str) -> bool:
    """Whether a metric can be computed from the lake, or a dimension is a column of it."""
    return name in measures()["measures"] or name in measures()["columns"]
