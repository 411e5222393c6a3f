"""Business days in Brazil and the months metrics close on; every function takes its date, nothing asks the clock."""

from datetime import date, timedelta
from functools import lru_cache


@lru_cache(maxsize=1024)
def _brazil(year: int, state: str | None) -> frozenset[date]:
    import holidays  # on first use: it takes longer than most commands

    states = holidays.country_holidays("BR").subdivisions
    public = holidays.country_holidays("BR", subdiv=state if state in states else None, years=year)
    optional = holidays.country_holidays("BR", years=year, categories=("optional",))
    # On the Public Servant's Day only public servants stay at home.
    return frozenset(public) | (frozenset(optional) - {date(year, 10, 28)})


def is_business_day(day: date, state: str | None = None) -> bool:
    """Monday to Friday, not a holiday of the nation or of `state`; optional days such as Carnival count as holidays.

    A `state` that is no Brazilian state (`EX`: abroad) has the national holidays only.
    """
    return day.weekday() < 5 and day not in _brazil(day.year, state)


def business_days_between(start: date, end: date, state: str | None = None) -> int:
    """Business days in (start, end]; 0 when end is not after start."""
    span = (end - start).days
    return sum(is_business_day(start + timedelta(days=n), state) for n in range(1, span + 1))


def next_business_day(day: date, state: str | None = None) -> date:
    """The same day when it is one, else the next."""
    while not is_business_day(day, state):
        day += timedelta(days=1)
    return day


def add_business_days(day: date, count: int, state: str | None = None) -> date:
    """The `count`-th business day after `day`; `day` itself when `count` is 0."""
    for _ in range(count):
        day = next_business_day(day + timedelta(days=1), state)
    return day


def quarter_name(day: date, *, english: bool = False) -> str:
    """The quarter a day is in: `1º tri/2026`, `Q1 2026` in English."""
    quarter = (day.month + 2) // 3
    return f"Q{quarter} {day.year}" if english else f"{quarter}º tri/{day.year}"


def first_of_month(day: date) -> date:
    """1 March for any day of March."""
    return day.replace(day=1)


def add_months(day: date, months: int) -> date:
    """The same day of another month, or that month's last day."""
    index = day.year * 12 + day.month - 1 + months
    first = date(index // 12, index % 12 + 1, 1)
    return min(first + timedelta(days=day.day - 1), (first + timedelta(days=31)).replace(day=1) - timedelta(days=1))


def last_closed_month(as_of: date) -> date:
    """First day of the newest month that had ended on `as_of` (its own month, on its last day)."""
    return first_of_month(as_of) if (as_of + timedelta(days=1)).day == 1 else add_months(first_of_month(as_of), -1)
