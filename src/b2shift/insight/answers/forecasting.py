"""Forecasts of a metric from its own months, with intervals and backtest error."""

import math
from datetime import date

from b2shift.differentiate.api import forecast_series
from b2shift.differentiate.contracts import SeriesForecast
from b2shift.insight.answers.numbers import Numbers, Row
from b2shift.kernel.calendar import add_months, first_of_month, last_closed_month
from b2shift.kernel.errors import InputError
from b2shift.metrics.api import measures, metric, series
from b2shift.metrics.contracts import Period

HISTORY_MONTHS = 36
DEFAULT_MONTHS, MOST_MONTHS = 3, 12


def forecast(numbers: Numbers) -> tuple[list[Row], SeriesForecast]:
    """The months asked for with `value`, `low` and `high` (80 %), after the history; and the whole forecast.

    Raises InputError for a metric without history, more than a year ahead, or too few months.
    """
    name = numbers.query.metrics[0]
    first, ahead = _horizon(numbers, name)
    past = _history(numbers, name, ())[()]
    projected = _extrapolate(past, ahead, name)
    if projected.refused:
        raise InputError(projected.refused, value=metric(name).label)
    rows: list[Row] = [{"bucket": day.isoformat(), name: value, "ahead": False} for day, value in past]
    rows += [
        {"bucket": p.period.isoformat(), name: p.value, "low": _finite(p.low_80), "high": _finite(p.high_80), "ahead": True,
         "asked": p.period >= first_of_month(first)}
        for p in projected.points
    ]  # fmt: skip
    return rows, projected


def forecast_groups(numbers: Numbers) -> tuple[list[Row], int]:
    """The last month asked for, forecast for each group, largest first; and how many groups have too few months.

    Raises InputError for customers one by one, a metric without history, or more than a year ahead.
    """
    name, dimensions = numbers.query.metrics[0], numbers.query.dimensions
    if "customer" in dimensions:
        raise InputError(
            "Não projeto cliente a cliente", value=metric(name).label, hint="Pergunte pela base, ou por grupos dela"
        )
    _, ahead = _horizon(numbers, name)
    rows: list[Row] = []
    every = _history(numbers, name, dimensions)
    for group, past in every.items():
        projected = _extrapolate(past, ahead, name)
        if not projected.refused:
            last = projected.points[-1]
            foreseen = {name: last.value, "low": _finite(last.low_80), "high": _finite(last.high_80), "ahead": True}
            rows.append(dict(zip(dimensions, group, strict=True)) | {"bucket": last.period.isoformat()} | foreseen)
    return sorted(rows, key=lambda row: -row[name]), len(every) - len(rows)


def _horizon(numbers: Numbers, name: str) -> tuple[date, int]:
    """The first month asked for, and the number of months from the last closed one to the last."""
    if measures()["measures"][name].get("time") == "now":
        raise InputError(f"{metric(name).label} não tem história nos dados: não há o que projetar", value=name)
    first, last = _asked(numbers)
    closed = last_closed_month(numbers.as_of)
    ahead = (last.year - closed.year) * 12 + last.month - closed.month
    if ahead > MOST_MONTHS:
        raise InputError("Não projeto mais de 12 meses à frente", value=last, hint="Pergunte por um horizonte menor")
    return first, ahead


def _extrapolate(past: list[tuple[date, float]], ahead: int, name: str) -> SeriesForecast:
    return forecast_series([day for day, _ in past], [value for _, value in past], ahead, every="month", name=name)


def _finite(value: float) -> float | None:
    """None where too few months give no interval."""
    return value if math.isfinite(value) else None


def _history(
    numbers: Numbers, name: str, dimensions: tuple[str, ...]
) -> dict[tuple[object, ...], list[tuple[date, float]]]:
    """Closed months of each group, from the first that has anything; without dimensions of the one group `()`."""
    closed = last_closed_month(numbers.as_of)
    months = series(Period(start=add_months(closed, 1 - HISTORY_MONTHS), end=numbers.as_of), "month", numbers.as_of)
    by_group: dict[tuple[object, ...], dict[object, float | None]] = {} if dimensions else {(): {}}
    for row in numbers.compute(name, months, dimensions, numbers.query):
        by_group.setdefault(tuple(row[d] for d in dimensions), {})[row["bucket"]] = row[name]
    found: dict[tuple[object, ...], list[tuple[date, float]]] = {}
    for group, values in by_group.items():
        each = [(month.first, values.get(month.name, numbers.empty_value(name))) for month in months]
        began = next((nth for nth, (_, value) in enumerate(each) if value), len(each))
        # Before the data begin there is nothing, not zero.
        found[group] = [(day, float("nan") if value is None else value) for day, value in each[began:]]
    return found


def _asked(numbers: Numbers) -> tuple[date, date]:
    """First and last month; without a start from the next one on, without an end three months."""
    horizon = numbers.query.forecast
    coming = add_months(last_closed_month(numbers.as_of), 1)
    first = max((horizon and horizon.start) or coming, coming)
    last = (horizon and horizon.end) or add_months(first, DEFAULT_MONTHS - 1)
    return first, max(first, last)
