"""What was said is kept once, as it was said; what happened is read off later by the labels scores learn from."""

from collections.abc import Mapping
from datetime import date
from pathlib import Path

import pytest
from tests.unit.learn.accuracy.said import CUSTOMERS, load

from b2shift.lake.api import Lake, Row, erase
from b2shift.learn.api import score_accuracies, score_accuracies_among
from b2shift.learn.contracts import AccuracyGrouping, CalibrationLevel

FIRST, SECOND, LATER = date(2024, 9, 30), date(2024, 10, 31), date(2025, 2, 28)
RISK = dict.fromkeys(CUSTOMERS, 0.1)
LEFT = {one: date(2024, 11, 1) for one in CUSTOMERS[:80]} | {one: date(2024, 5, 1) for one in CUSTOMERS[80:90]}
"""Eighty leave within the 90 days after the first date; ten had left before it, which only later months tell."""


def _count(lake: Lake, table: str) -> int:
    return int(lake.info(table).rows)


def test_one_delivery_tells_when_anything_can_be_known(tmp_path: Path) -> None:
    found = score_accuracies(load(tmp_path, FIRST, RISK, {}))
    assert (found.first_said, found.first_outcomes, found.rows) == (FIRST, date(2024, 12, 29), ())


def test_the_same_delivery_again_is_not_said_twice(tmp_path: Path) -> None:
    load(tmp_path, FIRST, RISK, {})
    again = load(tmp_path, FIRST, RISK, {})
    assert _count(again, "score_predictions") == len(CUSTOMERS)
    corrected = load(tmp_path, FIRST, RISK | {CUSTOMERS[0]: 0.7}, {}, version="v2")
    rows = corrected.query("SELECT predicted, model_version FROM score_predictions ORDER BY customer_id").to_pylist()
    assert len(rows) == len(CUSTOMERS)
    assert rows[0] == {"predicted": 0.7, "model_version": "v2"}


def test_of_a_month_the_newest_word_is_kept_and_the_past_is_not_said_anew(tmp_path: Path) -> None:
    load(tmp_path, date(2024, 9, 10), RISK, {})
    load(tmp_path, FIRST, RISK, {})
    two = load(tmp_path, SECOND, dict.fromkeys(CUSTOMERS, 0.2), {})
    days = two.query("SELECT DISTINCT as_of FROM score_predictions ORDER BY as_of").to_pylist()
    assert [row["as_of"] for row in days] == [FIRST, SECOND]
    back = load(tmp_path, FIRST, dict.fromkeys(CUSTOMERS, 0.9), {})
    kept = back.query("SELECT DISTINCT as_of, predicted FROM score_predictions ORDER BY as_of").to_pylist()
    assert [(row["as_of"], row["predicted"]) for row in kept] == [(FIRST, 0.1), (SECOND, 0.2)]


def test_the_first_run_that_keeps_anything_begins_with_what_retained_versions_said(tmp_path: Path) -> None:
    load(tmp_path, date(2024, 9, 10), dict.fromkeys(CUSTOMERS, 0.5), {}, kept=False)
    load(tmp_path, FIRST, RISK, {}, version="old", kept=False)
    load(tmp_path, SECOND, dict.fromkeys(CUSTOMERS, 0.2), {}, kept=False)
    lake = load(tmp_path, LATER, dict.fromkeys(CUSTOMERS, 0.3), LEFT)
    rows = lake.query(
        "SELECT DISTINCT as_of, predicted, model_version, market_segment IS NULL AS bare "
        "FROM score_predictions ORDER BY as_of"
    ).to_pylist()
    assert [tuple(row.values()) for row in rows] == [
        (FIRST, 0.1, "old", False), (SECOND, 0.2, "v1", False), (LATER, 0.3, "v1", False),
    ]  # fmt: skip
    assert next((one.as_of, one.events) for one in score_accuracies(lake).rows if not one.grouping) == (FIRST, 80)


