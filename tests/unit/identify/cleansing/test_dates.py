"""Days in every form; which of two readings holds is decided for the file, and what is no day is unknown."""

from datetime import date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from b2shift.identify.cleansing.dates import EARLIEST, Written, decide, judge_day, judge_moment, written_like
from b2shift.identify.sources.declaration import DateOrder

LAST = date(2045, 1, 1)
DAY_FIRST, MONTH_FIRST = DateOrder.DAY_FIRST, DateOrder.MONTH_FIRST
possible_days = st.dates(EARLIEST, LAST)


@pytest.mark.parametrize(
    "text",
    [
        "0000-00-00",
        "2025-02-30",
        "31/12/2049",
        "1900-01-01",
        "",
        "ontem",
        "12/2024",
        "2025-13-01",
        "32/01/2025",
        "1/2/3/4",
    ],
)
def test_what_is_no_possible_day_is_unknown(text: str) -> None:
    verdict = judge_day(text, DAY_FIRST, LAST)
    assert verdict.after is None
    assert verdict.kind == "invalid_or_other_date"
    assert verdict.rule


@given(possible_days, st.sampled_from("/-."))
def test_a_day_comes_back_from_every_form_of_its_file(day: date, mark: str) -> None:
    assert judge_day(f"{day:%d{mark}%m{mark}%Y}", DAY_FIRST, LAST).after == day.isoformat()
    assert judge_day(f"{day:%m{mark}%d{mark}%Y}", MONTH_FIRST, LAST).after == day.isoformat()
    assert judge_day(f"{day:%Y{mark}%m{mark}%d}", DAY_FIRST, LAST).after == day.isoformat()
    assert judge_day(f" {day:%Y%m%d} ", DAY_FIRST, LAST).after == day.isoformat()


@given(st.text(max_size=20))
def test_no_text_breaks_the_judge(text: str) -> None:
    for judge in (judge_day, judge_moment):
        after = judge(text, DAY_FIRST, LAST).after
        assert after is None or EARLIEST <= datetime.fromisoformat(after).date() <= LAST
    assert sum(written_like(text)) in (0, 1)


@pytest.mark.parametrize(
    ("text", "order", "moment"),
    [
        ("3/28/2025 1:05:46 PM", MONTH_FIRST, "2025-03-28 13:05:46"),
        ("3/28/2025 12:05:46 AM", MONTH_FIRST, "2025-03-28 00:05:46"),
        ("2024-01-03T15:43:43+00:00", DAY_FIRST, "2024-01-03 15:43:43"),
        ("2023-07-27 08:45:11.196", DAY_FIRST, "2023-07-27 08:45:11.196000"),
        ("28/03/2025", DAY_FIRST, "2025-03-28 00:00:00"),
        ("28/03/2025 25:00", DAY_FIRST, None),
        ("3/28/2025 13:05:46 PM", MONTH_FIRST, None),
    ],
)
def test_moments_keep_the_clock_as_written(text: str, order: DateOrder, moment: str | None) -> None:
    assert judge_moment(text, order, LAST).after == moment


def test_the_days_above_twelve_decide_for_the_whole_file() -> None:
    day_first = decide(Written(year_first=2000, day_over_12=61, month_over_12=0, either=36), MONTH_FIRST)
    assert (day_first.order, day_first.usual, day_first.told) == (DAY_FIRST, "iso", "iso")
    assert "61 só podem ter o dia primeiro" in day_first.evidence
    month_first = decide(Written(day_over_12=1, month_over_12=70, either=29), DAY_FIRST)
    assert (month_first.order, month_first.told) == (MONTH_FIRST, "month_first")


def test_without_evidence_the_declared_order_holds_and_says_so() -> None:
    decision = decide(Written(either=5), MONTH_FIRST)
    assert decision.order is MONTH_FIRST
    assert "sem evidência" in decision.evidence


@given(st.lists(possible_days, min_size=1))
def test_a_file_of_days_is_never_read_in_the_wrong_order(days: list[date]) -> None:
    """Whatever days a day-first file holds, the decision never contradicts one that can only be read one way."""
    counts = [written_like(f"{day:%d/%m/%Y}") for day in days]
    written = Written(*(sum(column) for column in zip(*counts, strict=True)))
    assert decide(written, DAY_FIRST).order is DAY_FIRST
    if written.day_over_12:
        assert decide(written, MONTH_FIRST).order is DAY_FIRST
