"""Periods as buckets that facts fall into; flows fall between the ends, stocks are taken at the last closed month."""

from datetime import date, timedelta
from typing import NamedTuple

from b2shift.kernel.calendar import add_months, first_of_month, last_closed_month
from b2shift.metrics.contracts import Comparison, Grain, Period

MONTHS_IN: dict[Grain, int] = {"month": 1, "quarter": 3, "year": 12}
MAIN, OTHER = "main", "other"


class Bucket(NamedTuple):
    """One stretch of time: its name, first and last day, and the last month closed by then."""

    name: str
    first: date
    last: date
    month: date


def bucket(name: str, start: date, end: date, closed: date) -> Bucket:
    """A bucket that ends, for stocks, in its last month that was closed; `closed` is the newest one of all."""
    last_day_of_month = (end + timedelta(days=1)).day == 1
    month = first_of_month(end) if last_day_of_month else add_months(first_of_month(end), -1)
    month = max(month, first_of_month(start))
    return Bucket(name, start, end, min(month, closed))


def default_period(as_of: date, months: int = 1) -> Period:
    """The last closed months, what is meant when no period is said."""
    closed = last_closed_month(as_of)
    return Period(start=add_months(closed, 1 - months), end=add_months(closed, 1) - timedelta(days=1))


def series(period: Period, grain: Grain, as_of: date) -> list[Bucket]:
    """The buckets of a series: calendar months, quarters or years, cut at the ends of the period and at `as_of`."""
    months, closed, out = MONTHS_IN[grain], last_closed_month(as_of), []
    start = date(period.start.year, (period.start.month - 1) // months * months + 1, 1)
    while start <= min(period.end, as_of):
        end = add_months(start, months) - timedelta(days=1)
        first, last = max(start, period.start), min(end, period.end, as_of)
        if first_of_month(first) <= closed:
            out.append(bucket(first.isoformat(), first, last, closed))
        start = add_months(start, months)
    return out


def before(period: Period, as_of: date) -> Period:
    """The period of the same length just before: whole months before whole months, else as many days."""
    if period.start.day == 1:
        end = min(period.end, as_of)
        months = (end.year - period.start.year) * 12 + end.month - period.start.month + 1
        start = add_months(period.start, -months)
        return Period(start=start, end=period.start - timedelta(days=1))
    days = (period.end - period.start).days + 1
    return Period(start=period.start - timedelta(days=days), end=period.start - timedelta(days=1))


def compared(period: Period, comparison: Comparison, as_of: date) -> Period:
    """The period a comparison means."""
    if comparison.type == "period" and comparison.start and comparison.end:
        return Period(start=comparison.start, end=comparison.end)
    if comparison.type == "previous_year":
        end = add_months(first_of_month(period.end), -12)
        whole = (period.end + timedelta(days=1)).day == 1
        last = add_months(end, 1) - timedelta(days=1) if whole else add_months(period.end, -12)
        return Period(start=add_months(period.start, -12), end=last)
    return before(period, as_of)
