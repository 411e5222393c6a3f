"""The published contracts are tried on the same people and records as the web's own tests."""

from tests.unit.web.conftest import (
    checked,
    checked_home,
    lake_home,
    measured,
    measured_home,
    people,
    published,
    records,
)
from tests.unit.web.rest.conftest import program, unhurried

__all__ = [
    "checked", "checked_home", "lake_home", "measured", "measured_home", "people", "program", "published", "records",
    "unhurried",
]  # fmt: skip
