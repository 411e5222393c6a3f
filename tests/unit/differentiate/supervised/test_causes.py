"""A column that tells nearly all: a cause goes with several others inside the classes or is simpler whole."""

import numpy as np
import pytest

from b2shift.differentiate.supervised.causes import OtherColumns, plausible_cause
from b2shift.differentiate.supervised.shapes import Floats

ROWS = 3000
RNG = np.random.default_rng(8)
OTHERS = RNG.normal(size=(ROWS, 6))
BALANCE = OTHERS[:, :4] @ [0.4, -0.3, 0.3, 0.2] + RNG.normal(0, 0.7, ROWS)
CAME = (RNG.random(ROWS) < 1 / (1 + np.exp(-(5 * BALANCE + OTHERS[:, 4] - 2)))).astype(float)
NOISE = RNG.normal(size=ROWS)


def told(values: Floats, fresh: Floats | None = None) -> bool:
    score = OTHERS @ [0.4, -0.3, 0.3, 0.2, 0.4, 0.0]
    return bool(plausible_cause(values, CAME, OtherColumns(OTHERS, np.arange(6), score), fresh))


def test_a_graded_column_that_goes_with_several_others_may_be_a_cause() -> None:
    assert told(BALANCE)
    assert told(-np.exp(BALANCE))
    assert told(BALANCE, BALANCE[::3] + 0.1)


@pytest.mark.parametrize(
    "values",
    [
        CAME * 2.6 + NOISE,
        CAME * 2.6 + NOISE + 0.8 * OTHERS[:, 0],
        np.where((CAME > 0) ^ (np.abs(NOISE) > 1.8), np.exp(BALANCE), 0),
        np.where(CAME > 0, RNG.poisson(3.5, ROWS), RNG.poisson(0.25, ROWS)),
    ],
    ids=["label and noise", "and one column", "only after the fact", "calls"],
)
def test_what_follows_the_label_and_at_most_one_column_is_none(values: Floats) -> None:
    assert not told(values.astype(float))


def test_what_is_otherwise_in_the_rows_to_predict_is_none() -> None:
    assert not told(BALANCE, np.zeros(500))
    assert not told(BALANCE, np.full(500, np.nan))


def _lacking(slope: float, having: float) -> tuple[Floats, Floats]:
    """What most rows lack, and a label drawn from having it and from how much."""
    rng = np.random.default_rng(3)
    some = rng.random(ROWS) < 0.22
    amount = np.where(some, rng.lognormal(2.7, 1.1, ROWS), 0.0)
    odds = -3.3 + np.where(some, having + slope * (np.log1p(amount) - 2.7), 0)
    return amount, (rng.random(ROWS) < 1 / (1 + np.exp(-odds))).astype(float)


def _alone(values: Floats, target: Floats) -> bool:
    return bool(
        plausible_cause(values, target, OtherColumns(np.zeros((ROWS, 0)), np.zeros(0, np.intp), np.zeros(ROWS)), None)
    )


def test_what_most_rows_lack_stays_where_neither_having_it_nor_how_much_tells_nearly_all() -> None:
    assert _alone(*_lacking(slope=0.9, having=3.5))
    assert not _alone(*_lacking(slope=0.0, having=3.5)), "how much of it says nothing: it may be filled in"


def test_what_cases_have_and_others_lack_does_not_stay() -> None:
    late = np.maximum(CAME * 2.6 + NOISE, 0)
    assert not _alone(late, CAME), "late days: how many tell nearly all"
    bill = np.where((CAME > 0) ^ (np.abs(NOISE) > 1.8), 1 + CAME + RNG.gamma(2, 1, ROWS), 0)
    assert not _alone(bill, CAME), "a bill of those who left: having one tells nearly all"
