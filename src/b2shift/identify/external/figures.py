"""Parse numbers, months, municipalities and activities as public institutes write them."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from b2shift.kernel.text import fold

_NAMES = [
    "janeiro",
    "fevereiro",
    "marco",
    "abril",
    "maio",
    "junho",
    "julho",
    "agosto",
    "setembro",
    "outubro",
    "novembro",
    "dezembro",
]
_MONTHS = {name: number for number, name in enumerate(_NAMES, 1)}
_STATES: Mapping[str, str] = dict(
    pair.split(":")
    for pair in [
        "11:RO",
        "12:AC",
        "13:AM",
        "14:RR",
        "15:PA",
        "16:AP",
        "17:TO",
        "21:MA",
        "22:PI",
        "23:CE",
        "24:RN",
        "25:PB",
        "26:PE",
        "27:AL",
        "28:SE",
        "29:BA",
        "31:MG",
        "32:ES",
        "33:RJ",
        "35:SP",
        "41:PR",
        "42:SC",
        "43:RS",
        "50:MS",
        "51:MT",
        "52:GO",
        "53:DF",
    ]
)
_PLACE = re.compile(r"^(.*?)\s*(?:\(([A-Z]{2})\)|[-–/]\s*([A-Z]{2}))\s*$")


@dataclass(frozen=True)
class Figure:
    """One value; municipality and activity are empty for totals. `told_in`: month of declaration of a correction."""

    municipality: str
    activity: str
    month: date
    value: float
    told_in: date | None = None


def number(text: str, decimal: str) -> float | None:
    """`1.234,5` or `1,234.5` by the decimal mark of the file, `-` (zero, as IBGE writes it).

    None for `..`, `...`, `X` and what is no number.
    """
    plain = text.strip().replace("\u00a0", "")
    if plain == "-":
        return 0.0
    parted = "." if decimal == "," else ","
    if re.fullmatch(rf"-?\d{{1,3}}(\{parted}\d{{3}})+(\{decimal}\d+)?", plain):
        plain = plain.replace(parted, "")
    if parted in plain:
        return None
    plain = plain.replace(decimal, ".")
    try:
        value = float(plain)
    except ValueError:
        return None
    return value if value == value and abs(value) != float("inf") else None


def month(text: str) -> date | None:
    """The first day of what a text names: a day, a month, a quarter or a year; None when it names none."""
    plain = fold(text)
    if found := re.fullmatch(r"(\d{4})-?(\d{2})(?:-\d{2})?", plain):
        return _first(found[1], found[2])
    if found := re.fullmatch(r"(?:\d{2}/)?(\d{2})/(\d{4})", plain):
        return _first(found[2], found[1])
    if found := re.fullmatch(r"(\d{4})", plain):
        return _first(found[1], "1")
    if found := re.fullmatch(r"([1-4])\S* trimestre (?:de )?(\d{4})", plain):
        return _first(found[2], str(3 * int(found[1]) - 2))
    if (found := re.fullmatch(r"([a-z]+)[ /](?:de )?(\d{4})", plain)) and found[1] in _MONTHS:
        return _first(found[2], str(_MONTHS[found[1]]))
    return None


def _first(year: str, number_of_month: str) -> date | None:
    return date(int(year), int(number_of_month), 1) if 1 <= int(number_of_month) <= 12 and int(year) > 1500 else None


def place(name: str, state: str = "") -> str:
    """`São Paulo (SP)`, `São Paulo - SP` → `SAOPAULO/SP`, as customers' cities are written; empty without a state."""
    found = _PLACE.match(name.strip())
    if found:
        name, state = found[1], found[2] or found[3]
    letters = re.sub(r"[^a-z]", "", fold(name)).upper()
    return f"{letters}/{state.upper()}" if letters and state else ""


def state_of(code: str) -> str:
    """The state of IBGE's code of a municipality; empty for another code."""
    return _STATES.get(code[:2], "")


def place_of(name: str, code: str) -> str:
    """A place by its name, or by name and code of a municipality (seven digits) where the name has no state."""
    return place(name) or (place(name, state_of(code.strip())) if re.fullmatch(r"\d{6,7}", code.strip()) else "")


def activity(text: str) -> str:
    """A CNAE by its class, where it has one, and its words.

    `56.11-2 Restaurantes e similares` → `56112 restaurantes e similares`; a subclass (`5611-2/01`, `5611201`) is
    reduced to its class; a division or a group to its words; a code without words to its class.
    """
    plain = fold(text)
    digits = re.sub(r"\D", "", (re.match(r"[\d./\-\s]*", plain) or [""])[0])
    words = re.sub(r"[^a-z]+", " ", re.sub(r"^[\d./\-\s]+", "", plain)).strip()
    return f"{activity_class(digits)} {words}".strip()


def activity_class(digits: str) -> str:
    """The five digits of a class from those of a class or a subclass; a spreadsheet loses the zero of a subclass.

    Four digits may be a class without its last one or without its zero: they name none.
    """
    whole = digits.zfill(7) if len(digits) == 6 else digits
    return whole[:5] if len(whole) in (5, 7) else ""
