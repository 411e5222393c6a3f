"""The form of the units: as typed, and the units they come to, or what is wrong."""

import re
from dataclasses import dataclass, replace

from django.http import QueryDict
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from b2shift.identify.api import declare_units
from b2shift.identify.contracts import LONGEST_KEY, Units
from b2shift.kernel.errors import InputError
from b2shift.kernel.text import fold

NEW = "+"
"""Stands for the unit being added, whose key is not known before it has a name."""
_MOST_UNITS = 40


@dataclass(frozen=True)
class UnitRow:
    """One unit as typed."""

    key: str
    name: str
    out: bool = False


@dataclass(frozen=True)
class UnitsForm:
    """What is typed: units, the one to be added, the default, and the unit of each family ("" for the default)."""

    rows: tuple[UnitRow, ...]
    added: str
    default: str
    family_units: dict[str, str]
    units: Units | None = None
    wrong: str = ""


def initial_form(units: Units, families: tuple[str, ...]) -> UnitsForm:
    """The form of the units in force; `families` are those customers have."""
    known = dict.fromkeys(sorted({*families, *units.unit_of_family}), "")
    rows = tuple(UnitRow(one.key, one.name) for one in units.units)
    return UnitsForm(rows, "", units.default.key, known | units.unit_of_family, units)


def bound_form(data: QueryDict) -> UnitsForm:
    """The form with posted data and the units it comes to."""
    keys = list(dict.fromkeys(data.getlist("key")))[:_MOST_UNITS]
    rows = tuple(UnitRow(key, data.get(f"name-{key}", "").strip(), f"out-{key}" in data) for key in keys)
    added = data.get("added", "").strip()
    chosen = dict(zip(data.getlist("family"), data.getlist("family_unit"), strict=False))
    form = UnitsForm(rows, added, data.get("default", ""), chosen)
    if wrong := _unanswered(form):
        return replace(form, wrong=wrong)
    try:
        return replace(form, units=_declared(form))
    except InputError as error:
        return replace(form, wrong=f"{error.what}. {capfirst(error.hint)}.")


def _unanswered(form: UnitsForm) -> str:
    """What the form lacks, in the words of the page."""
    staying = [row for row in form.rows if not row.out]
    if not all(row.name for row in staying):
        return _("Escreva o nome de cada unidade que fica.")
    if form.default not in {row.key for row in staying} | ({NEW} if form.added else set()):
        return _("Escolha qual unidade, das que ficam, atende as demais famílias e quem não tem nenhuma.")
    return ""


def _declared(form: UnitsForm) -> Units:
    kept = [(row.key, row.name) for row in form.rows if not row.out]
    if form.added:
        kept.append((_new_key(form.added, [row.key for row in form.rows]), form.added))
    named = {NEW: kept[-1][0]} if form.added else {}
    of_family = {family: named.get(key, key) for family, key in form.family_units.items()}
    default = named.get(form.default, form.default)
    units = [
        {
            "key": key,
            "name": name,
            "default": key == default,
            "families": [one for one, unit in of_family.items() if unit == key and key != default],
        }
        for key, name in kept
    ]
    return declare_units({"units": units}, _("esta página"))


def _new_key(name: str, taken: list[str]) -> str:
    """A code out of a name: its letters and figures, and a number where another unit has the code already."""
    plain = re.sub(r"[^a-z0-9]+", "_", fold(name)).strip("_")
    start = plain if plain[:1].isalpha() else f"u_{plain}"
    codes = [start[:LONGEST_KEY], *(f"{start[: LONGEST_KEY - 3]}_{n}" for n in range(2, _MOST_UNITS + 2))]
    return next(code.strip("_") for code in codes if code.strip("_") not in taken)
