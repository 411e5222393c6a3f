"""From prices to an allocation that keeps every limit: the dearest choices first, the others choose again."""

import numpy as np

from b2shift.interact.actions.problem import Allocation, Chosen, Integers, Numbers
from b2shift.interact.actions.response import pick, priced

_ROUNDS = 60
_NEVER = 1e9
# When few want what is left at its price, the price falls by so much, and to nothing once it is small.
_FEW, _SALE, _CHEAP = 0.001, 0.6, 0.01
_SLACK = 1e-9


def fill(problem: Allocation, prices: Numbers) -> Chosen:
    """Rounds of choices at the prices; a limit that is used up costs too much for anybody in the next round.

    What nobody wants at its price is sold for less, at last for nothing: an unused hour is worth nothing.
    """
    left, asked = problem.limits.copy(), prices.copy()
    open_ = np.ones((len(problem.fatigue), int(problem.theme.max(initial=0)) + 1), bool)
    slots = np.full(len(problem.fatigue), problem.most)
    parts: list[tuple[Integers, Integers, Integers]] = []
    for _ in range(_ROUNDS):
        rows = np.flatnonzero(slots > 0)
        worth, week = priced(problem, asked, rows)
        worth[~open_[rows][:, problem.theme]] = -_NEVER
        inside, actions = pick(problem, worth)
        order = np.argsort(-worth[inside, actions], kind="stable")
        inside, actions = inside[order], actions[order]
        customers, weeks = rows[inside], week[inside, actions]
        kept = _first_slots(customers, slots) & _fits(problem, actions, weeks, left)
        customers, actions, weeks = customers[kept], actions[kept], weeks[kept]
        left -= problem.usage(actions, weeks)
        open_[customers, problem.theme[actions]] = False
        np.subtract.at(slots, customers, 1)
        parts.append((customers, actions, weeks))
        full = left < _smallest(problem) - _SLACK
        if len(customers) < _FEW * len(rows):
            if not asked[~full].any() and not len(customers):
                break
            asked *= np.where(asked < _CHEAP * max(1.0, float(prices.max(initial=0.0))), 0.0, _SALE)
        asked[full] = _NEVER
    customers, actions, weeks = (np.concatenate(one) for one in zip(*parts, strict=True)) if parts else _nothing()
    value = float(problem.net(customers, actions, weeks).sum())
    return Chosen(customers, actions, weeks, value)


def _nothing() -> tuple[Integers, Integers, Integers]:
    empty = np.zeros(0, np.int64)
    return empty, empty, empty


def _first_slots(customers: Integers, slots: Integers) -> np.ndarray:
    """Of choices in order, those within what each customer may still have."""
    order = np.argsort(customers, kind="stable")
    ranked = np.empty(len(customers), int)
    starts = np.flatnonzero(np.r_[True, np.diff(customers[order]) != 0]) if len(customers) else np.zeros(0, int)
    ranked[order] = np.arange(len(customers)) - np.repeat(starts, np.diff(np.r_[starts, len(customers)]))
    return ranked < slots[customers]


def _fits(problem: Allocation, actions: Integers, weeks: Integers, left: Numbers) -> np.ndarray:
    """Of choices in order, those whose limits still hold them when all before them are taken."""
    kept = np.ones(len(actions), bool)
    places, amounts = problem.taken(actions, weeks)
    for place, amount in zip(places, amounts, strict=True):
        for limit in np.unique(place[place >= 0]):
            members = np.flatnonzero(place == limit)
            kept[members] &= np.cumsum(amount[members]) <= left[limit] + _SLACK
    return kept


def _smallest(problem: Allocation) -> Numbers:
    """The least that any choice takes from each limit."""
    found = np.full(problem.limits.size, 0.0)
    for role in range(problem.capacity.shape[0]):
        efforts = problem.effort[problem.role == role]
        found[role * problem.weeks : (role + 1) * problem.weeks] = efforts.min() if efforts.size else 0.0
    for channel in range(problem.budget.size):
        costs = problem.cost[problem.channel == channel]
        found[problem.capacity.size + channel] = costs.min() if costs.size else 0.0
    return np.maximum(found, _SLACK)
