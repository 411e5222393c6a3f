"""Forecasts: right on known series, honest about their past, clear where they refuse."""

from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pytest

from b2shift.differentiate.api import forecast_series, forecast_table
from b2shift.differentiate.forecast.combination import combine_forecasts
from b2shift.differentiate.forecast.periods import infer_frequency, to_regular_series
from b2shift.differentiate.forecast.smoothing import exponential_smoothing
from b2shift.kernel.calendar import add_months
from b2shift.kernel.errors import InputError, UnknownNameError


def months(count: int) -> list[date]:
    return [add_months(date(2018, 1, 1), at) for at in range(count)]


def business(seed: int, count: int = 72) -> np.ndarray:
    """A monthly figure with trend, season and noise, all multiplicative."""
    rng = np.random.default_rng(seed)
    season = rng.normal(0, 0.15, 12)
    at = np.arange(count)
    return np.exp(6 + 0.01 * at + (season - season.mean())[at % 12] + rng.normal(0, 0.08, count))


def test_the_future_of_a_clean_seasonal_series_is_found() -> None:
    season = np.array([0, 5, 9, 2, -3, -8, -6, -1, 4, 7, -2, -7], dtype=float)
    at = np.arange(84)
    values = 100 + 0.5 * at + season[at % 12]
    told = forecast_series(months(72), values[:72].tolist(), 12)
    assert [point.period for point in told.points] == [add_months(date(2024, 1, 1), n) for n in range(12)]
    assert np.abs(np.array([point.value for point in told.points]) - values[72:]).max() < 4
    assert told.backtest is not None
    assert told.backtest.relative_mae is not None
    assert told.backtest.relative_mae < 0.5


def test_intervals_hold_what_they_promise_over_many_series() -> None:
    """Truth held back from the code: 12 months after the end of 60 invented series."""
    inside, outside = [], []
    for seed in range(60):
        values = business(seed, 84)
        told = forecast_series(months(72), values[:72].tolist(), 12)
        for point, came in zip(told.points, values[72:], strict=True):
            inside.append(point.low_80 <= came <= point.high_80)
            outside.append(point.low_95 <= came <= point.high_95)
    assert 0.76 < np.mean(inside) < 0.88
    assert 0.92 < np.mean(outside) < 0.99


def test_seasonal_naive_is_beaten_on_most_series() -> None:
    better = [forecast_series(months(72), business(seed).tolist(), 6).backtest for seed in range(100, 120)]
    assert np.mean([test is not None and test.mae < test.mae_naive for test in better]) >= 0.7


def test_no_path_sees_what_came_after_its_origin() -> None:
    values = np.log(business(1))
    changed = values.copy()
    changed[50:] += 3
    for told in (combine_forecasts(values, 12, [40, 50], 6), exponential_smoothing(values, 12, [40, 50], 6)):
        other = (
            combine_forecasts(changed, 12, [40, 50], 6)
            if hasattr(told, "combined")
            else exponential_smoothing(changed, 12, [40, 50], 6)
        )
        assert np.array_equal(
            getattr(told, "combined", getattr(told, "paths", None)),
            getattr(other, "combined", getattr(other, "paths", None)),
        )


def test_rows_in_any_order_give_the_same_figures() -> None:
    values = business(2).tolist()
    days = months(72)
    shuffled = np.random.default_rng(5).permutation(72)
    one = forecast_series(days, values, 3)
    other = forecast_series([days[at] for at in shuffled], [values[at] for at in shuffled], 3)
    assert one == other


def test_eleven_periods_are_refused_in_clear_words() -> None:
    told = forecast_series(months(11), business(3, 11).tolist(), 3)
    assert told.refused == "A série tem 11 períodos com valor; uma previsão precisa de ao menos 12."
    assert not told.points
    assert forecast_series(months(12), business(3, 12).tolist(), 3).refused is None


@pytest.mark.parametrize("values", [[0.0] * 24, [5.0] * 24, [-1.0, 1.0] * 12, [0.0, 0.0, 3.0] * 8])
def test_zeros_constants_and_negatives_are_forecast(values: list[float]) -> None:
    told = forecast_series(months(24), values, 6)
    assert all(np.isfinite([point.value, point.low_95, point.high_95]).all() for point in told.points)
    if min(values) >= 0:
        assert min(point.low_95 for point in told.points) >= 0


def test_gaps_are_filled_and_reported() -> None:
    values = business(4).tolist()
    values[30] = float("nan")
    days = months(72)
    told = forecast_series(days[:40] + days[42:], values[:40] + values[42:], 3)
    assert "3 de 72 períodos sem valor" in told.notes[0]


@pytest.mark.parametrize(
    ("step", "count", "every"),
    [(1, 60, "day"), (7, 60, "week"), (30, 40, "month"), (91, 20, "quarter"), (365, 15, "year")],
)
def test_the_frequency_is_found(step: int, count: int, every: str) -> None:
    assert infer_frequency([date(2015, 1, 31) + timedelta(days=step * at) for at in range(count)]) == every


