"""Effects of actions that people chose: right where all that moved the choice is seen, doubted where it is not."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pytest

from b2shift.differentiate.scores.doubly_robust import (
    TreatmentEffect,
    TreatmentModel,
    estimate_effect,
    fit_treatment_model,
)
from b2shift.differentiate.scores.measures import sigmoid

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class World:
    """Customers whose need moves both who is acted on and what happens; `brought` is the true effect on those."""

    known: Floats
    treated: npt.NDArray[np.bool_]
    target: Floats
    brought: float
    customer: npt.NDArray[np.intp]


def _world(seed: int, effect: float, rows: int = 2000, pull: float = 1.0) -> World:
    rng = np.random.default_rng(seed)
    known = rng.normal(size=(rows, 3))
    need = known[:, 0] - 0.5 * known[:, 1]
    acted = rng.random(rows) < sigmoid(-1.5 + pull * need)
    without, with_it = sigmoid(-2.0 + 0.9 * need), sigmoid(-2.0 + 0.9 * need + effect)
    target = rng.random(rows) < np.where(acted, with_it, without)
    return World(known, acted, target.astype(float), float((with_it - without)[acted].mean()), np.arange(rows) // 2)


def _estimate(world: World, matrix: Floats) -> TreatmentEffect:
    return estimate_effect(fit_treatment_model(matrix, world.treated, world.customer), matrix, world.target)


@pytest.mark.parametrize("effect", [0.0, -0.8])
def test_the_interval_holds_what_the_action_brought_where_the_plain_difference_does_not(effect: float) -> None:
    held, crude = 0, 0
    for seed in range(12):
        world = _world(seed, effect)
        found = _estimate(world, world.known)
        held += found.low <= world.brought <= found.high
        crude += abs(found.crude - world.brought) <= found.high - found.difference
    assert held >= 10
    assert crude <= 2


def test_selection_as_strong_as_that_seen_undoes_a_difference_that_is_not_sturdy() -> None:
    """Half of what moves the choice is hidden: no effect looks like one, and the rule does not call it sturdy."""
    world = _world(7, 0.0, rows=4000)
    hidden = world.known + np.random.default_rng(1).normal(size=world.known.shape)
    found = _estimate(world, hidden)
    assert found.beyond_chance
    assert not found.robust
    plain = _world(8, 1.2, rows=4000, pull=0.1)
    assert _estimate(plain, plain.known).robust


def test_those_acted_on_look_like_the_others_once_weighed_and_a_rule_leaves_nobody_alike() -> None:
    world = _world(3, 0.0)
    action = fit_treatment_model(world.known, world.treated, world.customer)
    unweighed = TreatmentModel(action.treated, np.full(len(world.treated), 0.5), action.customer)
    assert action.imbalance(world.known) < 0.15 < unweighed.imbalance(world.known)
    assert action.without_overlap < 0.01
    assert 100 < action.effective_sample < (~world.treated).sum()
    ruled = fit_treatment_model(world.known, world.known[:, 0] > 0.8, world.customer)
    assert ruled.without_overlap > 0.2


def test_nothing_that_happened_brings_nothing_and_no_error_of_arithmetic() -> None:
    world = _world(4, 0.0, rows=400)
    action = fit_treatment_model(world.known, world.treated, world.customer)
    nothing = estimate_effect(action, world.known, np.zeros(400))
    assert nothing.difference == pytest.approx(0.0, abs=1e-4)
    assert not nothing.beyond_chance
    assert not nothing.robust
