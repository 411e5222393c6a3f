"""What each customer would take if every limit had a price: the best action and week per theme, the best themes."""

import numpy as np

from b2shift.interact.actions.problem import Allocation, Chosen, Floats, Integers, Numbers

_SHUT = np.float32(-1e12)


def priced(problem: Allocation, prices: Numbers, rows: Integers | None = None) -> tuple[Floats, Integers]:
    """Net worth (N, A) of each action in its best week at the prices, float32, and that week."""
    gain = problem.gain if rows is None else problem.gain[rows]
    fatigue = problem.fatigue if rows is None else problem.fatigue[rows]
    eligible = problem.eligible if rows is None else problem.eligible[rows]
    people = prices[: problem.capacity.size].reshape(problem.capacity.shape)
    money = np.append(prices[problem.capacity.size :], 0.0)[problem.channel]
    best = np.full(gain.shape, _SHUT, np.float32)
    week = np.zeros(gain.shape, np.int8)
    for number in range(problem.weeks):
        of_role = np.append(people[:, number], 0.0)[problem.role]
        paid = (problem.cost * (1 + money) + problem.effort * of_role).astype(np.float32)
        worth = gain * np.float32(problem.fade**number) - paid
        better = worth > best
        np.copyto(best, worth, where=better)
        week[better] = number
    best -= fatigue[:, None]
    best[~eligible] = _SHUT
    return best, week.astype(np.int64)


def respond(problem: Allocation, prices: Numbers) -> tuple[Chosen, float]:
    """Every customer's choice at the prices, and what the choices are worth together after paying them."""
    worth, week = priced(problem, prices)
    customers, actions = pick(problem, worth)
    weeks = week[customers, actions]
    surplus = float(worth[customers, actions].sum(dtype=np.float64))
    return Chosen(customers, actions, weeks, surplus), surplus


def pick(problem: Allocation, worth: Floats) -> tuple[Integers, Integers]:
    """Rows and actions of the best action of each theme, the `most` best themes, where worth more than nothing."""
    rows = np.arange(worth.shape[0])
    themes = np.unique(problem.theme)
    best, action = np.empty((worth.shape[0], themes.size), np.float32), np.empty((worth.shape[0], themes.size), int)
    for position, theme in enumerate(themes):
        members = np.flatnonzero(problem.theme == theme)
        inside = worth[:, members].argmax(axis=1)
        action[:, position] = members[inside]
        best[:, position] = worth[rows, action[:, position]]
    if problem.most < themes.size:
        cut = np.partition(best, themes.size - problem.most, axis=1)[:, themes.size - problem.most]
        best[best < cut[:, None]] = _SHUT
    customers, positions = np.nonzero(best > 0)
    return customers, action[customers, positions]
