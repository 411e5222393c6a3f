"""Forecasts by seasonal differences: exact on series of a known kind, and better in the mean than without them."""

import numpy as np
import pytest

from b2shift.differentiate.forecast.combination import NAIVE, actuals_after, combine_forecasts
from b2shift.differentiate.forecast.seasonal_differences import seasonal_difference_forecasts


def wandering_seasons(seed: int, count: int = 66) -> np.ndarray:
    """Logarithms of a monthly figure whose every month goes its own way, with shocks that last some months."""
    rng = np.random.default_rng(seed)
    shocks = rng.normal(0, 0.1, count)
    change, values = 0.0, np.r_[rng.normal(0, 0.8, 12), np.zeros(count - 12)]
    for at in range(12, count):
        change = 0.8 * change + shocks[at]
        values[at] = values[at - 12] + change
    return values


def test_a_lasting_change_goes_on_from_the_cycle_before() -> None:
    season = np.array([3.0, -1, 4, -1, 5, -9, 2, 6, -5, 3, -5, 8])
    values = np.concatenate([season + 2 * year for year in range(6)])
    said = seasonal_difference_forecasts(values, 12, [72], 24)[0]
    assert said == pytest.approx(np.concatenate([season + 12, season + 14]), abs=0.05)


def test_without_two_changes_the_cycle_comes_again_and_without_a_cycle_the_last_value() -> None:
    values = np.arange(14.0) ** 2
    short, whole = seasonal_difference_forecasts(values, 12, [8, 13], 14)
    assert short.tolist() == [49.0] * 14
    assert whole.tolist() == [*values[1:13], values[1], values[2]]


def test_every_origin_says_what_it_says_alone() -> None:
    values = wandering_seasons(3)
    together = seasonal_difference_forecasts(values, 12, [20, 31, 66], 6)
    alone = [seasonal_difference_forecasts(values[:at], 12, [at], 6)[0] for at in (20, 31, 66)]
    assert together == pytest.approx(np.array(alone), abs=1e-12)


def test_where_seasons_wander_the_mean_beats_the_cycle_before() -> None:
    """Levels smoothed over all months wander off there: without the change of the cycle the mean lost."""
    ratios = []
    for seed in range(30):
        values, origins = wandering_seasons(seed), list(range(30, 61))
        paths = combine_forecasts(values, 12, origins, 6)
        came = actuals_after(values, origins, 6)
        missed = [np.nanmean(np.abs(said - came)) for said in (paths.combined, paths.methods[NAIVE])]
        ratios.append(missed[0] / missed[1])
    assert np.exp(np.log(ratios).mean()) < 0.96
