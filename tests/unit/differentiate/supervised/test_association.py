"""Whether anything goes with the label: at its level where nothing does, and sure of what learners cannot yet say."""

import numpy as np

from b2shift.differentiate.supervised.association import permutation_p_value
from b2shift.differentiate.supervised.shapes import Columns
from b2shift.differentiate.supervised.signal_tests import binary_has_signal

ROWS = 200


def drawn(seed: int, strength: float) -> float:
    rng = np.random.default_rng(seed)
    numbers = rng.normal(size=(ROWS, 4))
    plan = rng.choice(["a", "b", "c"], ROWS).astype(object)
    odds = strength * (numbers[:, 0] + (plan == "b")) - 0.8
    target = (rng.random(ROWS) < 1 / (1 + np.exp(-odds))).astype(float)
    columns = Columns({f"x{at}": values for at, values in enumerate(numbers.T)}, {"plano": plan})
    return permutation_p_value(columns, target, np.ones(ROWS), np.arange(ROWS), seed)


def test_p_values_are_uniform_without_an_effect() -> None:
    told = np.array([drawn(seed, 0.0) for seed in range(40)])
    assert (told < 0.02).sum() <= 3
    assert 0.3 < told.mean() < 0.7


def test_a_weak_driver_is_seen() -> None:
    assert np.mean([drawn(seed, 0.7) < 0.02 for seed in range(20)]) > 0.7


def test_rows_that_are_said_again_prove_nothing_more() -> None:
    rng = np.random.default_rng(5)
    x, target = rng.normal(size=60), (rng.random(60) < 0.4).astype(float)
    again = np.tile(np.arange(60), 10)
    once = permutation_p_value(Columns({"x": x}, {}), target, np.ones(60), np.arange(60), 1)
    assert permutation_p_value(Columns({"x": x[again]}, {}), target[again], np.ones(600), again, 1) == once


def test_any_gain_is_enough_only_where_chance_is_unlikely_and_events_rank() -> None:
    assert binary_has_signal(0.2, 1.8, 0.01)
    assert not binary_has_signal(0.2, 1.8, 0.05)
    assert not binary_has_signal(-0.1, 1.8, 0.001)
    assert not binary_has_signal(0.2, 1.2, 0.001)
