"""The lake of a command: current, one version, or as of a day."""

from datetime import datetime
from pathlib import Path

from b2shift.kernel.errors import InputError
from b2shift.lake.api import Lake, open_lake, version_on


def lake_at(home: Path, version: int | None, on: datetime | None) -> Lake:
    """The lake at the version or day given; InputError for both, StateError for one that is gone."""
    if version is not None and on is not None:
        raise InputError("Peça uma versão ou um dia, não os dois", value=version, hint="Tire --version ou --on")
    return open_lake(home, version if on is None else version_on(home, on.date()))
