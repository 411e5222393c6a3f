"""One series forecast: scale chosen, every origin of the backtest and the future said by the same code."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from b2shift.differentiate.contracts import Backtest, BacktestPoint, ForecastPoint, SeriesForecast
from b2shift.differentiate.forecast.arrays import Floats
from b2shift.differentiate.forecast.combination import (
    NAIVE,
    CombinedForecasts,
    actuals_after,
    combine_forecasts,
    periods_to_see_season,
)
from b2shift.differentiate.forecast.intervals import PredictionIntervals, prediction_intervals
from b2shift.differentiate.forecast.periods import SEASONS, RegularSeries, periods_after, to_regular_series
from b2shift.kernel.errors import InputError
from b2shift.kernel.money import format_number

MIN_PERIODS = 12
"""Periods under which nothing is forecast."""
MAX_HORIZON = 520
_FIRST_ORIGIN, _MOST_ORIGINS, _MOST_PERIODS = 8, 36, 600
_NEAR_ZERO = 0.02
_PERIODS = {"day": "dias", "week": "semanas", "month": "meses", "quarter": "trimestres", "year": "anos"}


@dataclass(frozen=True)
class _Scale:
    """How values are seen by the methods, and back."""

    transform: Callable[[Floats], Floats]
    inverse: Callable[[Floats], Floats]
    least: float

    @classmethod
    def of(cls, values: Floats) -> "_Scale":
        """Logarithms where everything is well above zero; else the values, which stay above zero if they always did."""
        if values.min() > _NEAR_ZERO * np.median(values) and values.min() > 0:
            return cls(np.log, np.exp, 0.0)
        return cls(np.asarray, np.asarray, 0.0 if values.min() >= 0 else -np.inf)

    def to_original(self, values: Floats) -> Floats:
        """Back on the scale of the series."""
        with np.errstate(over="ignore"):
            return np.asarray(np.maximum(self.inverse(values), self.least))


def forecast_series(
    days: Sequence[date], values: Sequence[float], horizon: int, *, every: str | None = None, name: str = ""
) -> SeriesForecast:
    """Forecast dated values (in any order, NaN where missing); `every` names the frequency, else inferred."""
    if not 1 <= horizon <= MAX_HORIZON:
        raise InputError("O horizonte vai de 1 a 520 períodos", value=horizon, hint="Peça, por exemplo, 12")
    numbers = np.asarray(values, dtype=np.float64)
    if not np.isfinite(numbers).any():
        return _refused(name, every or "month", 0)
    one = to_regular_series(days, numbers, every)
    if len(one.values) - len(one.filled) < MIN_PERIODS:
        return _refused(name, one.every, len(one.values) - len(one.filled))
    recent = one.values[-_MOST_PERIODS:]
    scale, season = _Scale.of(recent), SEASONS[one.every]
    origins = _origins(len(recent), season)
    transformed = scale.transform(recent)
    forecasts = combine_forecasts(transformed, season, origins, horizon)
    seen = transformed.copy()
    seen[[at - len(one.values) for at in one.filled if at - len(one.values) >= -len(seen)]] = np.nan
    actuals = actuals_after(seen, origins, horizon)
    intervals = prediction_intervals(forecasts, actuals, season)
    starts = one.starts[-len(recent) :]
    return SeriesForecast(
        series=name,
        every=one.every,
        refused=None,
        history=tuple(zip(starts, recent.tolist(), strict=True)),
        points=_points(periods_after(one.starts[-1], one.every, horizon), forecasts, intervals, scale),
        backtest=_backtest(starts, forecasts, intervals, actuals, scale),
        weights={
            name: round(float(share), 4)
            for name, share in zip(forecasts.methods, forecasts.weights[-1], strict=True)
            if share
        },
        notes=_notes(one, season, horizon),
    )


def _origins(periods: int, season: int) -> list[int]:
    """Two cycles before the first where that leaves eight origins; the last is the end of the series."""
    whole = periods_to_see_season(season)
    first = whole if season > 1 and periods >= whole + _FIRST_ORIGIN else _FIRST_ORIGIN
    return list(range(max(first, periods - _MOST_ORIGINS), periods + 1))


def _points(
    starts: Sequence[date], forecasts: CombinedForecasts, intervals: PredictionIntervals, scale: _Scale
) -> tuple[ForecastPoint, ...]:
    middle = forecasts.combined[-1]
    ends = {
        share: (scale.to_original(middle - half[-1]), scale.to_original(middle + half[-1]))
        for share, half in intervals.half_width.items()
    }
    predicted = scale.to_original(middle)
    return tuple(
        ForecastPoint(
            period=start, value=float(predicted[at]),
            low_80=float(ends[0.80][0][at]), high_80=float(ends[0.80][1][at]),
            low_95=float(ends[0.95][0][at]), high_95=float(ends[0.95][1][at]),
        )
        for at, start in enumerate(starts)
    )  # fmt: skip


def _backtest(
    starts: Sequence[date], forecasts: CombinedForecasts, intervals: PredictionIntervals, actuals: Floats, scale: _Scale
) -> Backtest:
    known = np.isfinite(actuals)
    if len(starts) >= MIN_PERIODS + _FIRST_ORIGIN:
        known &= np.asarray(forecasts.origins)[:, None] >= MIN_PERIODS
    actual, predicted = scale.to_original(actuals), scale.to_original(forecasts.combined)
    naive = scale.to_original(forecasts.methods[NAIVE])
    missed, missed_naive = np.abs(predicted - actual)[known].mean(), np.abs(naive - actual)[known].mean()
    inside = {share: np.abs(actuals - forecasts.combined) <= half for share, half in intervals.half_width.items()}
    size = np.abs(actual[known]).sum()
    whole = int(np.flatnonzero(known.any(axis=1))[0])
    if known.all(axis=1).any():
        whole = int(np.flatnonzero(known.all(axis=1))[-1])
    low, high = (
        scale.to_original(forecasts.combined[whole] + sign * intervals.half_width[0.80][whole]) for sign in (-1, 1)
    )
    last = int(known[whole].sum())
    return Backtest(
        origins=int(known.any(axis=1).sum()),
        forecasts=int(known.sum()),
        mae=float(missed),
        mae_naive=float(missed_naive),
        relative_mae=float(missed / missed_naive) if missed_naive > 0 else None,
        wape=float(np.abs(predicted - actual)[known].sum() / size) if size > 0 else None,
        coverage_80=float(inside[0.80][known].mean()),
        coverage_95=float(inside[0.95][known].mean()),
        points=tuple(
            BacktestPoint(
                period=starts[forecasts.origins[whole] + at],
                actual=float(actual[whole, at]), value=float(predicted[whole, at]),
                low_80=float(low[at]), high_80=float(high[at]),
            )
            for at in range(last)
        ),
    )  # fmt: skip


def _notes(one: RegularSeries, season: int, horizon: int) -> tuple[str, ...]:
    periods, unit = len(one.values), _PERIODS[one.every]
    notes = []
    if one.repeated:
        notes.append(f"{format_number(one.repeated)} linhas repetidas contaram uma vez.")
    if one.summed:
        notes.append(f"As linhas foram somadas por período ({unit}).")
    if one.unfinished:
        notes.append("O primeiro ou o último período, que as linhas não cobrem inteiro, ficou de fora.")
    if one.filled:
        filled = f"{format_number(len(one.filled))} de {format_number(periods)}"
        notes.append(f"{filled} períodos sem valor, preenchidos pela linha entre os vizinhos.")
    if season > 1 and periods < 2 * season:
        notes.append(f"Menos de duas voltas de {season} {unit}: a sazonalidade não pode ser vista.")
    if horizon > periods:
        notes.append("O horizonte é maior que a história; o intervalo longe diz pouco.")
    if np.ptp(one.values) == 0:
        notes.append("A série nunca variou; o intervalo não conhece outra coisa.")
    return tuple(notes)


def _refused(name: str, every: str, periods: int) -> SeriesForecast:
    words = (
        f"A série tem {periods} {'período' if periods == 1 else 'períodos'} com valor; "
        f"uma previsão precisa de ao menos {MIN_PERIODS}."
    )
    return SeriesForecast(
        series=name, every=every, refused=words, history=(), points=(), backtest=None, weights={}, notes=()
    )
