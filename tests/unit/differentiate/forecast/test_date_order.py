"""Days that may be read both ways: the day is first, unless only the month first makes a series of them."""

from datetime import date
from pathlib import Path

import pytest

from b2shift.differentiate.api import ForecastResult, forecast_table


def forecast_of(folder: Path, days: list[str], mark: str = ",") -> ForecastResult:
    table = folder / "t.csv"
    rows = [f"{day}{mark}{100 + at % 12}.5" for at, day in enumerate(days)]
    table.write_text("\n".join([f"date{mark}value", *rows]) + "\n", encoding="utf-8")
    return forecast_table(table, "date", "value", 2)


def written(form: str, *, many: int = 36, step: int = 1) -> list[str]:
    places = range(0, many * step, step)
    return [form.format(month=at % 12 + 1, year=2020 + at // 12, short=20 + at // 12) for at in places]


@pytest.mark.parametrize(
    ("form", "step", "every", "told"),
    [
        ("{month}/1/{year}", 1, "month", "2/1/2020 é o dia 1 do mês 2"),
        ("{month:02d}/05/{year}", 1, "month", "01/05/2020 é o dia 5 do mês 1"),
        ("{month}/1/{short}", 1, "month", "2/1/20 é o dia 1 do mês 2"),
        ("{month}/1/{year} 0:00", 1, "month", "2/1/2020 0:00 é o dia 1 do mês 2"),
        ("{month}/1/{year}", 3, "quarter", "4/1/2020 é o dia 1 do mês 4"),
    ],
)
def test_months_of_several_years_told_by_their_first_part(
    tmp_path: Path, form: str, step: int, every: str, told: str
) -> None:
    result = forecast_of(tmp_path, [*written(form, step=step), "Total"])
    assert result.notes[1:] == (f"As datas foram lidas com o mês na frente: {told}.",)
    [series] = result.series
    assert (series.every, len(series.history), series.history[1][0]) == (every, 36, date(2020, 1 + step, 1))


def test_days_that_come_evenly_with_the_day_first_stay_so_and_are_reported(tmp_path: Path) -> None:
    result = forecast_of(tmp_path, [f"{day:02d}/03/2025" for day in range(1, 13)])
    assert result.notes == ("As datas foram lidas com o dia na frente: 01/03/2025 é o dia 1 do mês 3.",)
    assert result.series[0].every == "day"


@pytest.mark.parametrize(
    "days",
    [
        written("01/{month:02d}/{year}"),
        [f"{day:02d}/01/2025" for day in range(1, 29)],
        [f"2025-01-{day:02d}" for day in range(1, 13)],
    ],
)
def test_days_with_one_sense_are_not_spoken_of(tmp_path: Path, days: list[str]) -> None:
    assert forecast_of(tmp_path, days).notes == ()


def test_a_year_apart_the_day_stays_first(tmp_path: Path) -> None:
    result = forecast_of(tmp_path, [f"05/03/{year}" for year in range(2000, 2020)])
    assert result.series[0].history[0][0] == date(2000, 1, 1)
    assert result.notes == ("As datas foram lidas com o dia na frente: 05/03/2000 é o dia 5 do mês 3.",)
