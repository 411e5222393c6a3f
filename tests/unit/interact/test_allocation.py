"""The allocation keeps every limit, comes close to the exact optimum of HiGHS, and its prices mean what they say."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import Bounds, LinearConstraint, milp

from b2shift.interact.actions.allocate import Solution, allocate
from b2shift.interact.actions.problem import AllocationProblem


def problem(customers: int, seed: int, actions: int = 9, weeks: int = 2, tight: float = 0.08) -> AllocationProblem:
    random = np.random.default_rng(seed)
    worth = np.exp(random.normal(6, 1.2, customers))
    return AllocationProblem(
        gain=(random.beta(2, 10, (customers, actions)) * worth[:, None]).astype(np.float32),
        fatigue=random.choice([0, 15], customers).astype(np.float32),
        eligible=random.random((customers, actions)) < 0.5,
        cost=random.choice([2, 10, 40], actions).astype(np.float32),
        effort=random.choice([1, 2], actions).astype(np.float32),
        theme=np.arange(actions) % 4,
        role=random.integers(-1, 2, actions),
        channel=random.integers(-1, 1, actions),
        capacity=np.maximum(1, np.array([[tight], [tight / 3]]) * customers * np.ones((1, weeks))).round(),
        budget=np.array([0.6 * customers]),
    )


def exact(told: AllocationProblem) -> float:
    """The optimum of the same allocation as an integer programme, variable by variable."""
    triples = [
        (n, a, w) for n, a in zip(*np.nonzero(told.eligible), strict=True) for w in range(told.weeks)
    ]  # fmt: skip
    columns = np.array(triples)
    value = told.net(columns[:, 0], columns[:, 1], columns[:, 2])
    rows, sides = [], []
    for place, limit in enumerate(told.limits):
        rows.append([told.usage(columns[i : i + 1, 1], columns[i : i + 1, 2])[place] for i in range(len(columns))])
        sides.append(limit)
    for customer in np.unique(columns[:, 0]):
        own = columns[:, 0] == customer
        rows.append(own.astype(float))
        sides.append(told.max_actions)
        for theme in np.unique(told.theme):
            rows.append((own & (told.theme[columns[:, 1]] == theme)).astype(float))
            sides.append(1)
    found = milp(
        -value,
        constraints=LinearConstraint(np.array(rows), ub=sides),
        integrality=np.ones(len(value)),
        bounds=Bounds(0, 1),
    )
    return float(-found.fun)


def kept(told: AllocationProblem, shared: Solution) -> None:
    chosen = shared.chosen
    assert (told.usage(chosen.actions, chosen.weeks) <= told.limits + 1e-6).all()
    assert told.eligible[chosen.customers, chosen.actions].all()
    pairs = list(zip(chosen.customers.tolist(), told.theme[chosen.actions].tolist(), strict=True))
    assert len(pairs) == len(set(pairs)), "one per theme"
    assert np.bincount(chosen.customers, minlength=1).max() <= told.max_actions
    assert chosen.value == pytest.approx(told.net(chosen.customers, chosen.actions, chosen.weeks).sum())
    assert (told.net(chosen.customers, chosen.actions, chosen.weeks) > 0).all()
    assert shared.greedy.value <= chosen.value <= shared.bound * (1 + 1e-6) + 1e-6


@settings(max_examples=25)
@given(st.integers(1, 200), st.integers(0, 10_000), st.sampled_from([0.01, 0.1, 1.0]))
def test_every_limit_is_kept(customers: int, seed: int, tight: float) -> None:
    told = problem(customers, seed, tight=tight)
    kept(told, allocate(told))


@pytest.mark.parametrize("seed", range(4))
def test_it_is_near_the_exact_optimum_and_the_bound_is_above_it(seed: int) -> None:
    told = problem(60, seed)
    shared, best = allocate(told), exact(told)
    assert best <= shared.bound * (1 + 1e-6)
    assert shared.chosen.value >= 0.93 * best
    assert shared.chosen.value >= shared.greedy.value


def test_prices_beat_greed_on_a_large_base() -> None:
    told = problem(4000, 5)
    shared = allocate(told)
    assert shared.gap < 0.02
    assert shared.chosen.value > 1.03 * shared.greedy.value


def test_the_price_of_a_limit_is_what_one_more_unit_brings() -> None:
    told = problem(4000, 7, weeks=1)
    shared = allocate(told)
    role = int(shared.prices[: told.capacity.size].argmax())
    more = told.capacity.copy()
    more[role] += 20
    gained = (allocate(replace(told, capacity=more)).bound - shared.bound) / 20
    assert gained == pytest.approx(shared.prices[role], rel=0.15)


def test_the_same_arrays_give_the_same_allocation() -> None:
    one, two = allocate(problem(500, 3)).chosen, allocate(problem(500, 3)).chosen
    assert (one.customers.tolist(), one.actions.tolist(), one.value) == (
        two.customers.tolist(),
        two.actions.tolist(),
        two.value,
    )


def test_nobody_eligible_means_nothing() -> None:
    told = replace(problem(10, 1), eligible=np.zeros((10, 9), bool))
    shared = allocate(told)
    assert (len(shared.chosen), shared.chosen.value, shared.bound) == (0, 0, 0)
