"""Exponential smoothing over a whole grid of parameters at once, its models averaged by their AIC.

Every combination of level, damped trend and season runs through the series in one pass; its errors one step ahead up
to any origin weigh it there. One pass therefore forecasts from every origin of a backtest, and no optimiser can
stop in the wrong place. Additive errors, trend and season (Hyndman et al., Forecasting with Exponential Smoothing,
2008, chapter 2: models ANN, AAdN, ANA, AAdA in error-correction form).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from b2shift.differentiate.forecast.arrays import Floats

_LEVELS = (0.02, 0.05, 0.1, 0.2, 0.3, 0.45, 0.6, 0.8, 0.95)
_TRENDS = (0.02, 0.05, 0.15, 0.4)
_DAMPING = (0.8, 0.9, 0.98)
_SEASONAL = (0.02, 0.1, 0.3, 0.6, 0.9)
_START = 10
"""Periods from which the first level and trend are read."""
_TINY = 1e-12
_FEWEST_FREE = 3.0
"""Least number of errors that the spread is taken over, after what the parameters have used up."""


@dataclass(frozen=True)
class SmoothingForecasts:
    """What the averaged models say from each origin: paths (origins × horizon) and their one-step spread."""

    paths: Floats
    spread: Floats
    growth: Floats
    """How many times the one-step spread the error at each horizon has (origins × horizon)."""


@dataclass(frozen=True)
class _Grid:
    level: Floats
    trend: Floats
    damping: Floats
    seasonal: Floats
    parameters: Floats

    @classmethod
    def of(cls, season: int, cycles: float) -> "_Grid":
        trends = [(0.0, 0.0), *((share, damped) for share in _TRENDS for damped in _DAMPING)]
        seasons = [-1.0, 0.0, *_SEASONAL] if season > 1 and cycles >= 2 else [-1.0]
        rows = [
            (level, level * share, damped, max(0.0, seasonal) * (1 - level), seasonal >= 0)
            for level in _LEVELS
            for share, damped in trends
            for seasonal in seasons
        ]
        level, trend, damping, seasonal, has_season = np.array(rows, dtype=float).T
        count = 2 + 3 * (damping > 0) + has_season * min(season, 12)
        return cls(level, trend, damping, np.where(has_season > 0, seasonal, -1.0), count)


def exponential_smoothing(values: Floats, season: int, origins: Sequence[int], horizon: int) -> SmoothingForecasts:
    """Paths after the first `origin` values, for each of the ascending origins."""
    grid = _Grid.of(season, min(origins) / season)
    level, trend, seasons = _initial_states(values[: min(origins)], season, grid)
    squared = np.zeros(len(grid.level))
    paths, spread, growth = [], [], []
    wanted = set(origins)
    for at in range(max(origins) + 1):
        if at in wanted:
            weight = _weights(squared, at, grid.parameters)
            paths.append(weight @ _forecast_path(level, trend, seasons, grid, at, season, horizon))
            free = max(at - float(weight @ grid.parameters), at / 4, _FEWEST_FREE)
            spread.append(np.sqrt(weight @ squared / free))
            growth.append(np.sqrt(weight @ _growth(grid, season, horizon)))
        if at == len(values):
            break
        place = at % season
        expected = level + grid.damping * trend + seasons[:, place]
        error = values[at] - expected
        level = level + grid.damping * trend + grid.level * error
        trend = grid.damping * trend + grid.trend * error
        seasons[:, place] += np.maximum(grid.seasonal, 0) * error
        squared += error**2
    return SmoothingForecasts(np.array(paths), np.array(spread), np.array(growth))


def _initial_states(values: Floats, season: int, grid: _Grid) -> tuple[Floats, Floats, Floats]:
    combinations = len(grid.level)
    seasons = np.zeros((combinations, season))
    seasonal = grid.seasonal >= 0
    profile = seasonal_profile(values[: 3 * season], season) if seasonal.any() else np.zeros(season)
    seasons[seasonal] = profile
    plain, adjusted = values[:_START], (values - np.resize(profile, len(values)))[: max(_START, season)]
    level = np.where(seasonal, *(_least_squares_line(part)[0] for part in (adjusted, plain)))
    slope = np.where(seasonal, *(_least_squares_line(part)[1] for part in (adjusted, plain)))
    means = np.where(seasonal, adjusted.mean(), plain.mean())
    trending = grid.damping > 0
    return np.where(trending, level - slope, means), np.where(trending, slope, 0.0), seasons


def _least_squares_line(values: Floats) -> tuple[float, float]:
    """Level at the first value and slope of the least-squares line."""
    if len(values) < 2:
        return float(values[0]), 0.0
    at = np.arange(len(values))
    slope = float(np.cov(at, values, bias=True)[0, 1] / at.var())
    return float(values.mean() - slope * at.mean()), slope


def seasonal_profile(values: Floats, season: int) -> Floats:
    """What each place of the cycle adds: means of the values around their trend (centred moving mean), sum zero."""
    if season < 2 or len(values) < 2 * season:
        return np.zeros(season)
    kernel = np.ones(season) / season if season % 2 else np.r_[0.5, np.ones(season - 1), 0.5] / season
    half = len(kernel) // 2
    around = values[half : len(values) - half] - np.convolve(values, kernel, mode="valid")
    places = (np.arange(len(around)) + half) % season
    relative = np.bincount(places, weights=around, minlength=season) / np.maximum(
        np.bincount(places, minlength=season), 1
    )
    return np.asarray(relative - relative.mean())


def _weights(squared: Floats, count: int, parameters: Floats) -> Floats:
    """Akaike weights, corrected for short series; a model with more parameters than the series bears has none."""
    room = count - parameters - 2
    with np.errstate(divide="ignore", invalid="ignore"):
        correction = np.where(room > 0, 2 * parameters * (parameters + 1) / np.maximum(room, 1), np.inf)
    score = count * np.log(squared / max(count, 1) + _TINY) + 2 * parameters + correction
    if not np.isfinite(score).any():
        score = count * np.log(squared / max(count, 1) + _TINY) + 4 * parameters
    relative = np.exp(-0.5 * (score - np.nanmin(score)))
    return np.asarray(relative / relative.sum())


def _forecast_path(
    level: Floats, trend: Floats, seasons: Floats, grid: _Grid, at: int, season: int, horizon: int
) -> Floats:
    steps = np.arange(1, horizon + 1)
    damped = np.cumsum(grid.damping[:, None] ** steps, axis=1)
    return np.asarray(level[:, None] + trend[:, None] * damped + seasons[:, (at + steps - 1) % season])


def _growth(grid: _Grid, season: int, horizon: int) -> Floats:
    """Variance at each horizon over the one-step variance (Hyndman et al. 2008, table 6.1)."""
    steps = np.arange(1, horizon)
    damped = np.cumsum(grid.damping[:, None] ** steps, axis=1)
    response = grid.level[:, None] + grid.trend[:, None] * damped
    response = response + np.maximum(grid.seasonal, 0)[:, None] * (steps % season == 0)
    return np.hstack([np.ones((len(grid.level), 1)), 1 + np.cumsum(response**2, axis=1)])
