"""Primal heuristic: a feasible allocation from shadow prices, most valuable choices first."""

import numpy as np

from b2shift.interact.actions.problem import AllocationProblem, Choices, Integers, Numbers
from b2shift.interact.actions.response import best_by_theme, net_worth

_ROUNDS = 60
_PROHIBITIVE = 1e9
# When few want what is left at its price, the price falls by so much, and to nothing once it is small.
_FEW, _PRICE_CUT, _NEARLY_FREE = 0.001, 0.6, 0.01
_SLACK = 1e-9


def feasible_solution(problem: AllocationProblem, prices: Numbers) -> Choices:
    """Rounds of best responses at the prices; an exhausted limit becomes prohibitive, an unused one cheaper.

    What nobody wants at its price is sold for less, at last for nothing: an unused hour is worth nothing.
    """
    left, bid = problem.limits.copy(), prices.copy()
    open_ = np.ones((len(problem.fatigue), int(problem.theme.max(initial=0)) + 1), bool)
    slots = np.full(len(problem.fatigue), problem.max_actions)
    parts: list[tuple[Integers, Integers, Integers]] = []
    for _ in range(_ROUNDS):
        rows = np.flatnonzero(slots > 0)
        worth, week = net_worth(problem, bid, rows)
        worth[~open_[rows][:, problem.theme]] = -_PROHIBITIVE
        inside, actions = best_by_theme(problem, worth)
        order = np.argsort(-worth[inside, actions], kind="stable")
        inside, actions = inside[order], actions[order]
        customers, weeks = rows[inside], week[inside, actions]
        accepted = _within_slots(customers, slots) & _within_limits(problem, actions, weeks, left)
        customers, actions, weeks = customers[accepted], actions[accepted], weeks[accepted]
        left -= problem.usage(actions, weeks)
        open_[customers, problem.theme[actions]] = False
        np.subtract.at(slots, customers, 1)
        parts.append((customers, actions, weeks))
        full = left < _smallest_usage(problem) - _SLACK
        if len(customers) < _FEW * len(rows):
            if not bid[~full].any() and not len(customers):
                break
            bid *= np.where(bid < _NEARLY_FREE * max(1.0, float(prices.max(initial=0.0))), 0.0, _PRICE_CUT)
        bid[full] = _PROHIBITIVE
    customers, actions, weeks = (np.concatenate(one) for one in zip(*parts, strict=True)) if parts else _empty()
    value = float(problem.net(customers, actions, weeks).sum())
    return Choices(customers, actions, weeks, value)


def _empty() -> tuple[Integers, Integers, Integers]:
    empty = np.zeros(0, np.int64)
    return empty, empty, empty


def _within_slots(customers: Integers, slots: Integers) -> np.ndarray:
    """Mask of choices, in order, within the number of actions each customer may still get."""
    order = np.argsort(customers, kind="stable")
    ranked = np.empty(len(customers), int)
    starts = np.flatnonzero(np.r_[True, np.diff(customers[order]) != 0]) if len(customers) else np.zeros(0, int)
    ranked[order] = np.arange(len(customers)) - np.repeat(starts, np.diff(np.r_[starts, len(customers)]))
    return ranked < slots[customers]


def _within_limits(problem: AllocationProblem, actions: Integers, weeks: Integers, left: Numbers) -> np.ndarray:
    """Mask of choices, in order, that fit the remaining limits after those before them."""
    accepted = np.ones(len(actions), bool)
    limits, amounts = problem.consumption(actions, weeks)
    for limit_of, amount in zip(limits, amounts, strict=True):
        for limit in np.unique(limit_of[limit_of >= 0]):
            members = np.flatnonzero(limit_of == limit)
            accepted[members] &= np.cumsum(amount[members]) <= left[limit] + _SLACK
    return accepted


def _smallest_usage(problem: AllocationProblem) -> Numbers:
    """The least that any choice uses of each limit."""
    found = np.full(problem.limits.size, 0.0)
    for role in range(problem.capacity.shape[0]):
        efforts = problem.effort[problem.role == role]
        found[role * problem.weeks : (role + 1) * problem.weeks] = efforts.min() if efforts.size else 0.0
    for channel in range(problem.budget.size):
        costs = problem.cost[problem.channel == channel]
        found[problem.capacity.size + channel] = costs.min() if costs.size else 0.0
    return np.maximum(found, _SLACK)
