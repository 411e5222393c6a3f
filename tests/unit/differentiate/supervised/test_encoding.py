"""What regressions can see of a number: few values one by one, a value that very many rows share, long tails."""

import numpy as np
import pytest

from b2shift.differentiate.supervised.encoding import Encoding
from b2shift.differentiate.supervised.objective import Objective
from b2shift.differentiate.supervised.penalty_path import logistic_path
from b2shift.differentiate.supervised.shapes import Columns, Floats
from b2shift.differentiate.supervised.signal_tests import MIN_GAIN_Z, MIN_RANK_Z, binary_has_signal
from b2shift.differentiate.supervised.target_encoding import TargetEncoding


def said(values: Floats, odds: Floats, seed: int = 0) -> Floats:
    """What a penalised regression with curves, taught on a draw of the odds, says of the rows."""
    target = (np.random.default_rng(seed).random(len(odds)) < 1 / (1 + np.exp(-odds))).astype(float)
    columns = Columns({"x": values}, {})
    rows = Encoding.fit(columns).transform(columns)
    matrix = np.hstack([rows.linear, rows.curves / 2])
    [found] = logistic_path(matrix, target, np.ones(len(target)), np.array([1.0]))
    return np.asarray(found[0] + matrix @ found[1:])


def test_a_number_of_few_values_may_jump_between_them() -> None:
    """Two products keep customers, one and four lose them: no line and no cubic through the middle says that."""
    values = np.random.default_rng(1).choice([1.0, 2.0, 3.0, 4.0], 4000)
    odds = np.select([values == 1, values == 2, values == 3], [0.0, -2.0, 1.5], 2.0)
    assert np.abs(said(values, odds) - odds).mean() < 0.2


def test_a_value_that_many_rows_share_is_distinguished() -> None:
    """Most sessions saw nothing of value; a jump from nothing to little, and a slow rise beyond."""
    rng = np.random.default_rng(2)
    values = np.where(rng.random(6000) < 0.75, 0.0, rng.lognormal(2.7, 1.1, 6000))
    odds = np.where(values > 0, 1.0 + 0.1 * np.log1p(values), -2.5)
    assert np.abs(said(values, odds) - odds).mean() < 0.2


@pytest.mark.parametrize("unit", [1e-6, 1.0, 1e6])
def test_long_tails_are_seen_alike_in_every_unit(unit: float) -> None:
    values = np.random.default_rng(3).lognormal(0, 2, 500)
    one, other = (
        Encoding.fit(Columns({"x": some}, {})).transform(Columns({"x": some}, {})) for some in (values, values * unit)
    )
    assert np.allclose(one.linear, other.linear, atol=1e-6)
    assert np.allclose(one.curves, other.curves, atol=1e-5)


def test_columns_without_anything_to_see_have_no_curves() -> None:
    for values in (np.full(50, np.nan), np.full(50, 3.0), np.r_[np.zeros(25), np.ones(25)]):
        rows = Encoding.fit(Columns({"x": values}, {})).transform(Columns({"x": values}, {}))
        assert rows.curves.shape == (50, 0)
        assert np.isfinite(rows.linear).all()


def test_a_weak_signal_shows_in_the_ranking_first() -> None:
    assert binary_has_signal(1.1, 2.4)
    assert binary_has_signal(MIN_GAIN_Z + 0.01, MIN_RANK_Z + 0.01)
    assert not binary_has_signal(0.94, 2.30)
    assert not binary_has_signal(0.4, 5.0)
    assert not binary_has_signal(3.0, 1.5)
    assert not binary_has_signal(0.6, 1.7)


def test_unseen_levels_get_the_overall_rate() -> None:
    taught = np.array([[0], [1], [0], [1], [2], [2], [0], [1], [2], [0]])
    rates = TargetEncoding.fit(taught, np.array([1, 0] * 5, float), np.ones(10), Objective(binary=True))
    said = rates.transform(np.array([[-1], [3], [4], [9]]))
    assert said.tolist() == [said[0].tolist()] * 4


def test_whole_numbers_of_few_values_are_rated_like_codes() -> None:
    """Sixty channels whose rates have nothing to do with the order of their numbers."""
    rng = np.random.default_rng(6)
    channel = rng.integers(100, 160, 12_000).astype(float)
    channel[:5] = np.nan
    encoding = Encoding.fit(Columns({"channel": channel, "size": rng.normal(size=12_000)}, {}))
    seen = encoding.transform(Columns({"channel": np.array([100.0, np.nan, 7.0]), "size": np.zeros(3)}, {}))
    assert seen.codes_source.tolist() == [0]
    assert seen.codes[:, 0].tolist() == [0, 60, -1]
    few = Encoding.fit(Columns({"channel": channel[:300]}, {}))
    assert few.transform(Columns({"channel": channel[:3]}, {})).codes.shape == (3, 0)
