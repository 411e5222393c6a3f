"""The units of a home: numbered files that never change and a pointer to those in force, as of policies."""

from collections.abc import Collection
from datetime import datetime
from functools import lru_cache
from pathlib import Path

from b2shift.identify.sources.declarations import built_in
from b2shift.identify.units.contracts import Units, UnitsVersion
from b2shift.identify.units.declaration import THE_HOUSE, changed_units, product_units, read_units, units_text
from b2shift.kernel.errors import InputError, StateError
from b2shift.lake.api import Lake, Session, VersionedTexts, current_version, table_names

_CUSTOMERS = frozenset({"contract_lines", "customer_registry"})
"""Whoever is in one of these tables is a customer."""


def units_of(home: Path) -> Units:
    """The units of a home as its pages and policies name them now."""
    return _remembered(home, units_number(home), current_version(home))


@lru_cache(maxsize=16)
def _remembered(home: Path, number: int, _version: int | None) -> Units:
    return units_at(home, number) if number else _undeclared(table_names(home))


def run_units(tables: Session | Lake) -> Units:
    """The same for a run, which has loaded what the home will show."""
    home = tables.store.root.parent
    number = units_number(home)
    return units_at(home, number) if number else _undeclared(tables.names)


def _undeclared(loaded: Collection[str]) -> Units:
    """The product's units, unless all customers come from sources the house declared itself."""
    ours = {one.raw_table for one in built_in()}
    of_product = any(_CUSTOMERS & {one.target, *one.also} for one in built_in() if one.raw_table in loaded)
    of_house = any(name.startswith("raw_") and name not in ours for name in loaded)
    return THE_HOUSE if of_house and not of_product else product_units()


def units_at(home: Path, number: int) -> Units:
    """The units of a version; UnknownNameError when there is none with this number."""
    path = _kept(home).require(number)
    try:
        return read_units(path.read_text("utf-8"), path.name)
    except (OSError, UnicodeDecodeError, InputError) as error:
        hint = "Escolha outra com `b2shift units rollback N`"
        raise StateError("As unidades desta casa estão danificadas", value=path, hint=hint) from error


def keep_units(home: Path, units: Units, now: datetime) -> UnitsVersion:
    """Keep units as the newest version and put them in force; customers follow with the next run."""
    return _told(home, _kept(home).keep(units_text(units), now))


def put_back_units(home: Path, number: int) -> UnitsVersion:
    """Put an older version in force; 0 is as if the home had never declared any. Nothing is deleted."""
    if number:
        units_at(home, number)
    _kept(home).point_to(number)
    return _told(home, number)


def units_number(home: Path) -> int:
    """The number of the version in force; 0 while a home declared none."""
    return _kept(home).in_force


def units_versions(home: Path) -> tuple[UnitsVersion, ...]:
    """Every version, oldest first."""
    return tuple(_told(home, number) for number in _kept(home).numbers)


def _told(home: Path, number: int) -> UnitsVersion:
    units = _numbered(home, number)
    return UnitsVersion(
        number=number,
        kept_at=_kept(home).kept_at(number) if number else None,
        units=len(units.units),
        changes=changed_units(_numbered(home, number - 1), units) if number else (),
        in_force=units_number(home) == number,
    )


def _numbered(home: Path, number: int) -> Units:
    return units_at(home, number) if number else _remembered(home, 0, current_version(home))


def _kept(home: Path) -> VersionedTexts:
    return VersionedTexts(
        home / "units",
        kind="versão das unidades",
        damaged="O apontador das unidades está danificado",
        mend="Escolha uma com `b2shift units rollback N`",
        unkept="As unidades não puderam ser guardadas",
        unmoved="As unidades não puderam ser trocadas",
    )