def test_outcomes_are_those_of_the_label_once_the_horizon_is_over(tmp_path: Path) -> None:
    load(tmp_path, FIRST, RISK, {})
    early = load(tmp_path, date(2024, 12, 31), RISK, LEFT)
    assert _count(early, "score_outcomes") == 0, "revenue tells who left by the 29th of December only when January ends"
    lake = load(tmp_path, date(2025, 1, 31), RISK, LEFT)
    (row,) = [one for one in score_accuracies(lake).rows if one.grouping is AccuracyGrouping.EVERYONE]
    assert (row.as_of, row.customers, row.events) == (FIRST, 390, 80)
    assert row.predicted == pytest.approx(0.1)
    assert row.observed_low < 80 / 390 < row.observed_high
    assert row.ratio == pytest.approx(80 / 39)
    gone = lake.query("SELECT count(*) AS n FROM score_outcomes WHERE customer_id = $it", {"it": CUSTOMERS[85]})
    assert gone.to_pylist() == [{"n": 0}]


def test_a_score_that_says_half_is_alarmed_and_its_groups_are_told(tmp_path: Path) -> None:
    load(tmp_path, FIRST, dict.fromkeys(CUSTOMERS, 0.05), {})
    found = score_accuracies(load(tmp_path, LATER, RISK, LEFT))
    (whole,) = [one for one in found.calibration if not one.grouping]
    assert (whole.level, whole.alarmed_on, whole.is_more) == (CalibrationLevel.DEVIATES, FIRST, True)
    assert found.alarms[0] == whole
    segments = {one.group: one for one in found.rows if one.grouping is AccuracyGrouping.MARKET_SEGMENT}
    assert sum(one.events for one in segments.values()) == 80


def test_late_rows_are_read_off_again_and_settle(tmp_path: Path) -> None:
    load(tmp_path, FIRST, RISK, {})
    load(tmp_path, date(2025, 1, 31), RISK, {})
    lake = load(tmp_path, LATER, RISK, LEFT)
    events = [one.events for one in score_accuracies(lake).rows if not one.grouping and one.as_of == FIRST]
    assert events == [80]
    settled = load(tmp_path, date(2025, 6, 30), RISK, {})
    events = [one.events for one in score_accuracies(settled).rows if not one.grouping and one.as_of == FIRST]
    assert events == [80], "six months after the end of the horizon what was read stays"


def test_among_some_customers_only_theirs_count(tmp_path: Path) -> None:
    load(tmp_path, FIRST, RISK, {})
    lake = load(tmp_path, LATER, RISK, LEFT)
    (row,) = [one for one in score_accuracies_among(lake, CUSTOMERS[:40]).rows if not one.grouping]
    assert (row.customers, row.events) == (40, 40)
    assert score_accuracies_among(lake, []).rows == ()
    whole = score_accuracies_among(lake, CUSTOMERS)
    assert whole == score_accuracies(lake)


class _Without:
    """Erases one customer."""

    def looked_at(self, table: str, columns: Mapping[str, str]) -> str | None:
        return f"customer_id = '{CUSTOMERS[3]}'" if "customer_id" in columns else None

    def edited(self, table: str, row: Row) -> Row | None:
        return None if row["customer_id"] == CUSTOMERS[3] else row

    def text(self, text: str, stage: str = "") -> str:
        return text


def test_an_erasure_reaches_what_was_said_and_no_later_run_brings_it_back(tmp_path: Path) -> None:
    load(tmp_path, FIRST, RISK, {})
    load(tmp_path, LATER, RISK, LEFT)
    assert erase(tmp_path, _Without(), "seal").left == 0
    lake = load(tmp_path, date(2025, 3, 31), {one: 0.1 for one in CUSTOMERS if one != CUSTOMERS[3]}, LEFT)
    for table in ("score_predictions", "score_outcomes"):
        found = lake.query(f"SELECT DISTINCT customer_id FROM {table}").column("customer_id").to_pylist()
        assert CUSTOMERS[3] not in found
        assert CUSTOMERS[4] in found
