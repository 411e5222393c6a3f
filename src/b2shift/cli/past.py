"""The lake as a command asks for it: as it is, one kept version, or as it looked on a day."""

from datetime import datetime
from pathlib import Path

from b2shift.kernel.errors import InputError
from b2shift.lake.api import Lake, open_lake, version_on


def asked_lake(home: Path, version: int | None, on: datetime | None) -> Lake:
    """The lake at the version asked for; InputError for both a version and a day, StateError for one that is gone."""
    if version is not None and on is not None:
        raise InputError("Peça uma versão ou um dia, não os dois", value=version, hint="Tire --version ou --on")
    return open_lake(home, version if on is None else version_on(home, on.date()))
