"""Weights learnt without labels come close to those that made the pairs."""

import numpy as np

from b2shift.identify.resolution.weights import learn, probability, total_points

SAME = [np.array([0.9, 0.08, 0.02]), np.array([0.95, 0.05]), np.array([0.8, 0.2])]
OTHERS = [np.array([0.02, 0.08, 0.9]), np.array([0.2, 0.8]), np.array([0.1, 0.9])]


def drawn(pairs: int, share: float) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(5)
    same = rng.random(pairs) < share
    columns = [
        np.where(same, rng.choice(len(m), pairs, p=m), rng.choice(len(u), pairs, p=u))
        for m, u in zip(SAME, OTHERS, strict=True)
    ]
    return np.column_stack(columns), same


def test_the_chances_that_made_the_pairs_come_back() -> None:
    levels, same = drawn(20_000, 0.2)
    weights = learn(levels, [3, 2, 2])
    assert abs(weights.share - same.mean()) < 0.01
    for learnt, true in zip([*weights.same, *weights.others], [*SAME, *OTHERS], strict=True):
        assert np.abs(learnt - true).max() < 0.03
    said = probability(total_points(levels, weights))
    assert abs(said.mean() - same.mean()) < 0.01
    assert ((said > 0.5) == same).mean() > 0.95


def test_what_a_side_does_not_say_weighs_nothing() -> None:
    levels, _ = drawn(2_000, 0.2)
    weights = learn(levels, [3, 2, 2])
    unknown = np.full((1, 3), -1)
    assert total_points(unknown, weights)[0] == weights.prior


def test_no_pairs_leave_the_belief() -> None:
    weights = learn(np.empty((0, 2), dtype=np.int64), [3, 2])
    assert weights.tables()[0][0] > 0 > weights.tables()[0][2]
