"""From a YAML text to the units of a house, or to an error that says what is wrong with it."""

from functools import cache
from importlib import resources

import yaml
from pydantic import ValidationError

from b2shift.identify.units.contracts import Unit, Units
from b2shift.kernel.errors import InputError
from b2shift.kernel.faults import faults, told
from b2shift.kernel.yaml import parse_yaml

LONGEST = 100_000
"""Characters of a declaration."""
THE_HOUSE = Units(units=(Unit(key="casa", name="A casa", default=True),))
"""Of a house that never declared units and whose customers come from files of its own."""


@cache
def product_units() -> Units:
    """The units that come with the product."""
    return read_units(resources.files(__package__).joinpath("product.yaml").read_text("utf-8"), "product.yaml")


def read_units(text: str, name: str) -> Units:
    """The units a YAML text declares; InputError, with `name` of the text, says what is wrong and where."""
    hint = "Use um arquivo YAML como o que `b2shift units export` escreve"
    if len(text) > LONGEST:
        raise InputError("A declaração das unidades é longa demais", value=name, hint=hint)
    try:
        declared = parse_yaml(text)
    except yaml.YAMLError as error:
        raise InputError("A declaração das unidades não é YAML", value=name, hint=hint) from error
    return declare_units(declared, name)


def declare_units(declared: object, name: str) -> Units:
    """The same for what is declared as plain data."""
    try:
        return Units.model_validate(declared)
    except ValidationError as error:
        wrong = told(faults(error, Units, {"units": Unit}))
        raise InputError("A declaração das unidades não está certa", value=name, hint=wrong) from error


def units_text(units: Units) -> str:
    """The YAML of units, the same each time."""
    return yaml.safe_dump(
        units.model_dump(mode="json", exclude_defaults=True), allow_unicode=True, sort_keys=False, width=100
    )


def changed_units(before: Units, after: Units) -> tuple[str, ...]:
    """One line per unit that was added, taken out or changed."""
    old, new = ({one.key: one for one in units.units} for units in (before, after))
    lines = [f"- {old[key].name} ({key})" for key in old if key not in new]
    lines += [f"+ {new[key].name} ({key}): {_serves(new[key])}" for key in new if key not in old]
    for was, now in ((old[key], new[key]) for key in new if key in old and new[key] != old[key]):
        named = f"{was.name} → {now.name}" if was.name != now.name else now.name
        serves = f": {_serves(was)} → {_serves(now)}" if _serves(was) != _serves(now) else ""
        lines.append(f"~ {named} ({now.key}){serves}")
    return tuple(lines)


def _serves(unit: Unit) -> str:
    return ", ".join([*unit.families, *(["as demais"] if unit.default else [])]) or "nada"
