"""Best responses to shadow prices: the best action and week of each theme, then the best themes."""

import numpy as np

from b2shift.interact.actions.problem import AllocationProblem, Choices, Floats, Integers, Numbers

_INELIGIBLE = np.float32(-1e12)


def net_worth(problem: AllocationProblem, prices: Numbers, rows: Integers | None = None) -> tuple[Floats, Integers]:
    """Net worth (N, A) of each action in its best week at the prices, float32, and that week."""
    gain = problem.gain if rows is None else problem.gain[rows]
    fatigue = problem.fatigue if rows is None else problem.fatigue[rows]
    eligible = problem.eligible if rows is None else problem.eligible[rows]
    people = prices[: problem.capacity.size].reshape(problem.capacity.shape)
    money = np.append(prices[problem.capacity.size :], 0.0)[problem.channel]
    best = np.full(gain.shape, _INELIGIBLE, np.float32)
    week = np.zeros(gain.shape, np.int8)
    for number in range(problem.weeks):
        of_role = np.append(people[:, number], 0.0)[problem.role]
        paid = (problem.cost * (1 + money) + problem.effort * of_role).astype(np.float32)
        worth = gain * np.float32(problem.weekly_discount**number) - paid
        better = worth > best
        np.copyto(best, worth, where=better)
        week[better] = number
    best -= fatigue[:, None]
    best[~eligible] = _INELIGIBLE
    return best, week.astype(np.int64)


def best_response(problem: AllocationProblem, prices: Numbers) -> tuple[Choices, float]:
    """Every customer's choices at the prices, and their total net worth."""
    worth, week = net_worth(problem, prices)
    customers, actions = best_by_theme(problem, worth)
    weeks = week[customers, actions]
    surplus = float(worth[customers, actions].sum(dtype=np.float64))
    return Choices(customers, actions, weeks, surplus), surplus


def best_by_theme(problem: AllocationProblem, worth: Floats) -> tuple[Integers, Integers]:
    """Rows and actions of the best action of each theme, up to `max_actions` themes, where worth is positive."""
    rows = np.arange(worth.shape[0])
    themes = np.unique(problem.theme)
    best, action = np.empty((worth.shape[0], themes.size), np.float32), np.empty((worth.shape[0], themes.size), int)
    for position, theme in enumerate(themes):
        members = np.flatnonzero(problem.theme == theme)
        inside = worth[:, members].argmax(axis=1)
        action[:, position] = members[inside]
        best[:, position] = worth[rows, action[:, position]]
    if problem.max_actions < themes.size:
        cut = np.partition(best, themes.size - problem.max_actions, axis=1)[:, themes.size - problem.max_actions]
        best[best < cut[:, None]] = _INELIGIBLE
    customers, positions = np.nonzero(best > 0)
    return customers, action[customers, positions]
