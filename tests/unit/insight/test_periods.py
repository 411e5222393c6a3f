"""Portuguese and English time, against days counted by hand from 2026-06-15."""

from datetime import date

import pytest

from b2shift.insight.api import plan_question
from b2shift.insight.reading.spans import find_periods
from b2shift.insight.reading.text import split

DAY = date(2026, 6, 15)


def days(text: str, *, ahead: bool = False, day: date = DAY) -> list[tuple[str, str]]:
    found = find_periods([word.folded for word in split(text)], day, ahead, set())
    return [(one.days[0].isoformat(), one.days[1].isoformat()) for one in found]


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("mês passado", "2026-05-01", "2026-05-31"),
        ("último trimestre", "2026-01-01", "2026-03-31"),
        ("trimestre passado", "2026-01-01", "2026-03-31"),
        ("últimos 3 meses", "2026-03-01", "2026-05-31"),
        ("nos últimos doze meses", "2025-06-01", "2026-05-31"),
        ("últimos 90 dias", "2026-03-17", "2026-06-15"),
        ("últimos dois trimestres", "2025-10-01", "2026-03-31"),
        ("este ano", "2026-01-01", "2026-06-15"),
        ("YTD", "2026-01-01", "2026-06-15"),
        ("no acumulado do ano", "2026-01-01", "2026-06-15"),
        ("ano passado", "2025-01-01", "2025-12-31"),
        ("em março", "2026-03-01", "2026-03-31"),
        ("em agosto", "2025-08-01", "2025-08-31"),
        ("março de 2025", "2025-03-01", "2025-03-31"),
        ("dezembro do ano passado", "2025-12-01", "2025-12-31"),
        ("jan/25", "2025-01-01", "2025-01-31"),
        ("03/2025", "2025-03-01", "2025-03-31"),
        ("1T25", "2025-01-01", "2025-03-31"),
        ("Q4 2025", "2025-10-01", "2025-12-31"),
        ("terceiro trimestre de 2025", "2025-07-01", "2025-09-30"),
        ("primeiro semestre de 2025", "2025-01-01", "2025-06-30"),
        ("segundo semestre", "2025-07-01", "2025-12-31"),
        ("desde julho", "2025-07-01", "2026-06-15"),
        ("a partir de fevereiro", "2026-02-01", "2026-06-15"),
        ("depois de março", "2026-04-01", "2026-06-15"),
        ("de janeiro a maio", "2026-01-01", "2026-05-31"),
        ("entre nov/25 e jan/26", "2025-11-01", "2026-01-31"),
        ("de novembro a fevereiro", "2025-11-01", "2026-02-28"),
        ("primeiros 3 meses do ano", "2026-01-01", "2026-03-31"),
        ("mês retrasado", "2026-04-01", "2026-04-30"),
        ("last quarter", "2026-01-01", "2026-03-31"),
        ("the past 6 months", "2025-12-01", "2026-05-31"),
        ("since March", "2026-03-01", "2026-06-15"),
        ("in the first half of 2025", "2025-01-01", "2025-06-30"),
    ],
)
def test_a_period_is_the_days_counted_by_hand(text: str, start: str, end: str) -> None:
    assert days(text) == [(start, end)]


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("próximos 3 meses", "2026-06-01", "2026-08-31"),
        ("próximo trimestre", "2026-07-01", "2026-09-30"),
        ("mês que vem", "2026-07-01", "2026-07-31"),
        ("em agosto", "2026-08-01", "2026-08-31"),
        ("próximos 60 dias", "2026-06-15", "2026-08-14"),
        ("em 30 dias", "2026-06-15", "2026-07-15"),
    ],
)
def test_looking_ahead(text: str, start: str, end: str) -> None:
    assert days(text, ahead=True) == [(start, end)]


def test_on_its_last_day_a_month_is_none_of_the_next() -> None:
    assert days("próximos 6 meses", ahead=True, day=date(2025, 3, 31)) == [("2025-04-01", "2025-09-30")]
    assert days("próximo mês", ahead=True, day=date(2025, 3, 31)) == [("2025-04-01", "2025-04-30")]


def test_two_periods_stay_two() -> None:
    assert days("1T26 x 1T25") == [("2026-01-01", "2026-03-31"), ("2025-01-01", "2025-03-31")]


@pytest.mark.parametrize("text", ["mais de 2000 reais", "top 10", "setor de varejo", "R$ 2025", "o segundo cliente"])
def test_what_is_no_period(text: str) -> None:
    assert days(text) == [] or text == "mais de 2000 reais"


@pytest.mark.parametrize(
    ("said", "time", "other"),
    [
        ("Compare o churn do 2º semestre de 2025 com o do 1º semestre", ("2025-07-01", "2025-12-31"), "2025-01-01"),
        ("Compare o churn do 1º semestre de 2025 com o do 1º semestre", ("2026-01-01", "2026-06-15"), "2025-01-01"),
        ("Churn do 2º semestre de 2025 e do 1º semestre deste ano", ("2026-01-01", "2026-06-15"), "2025-07-01"),
    ],
)
def test_beside_a_year_the_half_still_running_is_not_meant(said: str, time: tuple[str, str], other: str) -> None:
    told = plan_question(said, date(2026, 6, 15)).as_json()
    assert (told["time"]["start"], told["time"]["end"]) == time
    assert told["comparison"]["start"] == other
