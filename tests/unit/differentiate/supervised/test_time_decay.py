"""Old rows are forgotten where the world moved, and only there."""

import numpy as np

from b2shift.differentiate.supervised.folds import forward_chaining
from b2shift.differentiate.supervised.objective import Objective
from b2shift.differentiate.supervised.shapes import Columns
from b2shift.differentiate.supervised.stacking import fit_stack, fit_stack_over_time
from b2shift.differentiate.supervised.time_decay import fit_time_decay

ROWS = 3000


def chosen(turning: float) -> float:
    rng = np.random.default_rng(1)
    x, time = rng.normal(size=(ROWS, 2)), np.arange(ROWS, dtype=float)
    angle = turning * time / ROWS
    odds = 1.5 * (np.cos(angle) * x[:, 0] + np.sin(angle) * x[:, 1])
    target = (rng.random(ROWS) < 1 / (1 + np.exp(-odds))).astype(float)
    columns = Columns({"a": x[:, 0], "b": x[:, 1]}, {})
    weight, life = fit_time_decay(
        columns, target, np.ones(ROWS), time, forward_chaining(time, np.arange(ROWS))[0], Objective(binary=True)
    )
    assert (np.diff(weight) >= 0).all()
    return life


def test_a_turning_world_is_forgotten() -> None:
    assert chosen(3.0) <= 0.25


def test_a_steady_one_is_remembered() -> None:
    assert chosen(0.0) == np.inf


def test_who_ranks_counts_though_the_rate_moves_and_its_level_is_set_right() -> None:
    rng = np.random.default_rng(2)
    blocks = np.split(np.arange(ROWS), 3)
    x, level = rng.normal(size=ROWS), np.repeat([-1.0, 0.5, 2.0], ROWS // 3)
    target = (rng.random(ROWS) < 1 / (1 + np.exp(-(level + 1.2 * x)))).astype(float)
    said = [np.array([1.2 * x - 1.5]), np.array([0.1 * x + 0.3])]
    weight, objective = np.ones(ROWS), Objective(binary=True)
    plain, over_time = (
        fit_stack(said, target, weight, objective),
        fit_stack_over_time(said, target, weight, objective, blocks),
    )
    assert plain.family_weights[0] < 0.5 < 0.9 < over_time.family_weights[0]
    chance = 1 / (1 + np.exp(-over_time.score(said)))
    assert abs(chance.mean() - target.mean()) < 0.03
