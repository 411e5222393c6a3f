"""What is said of a score: in order only where a doubling would have been seen; an alarm stands until new ones are."""

from datetime import date, timedelta

from b2shift.kernel.calendar import add_months
from b2shift.learn.accuracy.judgement import Batch, judge
from b2shift.learn.contracts import CalibrationLevel

ALPHA = 0.001


def _batches(*counts: tuple[float, float]) -> list[Batch]:
    """Observed and predicted of month ends, one after the other."""
    days = [add_months(date(2024, 1, 1), n + 1) - timedelta(days=1) for n in range(len(counts))]
    return [
        Batch(day, day + timedelta(days=90), 1000, seen, said) for day, (seen, said) in zip(days, counts, strict=True)
    ]


def test_a_score_that_agrees_is_in_order() -> None:
    found = judge(_batches((285, 300), (312, 300)), ALPHA)
    assert (found.level, found.observed, found.predicted) == (CalibrationLevel.IN_ORDER, 597, 600)
    assert found.low < 1 < found.high


def test_few_cases_are_not_called_in_order() -> None:
    assert judge(_batches((4, 4)), ALPHA).level is CalibrationLevel.FEW
    doubling_seen_halving_not = judge(_batches((95, 100)), ALPHA)
    assert doubling_seen_halving_not.level is CalibrationLevel.FEW
    assert judge([], ALPHA).level is CalibrationLevel.FEW


def test_what_is_beyond_the_tolerance_but_not_surely_is_neither_in_order_nor_an_alarm() -> None:
    found = judge(_batches((390, 300)), ALPHA)
    assert (found.level, found.low < 1.25) == (CalibrationLevel.FEW, True)


def test_a_doubled_score_deviates_and_says_which_way() -> None:
    found = judge(_batches((100, 200)), ALPHA)
    assert (found.level, found.alarmed_on) == (CalibrationLevel.DEVIATES, date(2024, 1, 31))
    assert found.high < 0.8


def test_what_is_within_the_tolerance_is_let_pass() -> None:
    assert judge(_batches(*[(360, 300)] * 12), ALPHA).level is CalibrationLevel.IN_ORDER


def test_an_alarm_stands_until_predictions_made_after_it_was_known_are_in_order() -> None:
    bad, good = (900, 300), (300, 300)
    assert judge(_batches(bad, good, good, good), ALPHA).alarmed_on == date(2024, 1, 31)
    assert judge(_batches(bad, good, good, good, good), ALPHA).level is CalibrationLevel.IN_ORDER
    assert judge(_batches(bad, good, good, good, (3, 2)), ALPHA).level is CalibrationLevel.DEVIATES
    again = judge(_batches(bad, good, good, good, good, bad), ALPHA)
    assert (again.level, again.alarmed_on) == (CalibrationLevel.DEVIATES, date(2024, 6, 30))


def test_dates_whose_90_days_overlap_are_not_added_up_as_if_they_were_independent() -> None:
    together = [Batch(date(2024, 1, 10 + n), date(2024, 4, 15), 1000, 24, 15) for n in range(4)]
    assert judge(together, 0.05).level is CalibrationLevel.FEW
    apart = _batches(*[(24 * 4, 15 * 4)])
    assert judge(apart, 0.05).low > judge(together, 0.05).low
