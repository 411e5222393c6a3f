"""Dated rows as one value a period: the frequency found, gaps told, unfinished periods left out."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from b2shift.differentiate.forecast.arrays import Floats
from b2shift.kernel.calendar import add_months
from b2shift.kernel.errors import UnknownNameError

SEASONS = {"day": 7, "week": 52, "month": 12, "quarter": 4, "year": 1}
"""Periods after which a season comes again."""
_MONTHS = {"month": 1, "quarter": 3, "year": 12}
_SHORTEST_GAP = {"year": 330, "quarter": 80, "month": 24, "week": 6}
_GAPS_FROM_BELOW = 0.05
_FULL_ENOUGH = 0.6
_ONE_EACH = 1.1
"""Rows a period up to which a period has one row as a rule; days a period up to which it has one day."""


@dataclass(frozen=True)
class RegularSeries:
    """One value a period, without holes; `filled` are the places where no row was."""

    starts: tuple[date, ...]
    values: Floats
    filled: tuple[int, ...]
    every: str
    summed: bool
    """Whether some period had several rows, which were added up."""
    unfinished: bool
    """Whether a first or last period that the rows do not cover was left out."""
    repeated: int = 0
    """Rows that say again what another says, where a period has one row: counted once."""


def to_regular_series(days: Sequence[date], values: Floats, every: str | None = None) -> RegularSeries:
    """Rows (at least one; a value that is not finite counts as no row) as a series of periods, holes interpolated.

    Several rows of one period are added up; where a period has but one as a rule, equal ones count once. Where it has
    several days as a rule, a first or last period whose days are missing at the end is left out. Without `every` the
    frequency is the one that the days show.
    """
    if every is not None and every not in SEASONS:
        raise UnknownNameError("frequência", every, SEASONS)
    rows = [(day, float(value)) for day, value in zip(days, values, strict=True) if np.isfinite(value)]
    found = every or infer_frequency([day for day, _ in rows])
    single = len(rows) <= _ONE_EACH * len({_place(day, found) for day, _ in rows})
    once = sorted(set(rows)) if single else rows
    dated, amounts = [day for day, _ in once], np.array([value for _, value in once])
    places = np.array([_place(day, found) for day in dated])
    first, last = int(places.min()), int(places.max())
    sums = np.bincount(places - first, weights=amounts, minlength=last - first + 1)
    counts = np.bincount(places - first, minlength=last - first + 1)
    summed = bool((counts > 1).any())
    several = len(set(dated)) > _ONE_EACH * len(np.unique(places))
    lead = int(several and min(dated) > _start(first, found) + _slack(found))
    tail = int(several and max(dated) < _start(last + 1, found) - timedelta(days=1) - _slack(found))
    if len(sums) <= lead + tail:
        lead = tail = 0
    sums, counts = sums[lead : len(sums) - tail], counts[lead : len(counts) - tail]
    full = np.flatnonzero(counts)
    values = np.interp(np.arange(len(sums)), full, sums[full])
    starts = tuple(_start(first + lead + at, found) for at in range(len(sums)))
    return RegularSeries(
        starts,
        values,
        tuple(np.flatnonzero(counts == 0).tolist()),
        found,
        summed,
        bool(lead or tail),
        len(rows) - len(once),
    )


def periods_after(last: date, every: str, horizon: int) -> tuple[date, ...]:
    """The starts of the next periods."""
    place = _place(last, every)
    return tuple(_start(place + step, every) for step in range(1, horizon + 1))


def infer_frequency(days: Sequence[date]) -> str:
    """How often there is a value: by the shortest usual gap between days, coarser when most periods would be empty."""
    ordered = np.unique([day.toordinal() for day in days])
    if len(ordered) < 2:
        return "month"
    gap = float(np.quantile(np.diff(ordered), _GAPS_FROM_BELOW))
    names = list(SEASONS)
    at = names.index(next((name for name, least in _SHORTEST_GAP.items() if gap >= least), "day"))
    while at < names.index("month") and _share_full(days, names[at]) < _FULL_ENOUGH:
        at += 1
    return names[at]


def _share_full(days: Sequence[date], every: str) -> float:
    places = {_place(day, every) for day in days}
    return len(places) / (max(places) - min(places) + 1)


def _slack(every: str) -> timedelta:
    return {"day": timedelta(0), "week": timedelta(days=1)}.get(every, timedelta(days=3))


def _place(day: date, every: str) -> int:
    """The number of the period a day lies in; weeks begin on Mondays."""
    if every in _MONTHS:
        return (day.year * 12 + day.month - 1) // _MONTHS[every]
    return (day.toordinal() - 1) // 7 if every == "week" else day.toordinal()


def _start(place: int, every: str) -> date:
    if every in _MONTHS:
        return add_months(date(1, 1, 1), place * _MONTHS[every] - 12)
    return date.fromordinal(place * 7 + 1 if every == "week" else place)
