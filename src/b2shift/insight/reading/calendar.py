"""Calendar arithmetic of named periods, relative to a reference date; both ends inclusive."""

from datetime import date, timedelta

from b2shift.kernel.calendar import add_months, first_of_month, last_closed_month

Days = tuple[date, date]
MONTHS_IN = {"month": 1, "bimester": 2, "quarter": 3, "four_months": 4, "half": 6, "year": 12}
INDEX = {"primeiro": 1, "first": 1, "segundo": 2, "second": 2, "terceiro": 3, "third": 3, "quarto": 4, "fourth": 4}


def month_end(first: date) -> date:
    """The last day of the month that starts on `first`."""
    return add_months(first_of_month(first), 1) - timedelta(days=1)


def span(first: date, months: int) -> Days:
    """`months` whole months from the one of `first`."""
    start = first_of_month(first)
    return start, add_months(start, months) - timedelta(days=1)


def start_of(unit: str, day: date) -> date:
    """First day of the month, quarter, half or year that holds `day`."""
    months = MONTHS_IN[unit]
    return date(day.year, (day.month - 1) // months * months + 1, 1)


def current(unit: str, as_of: date) -> Days:
    """From the first day of the unit to the reference date."""
    return start_of(unit, as_of), as_of


def shifted(unit: str, as_of: date, steps: int) -> Days:
    """The whole unit `steps` after (or, negative, before) the one that holds the reference date."""
    months = MONTHS_IN[unit]
    return span(add_months(start_of(unit, as_of), months * steps), months)


def closed(days: Days, as_of: date) -> bool:
    """Whether a period is over, and is not the month that closed last."""
    return days[1] < first_of_month(as_of) and days != shifted("month", as_of, -1)


def last_closed(count: int, unit: str, as_of: date) -> Days:
    """The last `count` units that had ended: months for months and years, whole quarters and halves for those."""
    following = add_months(last_closed_month(as_of), 1)
    end = start_of(unit, following) if unit in {"quarter", "half"} else following
    months = count * MONTHS_IN[unit]
    return add_months(end, -months), end - timedelta(days=1)


def coming(count: int, unit: str, as_of: date) -> Days:
    """The next `count` units; months count from the one that runs, on its last day from the one after it, larger units
    from the next one."""
    runs = as_of if as_of < month_end(as_of) else as_of + timedelta(days=1)
    if count > 1 and unit in {"month", "year"}:
        return span(runs, count * MONTHS_IN[unit])
    return span(add_months(start_of(unit, as_of), MONTHS_IN[unit]), count * MONTHS_IN[unit])


def named_month(month: int, year: int | None, as_of: date, ahead: bool) -> Days:
    """A month; without a year its latest past occurrence, or the next one when looking ahead."""
    if year is None:
        if ahead:
            year = as_of.year if month >= as_of.month else as_of.year + 1
        else:
            year = as_of.year if month <= as_of.month else as_of.year - 1
    return _until(span(date(year, month, 1), 1), as_of, ahead)


def named_part(unit: str, index: int, year: int | None, as_of: date, ahead: bool) -> Days:
    """A quarter or half by its number; without a year the latest that had begun, or the next one that has not ended."""
    months = MONTHS_IN[unit]
    if year is None:
        first = date(as_of.year, (index - 1) * months + 1, 1)
        year = as_of.year
        if ahead and add_months(first, months) <= as_of:
            year += 1
        elif not ahead and first > as_of:
            year -= 1
    return _until(span(date(year, (index - 1) * months + 1, 1), months), as_of, ahead)


def named_year(year: int, as_of: date, ahead: bool) -> Days:
    """A year; the one that runs ends on the reference date."""
    return _until(span(date(year, 1, 1), 12), as_of, ahead)


def _until(days: Days, as_of: date, ahead: bool) -> Days:
    start, end = days
    return (start, as_of) if start <= as_of < end and not ahead else days


def unit_of(days: Days) -> str | None:
    """The calendar unit that a period is, whole: a quarter or a half."""
    return next((unit for unit in ("quarter", "half") if span(start_of(unit, days[0]), MONTHS_IN[unit]) == days), None)
