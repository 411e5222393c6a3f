"""Business days with Brazilian holidays; months that have closed."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from b2shift.kernel.calendar import (
    add_business_days,
    add_months,
    business_days_between,
    is_business_day,
    last_closed_month,
    next_business_day,
    quarter_name,
)

DAYS = st.dates(date(2019, 1, 1), date(2030, 12, 31))


@pytest.mark.parametrize(
    ("day", "open_"),
    [
        (date(2025, 4, 18), False),  # Good Friday
        (date(2025, 4, 21), False),  # Tiradentes
        (date(2025, 3, 4), False),  # Carnival
        (date(2025, 3, 6), True),
        (date(2025, 3, 8), False),  # Saturday
        (date(2025, 6, 19), False),  # Corpus Christi
        (date(2025, 10, 28), True),  # Public Servant's Day: only theirs
        (date(2024, 11, 20), False),  # Black Awareness, national since 2024
        (date(2023, 11, 20), True),
    ],
)
def test_national_calendar(day: date, open_: bool) -> None:
    assert is_business_day(day) is open_


def test_state_holidays_count_only_in_their_state() -> None:
    revolution = date(2025, 7, 9)
    assert not is_business_day(revolution, "SP")
    assert is_business_day(revolution, "MG")


@pytest.mark.parametrize("abroad", ["EX", "", "XX", None])
def test_no_state_has_the_national_holidays(abroad: str | None) -> None:
    assert not is_business_day(date(2025, 4, 21), abroad)
    assert is_business_day(date(2025, 7, 9), abroad)


def test_a_span_counts_its_end_and_not_its_start() -> None:
    friday, monday = date(2025, 3, 7), date(2025, 3, 10)
    assert business_days_between(friday, monday) == 1
    assert business_days_between(monday, monday) == 0
    assert business_days_between(monday, friday) == 0


@given(DAYS, st.integers(0, 400), st.integers(0, 400))
def test_spans_add_up(day: date, first: int, second: int) -> None:
    middle, end = day + timedelta(days=first), day + timedelta(days=first + second)
    parts = business_days_between(day, middle) + business_days_between(middle, end)
    assert business_days_between(day, end) == parts


@given(DAYS, st.integers(0, 30))
def test_counting_inverts_adding(day: date, count: int) -> None:
    assert business_days_between(day, add_business_days(day, count)) == count


@given(DAYS)
def test_next_business_day_is_one_and_not_earlier(day: date) -> None:
    found = next_business_day(day)
    assert found >= day
    assert is_business_day(found)


@pytest.mark.parametrize(
    ("day", "months", "result"),
    [
        (date(2025, 3, 31), -1, date(2025, 2, 28)),
        (date(2024, 3, 31), -1, date(2024, 2, 29)),
        (date(2025, 12, 15), 1, date(2026, 1, 15)),
        (date(2025, 1, 31), 13, date(2026, 2, 28)),
    ],
)
def test_months_keep_the_day_or_the_last_one(day: date, months: int, result: date) -> None:
    assert add_months(day, months) == result


@pytest.mark.parametrize(
    ("as_of", "month"),
    [
        (date(2025, 3, 30), date(2025, 2, 1)),
        (date(2025, 3, 31), date(2025, 3, 1)),
        (date(2025, 1, 1), date(2024, 12, 1)),
    ],
)
def test_a_month_closes_on_its_last_day(as_of: date, month: date) -> None:
    assert last_closed_month(as_of) == month


@pytest.mark.parametrize(
    ("day", "pt", "en"),
    [
        (date(2026, 1, 1), "1º tri/2026", "Q1 2026"),
        (date(2026, 6, 30), "2º tri/2026", "Q2 2026"),
        (date(2026, 7, 1), "3º tri/2026", "Q3 2026"),
        (date(2026, 12, 31), "4º tri/2026", "Q4 2026"),
    ],
)
def test_a_day_is_in_its_quarter(day: date, pt: str, en: str) -> None:
    assert (quarter_name(day), quarter_name(day, english=True)) == (pt, en)
