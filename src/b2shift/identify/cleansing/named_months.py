"""Days and months whose month is a word, in Portuguese, English or Spanish: `5 de mar. de 2025`, `Mar 5, 2025`.

The same patterns serve Python, for one text, and the engine, for a column: few groups and one way to match each, which
is ten times as fast there. A year of two digits stands last and is of this century.
"""

import re
from collections.abc import Callable
from typing import NamedTuple

from b2shift.kernel.month_names import MONTH_PATTERN, month_digits_sql, month_number
from b2shift.kernel.text import fold
from b2shift.lake.api import literal

_YEAR, _BETWEEN = r"(\d\d(?:\d\d)?)", "[ ,./-]+"
_CLOCK = r"(?:[ ,]+(?:as |às |at |- )?(\d{1,2}:.*))?"
_DAY_FIRST = rf"^(?:[a-z-]+[.,]* )?(\d{{1,2}})(?:[oº°]|st|nd|rd|th)?{_BETWEEN}{MONTH_PATTERN}{_BETWEEN}{_YEAR}{_CLOCK}$"
_MONTH_FIRST = rf"^(?:[a-z]+[.,]+ )?{MONTH_PATTERN}[ .]+(\d{{1,2}})(?:st|nd|rd|th)?[ ,]+(\d{{4}}){_CLOCK}$"
_MONTH = rf"^{MONTH_PATTERN}{_BETWEEN}{_YEAR}$"
_BY_DAY, _BY_MONTH, _ALONE = map(re.compile, (_DAY_FIRST, _MONTH_FIRST, _MONTH))
_NUMBERED_MONTH = ["%Y-%m", "%Y/%m", "%m/%Y", "%m-%Y", "%Y%m"]
_CLOCKS = ["%Y-%m-%d ", "%Y-%m-%d %H:%M:%S", "%Y-%m-%d %I:%M:%S %p", "%Y-%m-%d %H:%M", "%Y-%m-%d %I:%M %p"]
_SHORT = 2
"""digits of a short year"""
_DAYS = range(1, 32)
_DATED, _MONTHLY = ("d", "m", "y", "c"), ("m", "y")


class NamedDay(NamedTuple):
    """A day whose month is a word; the clock as written, empty where there is none."""

    year: int
    month: int
    day: int
    clock: str
    short: bool
    """whether the year has two digits"""


class NamedMonth(NamedTuple):
    """A month that is a word."""

    year: int
    may_be_day: bool
    """whether the number beside it may be that of a day"""


def named_day(text: str) -> NamedDay | None:
    """The parts of a day whose month is a word, which may not be a day there is; None of any other text."""
    text = fold(text).replace(" de ", " ").replace(" del ", " ")
    if found := _BY_DAY.match(text):
        day, word, year, clock = found.groups()
    elif found := _BY_MONTH.match(text):
        word, day, year, clock = found.groups()
    else:
        return None
    return NamedDay(_whole_year(year), month_number(word), int(day), clock or "", len(year) == _SHORT)


def named_month(text: str) -> NamedMonth | None:
    """The year of a month that is a word and has no day; None of any other text."""
    found = _ALONE.match(fold(text).replace(" de ", " ").replace(" del ", " "))
    return NamedMonth(_whole_year(found[2]), len(found[2]) == _SHORT and int(found[2]) in _DAYS) if found else None


def named_day_sql(text: str) -> str:
    """SQL: the day of a text whose month is a word, NULL of any other."""
    return _either(text, lambda parts: f"TRY_CAST({_iso(parts)} AS DATE)")


def named_moment_sql(text: str) -> str:
    """SQL: the moment of a text whose month is a word, midnight where it tells no clock; NULL of any other."""
    return _either(text, lambda parts: f"try_strptime({_iso(parts)} || ' ' || coalesce({parts}.c, ''), {_CLOCKS})")


def first_of_month_sql(text: str) -> str:
    """SQL: the first day of a month written as a word or as a number, NULL of any other text."""
    named = _parts(text, _MONTH, _MONTHLY)
    return (
        f"coalesce(CAST(try_strptime({text}, {_NUMBERED_MONTH}) AS DATE), "
        f"TRY_CAST({_year(named)} || '-' || {month_digits_sql(f'{named}.m')} || '-01' AS DATE))"
    )


def short_year_sql(text: str) -> str:
    """SQL: whether the year of a day whose month is a word has two digits; NULL of any other text."""
    return _either(text, lambda parts: f"nullif(length({parts}.y), 0) = {_SHORT}")


def _whole_year(year: str) -> int:
    return int(f"20{year}" if len(year) == _SHORT else year)


def _either(text: str, value: Callable[[str], str]) -> str:
    """SQL: the value of the parts of a text with the day first, else of one with the month first."""
    ours = _parts(text, _DAY_FIRST, _DATED)
    theirs = _parts(text, _MONTH_FIRST, ("m", "d", "y", "c"))
    return f"coalesce({value(ours)}, {value(theirs)})"


def _parts(text: str, pattern: str, names: tuple[str, ...]) -> str:
    """SQL: the groups of a pattern as a struct, empty where the text is of another form."""
    plain = f"replace(replace(replace(lower(trim({text})), 'ç', 'c'), ' de ', ' '), ' del ', ' ')"
    return f"regexp_extract({plain}, {literal(pattern)}, {list(names)})"


def _iso(parts: str) -> str:
    return f"{_year(parts)} || '-' || {month_digits_sql(f'{parts}.m')} || '-' || {parts}.d"


def _year(parts: str) -> str:
    return f"CASE WHEN length({parts}.y) = {_SHORT} THEN '20' ELSE '' END || {parts}.y"
