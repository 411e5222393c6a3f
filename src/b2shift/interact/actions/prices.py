"""Shadow prices: the Lagrangian dual of the allocation, minimised by cutting planes solved with HiGHS.

Kelley's method inside a box that grows when a step pays and shrinks when it does not (Lemaréchal, Nemirovskii and
Nesterov 1995 give the family of stabilised bundle methods it belongs to). Any prices give an upper bound of the best
allocation: the bound is what the limits would sell for plus what the customers would still gain.
"""

from dataclasses import dataclass

import numpy as np

from b2shift.interact.actions.problem import AllocationProblem, Numbers
from b2shift.interact.actions.response import best_response

_ITERATIONS = 250
# Customers a sample has at least, rounds that set its prices right on everyone, and the size of their first step.
_SAMPLE, _CORRECTIONS, _STEP = 10_000, 60, 0.02
_TOLERANCE = 1e-4


@dataclass(frozen=True)
class Prices:
    """BRL for one more unit of each limit, the bound they prove, and the number of rounds."""

    prices: Numbers
    bound: float
    rounds: int


def shadow_prices(problem: AllocationProblem) -> Prices:
    """The prices of a problem; on a large base, of a sample of every k-th customer, then corrected on all."""
    step = len(problem.fatigue) // _SAMPLE
    if step < 2:
        return _descend(problem, np.zeros(problem.limits.size), _first_radius(problem), _ITERATIONS)
    near = _descend(problem.sample(step), np.zeros(problem.limits.size), _first_radius(problem), _ITERATIONS)
    radius = _STEP * max(_first_radius(problem), float(near.prices.max(initial=0.0)))
    return _descend(problem, near.prices, radius, _CORRECTIONS)


def _descend(problem: AllocationProblem, start: Numbers, first_radius: float, rounds: int) -> Prices:
    """Prices within 0.01 % of the best bound the cuts allow, or the best after `rounds`."""
    limits = problem.limits
    best_prices = start
    chosen, surplus = best_response(problem, best_prices)
    best = float(start @ limits) + surplus
    cuts, values = [limits - problem.usage(chosen.actions, chosen.weeks)], [best]
    points = [best_prices]
    radius = first_radius
    for number in range(1, rounds + 1):
        low = np.maximum(0.0, best_prices - radius)
        prices, promised = _master(cuts, values, points, low, best_prices + radius)
        if best - promised <= _TOLERANCE * abs(best):
            if radius > 4 * first_radius or np.all(prices < best_prices + 0.99 * radius):
                return Prices(best_prices, best, number)
            radius *= 2
            continue
        chosen, surplus = best_response(problem, prices)
        value = float(prices @ limits) + surplus
        cuts.append(limits - problem.usage(chosen.actions, chosen.weeks))
        values.append(value)
        points.append(prices)
        if value < best:
            best, best_prices, radius = value, prices, radius * 1.5
        else:
            radius *= 0.6
    return Prices(best_prices, best, rounds)


def _first_radius(problem: AllocationProblem) -> float:
    """Trust-region radius of the order of the median eligible gain."""
    gains = problem.gain[problem.eligible]
    return float(np.median(gains)) if gains.size else 1.0


def _master(
    cuts: list[Numbers], values: list[float], points: list[Numbers], low: Numbers, high: Numbers
) -> tuple[Numbers, float]:
    """The minimiser of the cutting-plane model in a box, and its value."""
    from scipy.optimize import linprog  # a quarter of a second that no other command should wait for

    count = low.size
    rows = np.column_stack([np.array(cuts), -np.ones(len(cuts))])
    sides = np.array([cut @ point - value for cut, point, value in zip(cuts, points, values, strict=True)])
    bounds = [*zip(low, high, strict=True), (None, None)]
    found = linprog(np.append(np.zeros(count), 1.0), A_ub=rows, b_ub=sides, bounds=bounds, method="highs")
    if found.x is None:
        return low, -np.inf
    return np.asarray(found.x[:count]), float(found.fun)
