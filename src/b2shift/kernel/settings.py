"""What a run needs to know before it starts; secrets come from the environment only."""

from collections.abc import Mapping
from datetime import date
from pathlib import Path

from pydantic import Field

from b2shift.kernel.contract import Contract

DEFAULT_HOME = Path("b2shift-home")


class RunSettings(Contract):
    """One run of the loop: where it works, as of when, with which seed and limits."""

    home: Path = DEFAULT_HOME
    as_of: date | None = Field(None, description="None: the newest date in the data")
    seed: int = 7
    memory_limit_mb: int = Field(2048, ge=256)
    threads: int = Field(2, ge=1)


def home_from(environment: Mapping[str, str]) -> Path:
    """The home folder named by B2SHIFT_HOME, or ./b2shift-home."""
    return Path(environment.get("B2SHIFT_HOME") or DEFAULT_HOME)
