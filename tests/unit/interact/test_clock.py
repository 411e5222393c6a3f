"""Business days ahead and the periods a contact belongs to."""

from datetime import date, timedelta
from itertools import pairwise

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from b2shift.interact.contracts import Cadence
from b2shift.interact.evaluation.clock import Clock
from b2shift.interact.evaluation.trigger_sql import due_after
from b2shift.kernel.calendar import add_business_days, is_business_day


def test_days_are_counted_from_the_last_business_day() -> None:
    clock = Clock(date(2025, 3, 15))  # a Saturday
    assert [clock.number(date(2025, 3, day)) for day in (13, 14, 15, 16, 17, 18)] == [-1, 0, 0, 0, 1, 2]
    assert clock.next_day == date(2025, 3, 17)


@given(st.dates(date(2020, 1, 1), date(2030, 1, 1)), st.integers(1, 60))
def test_numbers_agree_with_the_kernel(as_of: date, count: int) -> None:
    assert Clock(as_of).number(add_business_days(as_of, count)) == count


PERIODS = [
    ("2025-03-12", "mensal", "de março de 2025", "2025-03-01", "2025-03-31"),
    # Nobody can be contacted on the last day any more: the next business day opens the next period.
    ("2025-03-31", "mensal", "de abril de 2025", "2025-04-01", "2025-04-30"),
    ("2025-04-02", "bimestral", "de março e abril de 2025", "2025-03-01", "2025-04-30"),
    ("2025-04-02", "trimestral", "do 2º trimestre de 2025", "2025-04-01", "2025-06-30"),
    ("2025-12-31", "semestral", "do 1º semestre de 2026", "2026-01-01", "2026-06-30"),
    ("2024-02-28", "anual", "de 2024", "2024-01-01", "2024-12-31"),
]


@pytest.mark.parametrize(("as_of", "every", "name", "start", "end"), PERIODS)
def test_periods(as_of: str, every: str, name: str, start: str, end: str) -> None:
    period = Clock(date.fromisoformat(as_of)).period(Cadence(every))
    assert (period.name, str(period.start), str(period.end)) == (name, start, end)
    assert period.key == f"{every}/{start[:7]}"


@given(st.dates(date(2020, 1, 1), date(2030, 1, 1)), st.integers(1, 4))
def test_the_term_of_a_lasting_signal_does_not_run_away(as_of: date, days: int) -> None:
    """Run every day of a week, the day by which to act stays until it has come."""
    con, due = duckdb.connect(), {}
    for later in range(6):
        now = Clock(as_of + timedelta(days=later))
        number = con.execute(f"SELECT {due_after(str(now.review(days)), days)}").fetchall()[0][0]
        assert 1 <= number <= days + 4
        due[now] = add_business_days(now.as_of, number)
    for one, other in pairwise(due):
        if one.next_day.isocalendar()[:2] == other.next_day.isocalendar()[:2]:
            assert due[other] == due[one] or due[one] <= other.as_of


@given(st.integers(-400, 400), st.integers(1, 60))
def test_a_term_that_lapsed_runs_again_from_its_end(anchor: int, days: int) -> None:
    number = duckdb.sql(f"SELECT {due_after(str(anchor), days)}").fetchall()[0][0]
    assert number == next(n for n in range(anchor + days, 500, days) if n >= 1)


def test_a_period_has_business_days() -> None:
    first, last = Clock(date(2025, 3, 31)).within(date(2025, 4, 1), date(2025, 4, 30))
    assert (first, last) == (1, 20)
    assert not is_business_day(date(2025, 4, 21))