def test_a_row_said_twice_in_a_monthly_series_counts_once() -> None:
    days, values = months(24), np.arange(24.0)
    told = to_regular_series([*days, days[5]], np.r_[values, values[5]])
    assert told.values.tolist() == values.tolist()
    assert (told.repeated, told.summed, told.unfinished) == (1, False, False)


@pytest.mark.parametrize("written", ["%d/%m/%Y", "%m/%Y"])
def test_brazilian_days_and_amounts_are_read(tmp_path: Path, written: str) -> None:
    table = tmp_path / "serie.csv"
    rows = [f"{day:{written}};1.{at:03d},50" for at, day in enumerate(months(14))]
    table.write_text("\n".join(["mês;receita", *rows]), encoding="latin-1")
    [told] = forecast_table(table, "mês", "receita", 2).series
    assert [day for day, _ in told.history] == months(14)
    assert [value for _, value in told.history] == [1000.5 + at for at in range(14)]


def test_months_dated_by_one_day_and_told_by_region_are_whole_to_the_last() -> None:
    days = [add_months(date(2021, 1, 1), place) for place in range(30)]
    told = to_regular_series(days * 3, np.ones(90))
    assert (told.every, told.summed, told.unfinished) == ("month", True, False)
    assert told.values.tolist() == [3.0] * 30
    weeks = [date(2022, 1, 3) + timedelta(days=7 * place) for place in range(40)]
    assert to_regular_series(weeks * 2, np.ones(80)).values.tolist() == [2.0] * 40


def test_sales_of_irregular_days_are_added_up_and_an_unfinished_month_left_out() -> None:
    days = [date(2022, 1, 1) + timedelta(days=at) for at in range(0, 740, 3)]
    told = to_regular_series(days, np.ones(len(days)), "month")
    assert told.summed
    assert told.unfinished
    assert told.starts[-1] == date(2023, 12, 1)
    assert told.values.min() >= 9


def test_a_table_with_several_series(tmp_path: Path) -> None:
    lines = ["mes;loja;valor"]
    for store, length in (("a", 40), ("b", 36), ("nova", 5)):
        lines += [
            f"{day:%Y-%m};{store};{value}" for day, value in zip(months(length), business(length, length), strict=True)
        ]
    table = tmp_path / "vendas.csv"
    table.write_text("\n".join(lines))
    told = forecast_table(table, "mes", "valor", 4, series="loja")
    assert [(one.series, one.refused is None, len(one.points)) for one in told.series] == [
        ("a", True, 4),
        ("b", True, 4),
        ("nova", False, 0),
    ]
    with pytest.raises(UnknownNameError, match="valores"):
        forecast_table(table, "mes", "valores", 4)
    with pytest.raises(InputError, match="não tem datas"):
        forecast_table(table, "loja", "valor", 4)
    with pytest.raises(InputError, match="520"):
        forecast_table(table, "mes", "valor", 0)
    table.write_text("\n".join(lines[:6]))
    with pytest.raises(InputError, match="ao menos 12"):
        forecast_table(table, "mes", "valor", 4)


def test_a_series_that_never_varied_is_as_good_as_naive(tmp_path: Path) -> None:
    table = tmp_path / "vendas.csv"
    table.write_text("mes;valor\n" + "".join(f"{day:%Y-%m};7,5\n" for day in months(30)))
    assert forecast_table(table, "mes", "valor", 4).better_than_naive == 1.0


def test_growth_goes_on_while_no_season_can_be_seen() -> None:
    """Twenty months that grow by chance steps of 1 % on average: the sum of what comes is not said too low."""
    away = []
    for seed in range(60):
        steps = np.random.default_rng(seed).normal(0.01, 0.01, 23)
        values = 1000 * np.exp(np.cumsum(steps))
        said = forecast_series(months(20), values[:20].tolist(), 3, every="month")
        assert "tendência" in said.weights
        away.append(np.mean([np.log(point.value) for point in said.points]) - np.log(values[20:]).mean())
    assert abs(np.mean(away)) < 0.006
    assert "tendência" not in forecast_series(months(72), business(5).tolist(), 3).weights


@pytest.mark.parametrize(("every", "horizon"), [("year", 4), ("month", 6)])
def test_young_series_are_held_as_well_far_ahead_as_near(every: str, horizon: int) -> None:
    """Truth held back: 80 walks whose growth itself wanders, of 20 periods, whose season (if any) cannot be seen."""
    inside = np.zeros((80, horizon), bool)
    starts = [date(1990 + at, 1, 1) for at in range(20)] if every == "year" else months(20)
    for seed in range(len(inside)):
        rng = np.random.default_rng([7, seed])
        growth = 0.02 + np.cumsum(rng.normal(0, 0.004, 20 + horizon))
        values = np.exp(5 + np.cumsum(growth + rng.normal(0, 0.02, 20 + horizon)))
        told = forecast_series(starts, values[:20].tolist(), horizon, every=every)
        inside[seed] = [
            point.low_80 <= value <= point.high_80 for point, value in zip(told.points, values[20:], strict=True)
        ]
    near, far = inside[:, 0].mean(), inside[:, -1].mean()
    assert inside.mean() > 0.70
    assert abs(near - far) < 0.15
