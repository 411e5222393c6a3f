"""Where B2Shift works when nobody says where."""

from collections.abc import Mapping
from pathlib import Path

DEFAULT_HOME = Path("b2shift-home")


def home_from(environment: Mapping[str, str]) -> Path:
    """The home folder named by B2SHIFT_HOME, or ./b2shift-home."""
    return Path(environment.get("B2SHIFT_HOME") or DEFAULT_HOME)
