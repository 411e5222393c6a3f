"""Means, ratios, bands and calendars as one computes them on paper."""

from datetime import date, timedelta
from decimal import Decimal
from statistics import fmean
from typing import Any

from b2shift.kernel.calendar import add_months, business_days_between

Row = dict[str, Any]


def mean(values: list[Any]) -> float | None:
    """None of nothing."""
    return fmean(values) if values else None


def ratio(above: Any, below: Any) -> float | None:
    """None when there is nothing below."""
    return None if above is None or not below else float(above) / float(below)


def growth(above: Any, below: Any) -> float | None:
    """Above over below, minus 1."""
    found = ratio(above, below)
    return None if found is None else found - 1


def elected(lines: list[Row], attribute: str) -> str | None:
    votes: dict[str, tuple[int, Decimal]] = {}
    for line in lines:
        if line[attribute] is not None:
            count, worth = votes.get(line[attribute], (0, Decimal(0)))
            votes[line[attribute]] = count + 1, worth + (line["value"] or Decimal(0))
    return min(votes, key=lambda choice: (-votes[choice][0], -votes[choice][1], choice)) if votes else None


def contract_band(total: Decimal) -> str:
    if total == 0:
        return "zero"
    bands = {0: "negativo", 5_000: "ate_5k", 20_000: "5_20k", 100_000: "20_100k", 500_000: "100_500k", 10**6: "500k_1m"}
    return next((band for limit, band in bands.items() if total <= limit), "acima_1m")


def anniversary(since: date, as_of: date) -> date:
    """The next one, today included; 29 February falls on the 28th of other years."""
    years = as_of.year - since.year
    this_year = add_months(since, 12 * years)
    return this_year if this_year >= as_of else add_months(since, 12 * (years + 1))


def months_between(first: date, last: date) -> int:
    return (last.year - first.year) * 12 + last.month - first.month


def month_days(month: date) -> int:
    return max(1, business_days_between(month - timedelta(days=1), add_months(month, 1) - timedelta(days=1)))


def trend(monthly: Any, now: date, first: date | None) -> float | None:
    """Mean of three months over the mean of those of the three before that are not older than the first."""
    if first is None:
        return None
    last = sum(monthly.get(add_months(now, -n), 0) for n in range(3))
    before = [add_months(now, -n) for n in range(3, 6) if add_months(now, -n) >= first]
    return growth(float(last) / 3, float(sum(monthly.get(m, 0) for m in before)) / len(before)) if before else None


def group_nps(rows: list[Row]) -> float:
    return 100 * sum(r["_votes"] for r in rows) / max(1, sum(r["nps_answers_12m"] for r in rows))


def quantile95(values: list[int]) -> float:
    """Between the two nearest; 0 of nothing."""
    if not values:
        return 0.0
    place = 0.95 * (len(values) - 1)
    low, ordered = int(place), sorted(values)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (place - low) * (ordered[high] - ordered[low])


def percentile(value: float | None, among: list[float]) -> float | None:
    """Share below plus half of the share that ties, in percent."""
    if value is None:
        return None
    return 50 * (sum(v < value for v in among) + sum(v <= value for v in among)) / len(among)
