"""The forms in which files write days, weeks, months and quarters, as SQL from their text to a moment.

`31/01/2025 10:30`, `31/01/25`, `2025-01-31T10:30:00.5Z`, `1/31/2025 4:05 PM`, `1º de fevereiro de 2025`,
`Jan 31, 2025`, `2025-W05`, `jan/2025`, `01/2025`, `2025 Jan`, `2025M01`, `1T25`, `2025 Q1`, `1º trimestre de 2025`.
Each is NULL where the text is of another form; the hour is that of the place that wrote it.
"""

import re
from dataclasses import dataclass

from b2shift.kernel.month_names import MONTH_PATTERN, month_digits_sql
from b2shift.lake.api import literal

_HOURS = ("", " %H:%M", " %H:%M:%S", " %I:%M %p", " %I:%M:%S %p", " %I:%M%p", " %I:%M:%S%p")
"""What may follow a day."""
_FULL, _SHORT = r"^\d{4}-|-\d{4}( |$)", r"^\d{1,2}-\d{1,2}-\d{2}( |$)"
"""Days whose year has four digits, and two."""
_ORDERS = (("%Y-%m-%d", _FULL), ("%d-%m-%Y", _FULL), ("%m-%d-%Y", _FULL), ("%d-%m-%y", _SHORT), ("%m-%d-%y", _SHORT))
_SWAPPED = ((1, 2), (3, 4))
"""Places of the orders with the day first, each with that of the same with the month first."""
_TOGETHER = 2
"""So many orders, the first ones, may stand side by side in one column: the place of the year tells them apart."""
_DAY = r"^(\d{1,4})[-/.](\d{1,2})[-/.](\d{1,4})[T ]*"
_ZONE = r"(:\d\d)(?:\.\d+)?\s*(?:Z|UTC|[-+]\d\d(?::?\d\d)?)?$"
"""What may follow the minutes or seconds: their fraction and the zone."""
_BETWEEN = r"(?:[^\pL\d]|del? )+"
_THIS_CENTURY = 69
"""Years of two digits under this are of this century, as POSIX has it."""
_YEAR, _FULL_YEAR = r"(\d{4}|\d{2})", r"((?:18|19|20|21)\d\d)"


@dataclass(frozen=True)
class DateFormat:
    """SQL of a timestamp, and how many months it is the first day of, where the text tells no day."""

    sql: str
    months: int = 0


def date_formats(text: str) -> list[DateFormat]:
    """Every form in which the SQL of a text may be read."""
    days = _days(text)
    return [
        *(DateFormat(sql) for sql in days),
        DateFormat(_named_day(text)),
        DateFormat(_week(text)),
        DateFormat(_numbered_month(text), 1),
        DateFormat(_named_month(text), 1),
        DateFormat(_quarter(text), 3),
        DateFormat(f"coalesce({', '.join(days[:_TOGETHER])})"),
    ]


def month_first_variants(text: str) -> list[tuple[DateFormat, DateFormat]]:
    """The forms with the day first, each with the same that has the month first."""
    days = [DateFormat(sql) for sql in _days(text)]
    return [(days[ours], days[theirs]) for ours, theirs in _SWAPPED]


def _days(text: str) -> list[str]:
    """In each order of day, month and year."""
    zoneless = f"regexp_replace({text}, {literal(_ZONE)}, '\\1')"
    dashed = f"rtrim(regexp_replace({zoneless}, {literal(_DAY)}, '\\1-\\2-\\3 '))"
    return [_day(dashed, order, years) for order, years in _ORDERS]


def _day(dashed: str, order: str, years: str) -> str:
    """`31-01-2025 10:30` in one order of day, month and year."""
    forms = ", ".join(literal(order + hour) for hour in _HOURS)
    return f"CASE WHEN regexp_matches({dashed}, {literal(years)}) THEN try_strptime({dashed}, [{forms}]) END"


