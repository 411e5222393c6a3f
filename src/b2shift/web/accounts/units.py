"""The business units of this house as records and pages name them: whatever it declares, from the next request on."""

from pathlib import Path

from django.conf import settings

from b2shift.identify.api import units_of
from b2shift.identify.contracts import Units


def house_units() -> Units:
    """The units in force here."""
    return units_of(Path(settings.HOME))


def unit_choices() -> list[tuple[str, str]]:
    """Key and name of each, as declared."""
    return [*house_units().names.items()]


def unit_name(key: str) -> str:
    """The name of a unit; one nobody declares any more is told by its key."""
    return house_units().names.get(key, key)


def is_divided() -> bool:
    """Whether the house has several units; where it has one, nothing need tell which."""
    return len(house_units().units) > 1
