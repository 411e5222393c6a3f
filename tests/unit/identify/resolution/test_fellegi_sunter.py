"""The model estimated without labels comes close to the one that generated the pairs."""

import numpy as np

from b2shift.identify.resolution.fellegi_sunter import fit, probability, total_points

M = [np.array([0.9, 0.08, 0.02]), np.array([0.95, 0.05]), np.array([0.8, 0.2])]
U = [np.array([0.02, 0.08, 0.9]), np.array([0.2, 0.8]), np.array([0.1, 0.9])]


def sampled(pairs: int, share: float) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(5)
    same = rng.random(pairs) < share
    columns = [
        np.where(same, rng.choice(len(m), pairs, p=m), rng.choice(len(u), pairs, p=u))
        for m, u in zip(M, U, strict=True)
    ]
    return np.column_stack(columns), same


def test_the_probabilities_that_generated_the_pairs_are_recovered() -> None:
    levels, same = sampled(20_000, 0.2)
    model = fit(levels, [3, 2, 2])
    assert abs(model.match_share - same.mean()) < 0.01
    for estimated, true in zip([*model.m, *model.u], [*M, *U], strict=True):
        assert np.abs(estimated - true).max() < 0.03
    predicted = probability(total_points(levels, model))
    assert abs(predicted.mean() - same.mean()) < 0.01
    assert ((predicted > 0.5) == same).mean() > 0.95


def test_a_missing_value_weighs_nothing() -> None:
    levels, _ = sampled(2_000, 0.2)
    model = fit(levels, [3, 2, 2])
    unknown = np.full((1, 3), -1)
    assert total_points(unknown, model)[0] == model.prior


def test_no_pairs_leave_the_prior() -> None:
    model = fit(np.empty((0, 2), dtype=np.int64), [3, 2])
    assert model.level_points()[0][0] > 0 > model.level_points()[0][2]