def _numbered_month(text: str) -> str:
    """`2025-01`, `2025/01`, `01/2025`."""
    first = _parts(text, rf"^{_FULL_YEAR}[-/.](\d{{1,2}})$")
    last = _parts(text, rf"^(\d{{1,2}})[-/.]{_FULL_YEAR}$")
    year, month = f"coalesce({first[0]}, {last[1]})", f"coalesce({first[1]}, {last[0]})"
    return _first_day(f"{year}::INTEGER", f"{month}::INTEGER")


def _named_day(text: str) -> str:
    """`1º de fevereiro de 2025`, `31-jan-25`, `Jan 31, 2025`."""
    text = _small(text)
    ours = _parts(text, rf"^(\d{{1,2}})º?{_BETWEEN}{MONTH_PATTERN}{_BETWEEN}{_YEAR}$")
    theirs = _parts(text, rf"^{MONTH_PATTERN}{_BETWEEN}(\d{{1,2}}),?{_BETWEEN}{_YEAR}$")
    day, month = f"coalesce({ours[0]}, {theirs[1]})", f"coalesce({ours[1]}, {theirs[0]})"
    year = _year(f"coalesce({ours[2]}, {theirs[2]})")
    iso = f"printf('%04d-%s-%02d', {year}, {month_digits_sql(month)}, {day}::INTEGER)"
    return f"try_cast({iso} AS TIMESTAMP)"


def _week(text: str) -> str:
    """The Monday of `2025-W05` and `2025 W5`, as ISO 8601 counts them."""
    year, week = _parts(text, rf"^{_FULL_YEAR}[- ]?[wW](\d{{1,2}})$")
    inside = f"CASE WHEN {week}::INTEGER BETWEEN 1 AND 53 THEN {week}::INTEGER - 1 END"
    return f"date_trunc('week', make_date({year}::INTEGER, 1, 4)) + to_days(7 * {inside})"


def _named_month(text: str) -> str:
    """`jan/2025`, `fevereiro de 2025`, `mar-25`, `2025 Apr`, `2025M05`."""
    text = _small(text)
    last = _parts(text, rf"^{MONTH_PATTERN}(?:{_BETWEEN})?{_YEAR}$")
    first = _parts(text, rf"^{_FULL_YEAR}(?:{_BETWEEN})?{MONTH_PATTERN}$")
    counted = _parts(text, rf"^{_FULL_YEAR}[- ]?m(\d{{1,2}})$")
    month = f"coalesce({month_digits_sql(f'coalesce({last[0]}, {first[1]})')}, {counted[1]})::INTEGER"
    return _first_day(_year(f"coalesce({last[1]}, {first[0]}, {counted[0]})"), month)


def _quarter(text: str) -> str:
    """`1T25`, `T1/2025`, `2025 Q1`, `1º trimestre de 2025`."""
    small = f"lower({text})"
    first = _parts(small, rf"^{_FULL_YEAR}[- /]?[qt]([1-4])$")
    named = _parts(small, rf"^[qt]([1-4])(?:{_BETWEEN})?{_YEAR}$")
    counted = _parts(small, rf"^([1-4])[ºo°ª]?\s?(?:[qt]|tri\pL*)(?:{_BETWEEN})?{_YEAR}$")
    quarter = f"coalesce({first[1]}, {named[0]}, {counted[0]})::INTEGER"
    return _first_day(_year(f"coalesce({first[0]}, {named[1]}, {counted[1]})"), f"({quarter} * 3 - 2)")


def _parts(text: str, pattern: str) -> list[str]:
    """SQL of each group of the pattern, NULL where the text is of another form."""
    groups = re.compile(pattern.replace("\\pL", "x")).groups
    return [f"nullif(regexp_extract({text}, {literal(pattern)}, {group}), '')" for group in range(1, groups + 1)]


def _small(text: str) -> str:
    return f"replace(lower({text}), 'ç', 'c')"


def _year(digits: str) -> str:
    century = f"CASE WHEN length({digits}) = 4 THEN 0 WHEN {digits}::INTEGER < {_THIS_CENTURY} THEN 2000 ELSE 1900 END"
    return f"({digits}::INTEGER + {century})"


def _first_day(year: str, month: str) -> str:
    return f"CASE WHEN {month} BETWEEN 1 AND 12 THEN make_timestamp({year}, {month}, 1, 0, 0, 0) END"
