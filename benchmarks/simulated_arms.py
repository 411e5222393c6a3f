"""Customers who come day by day, are drawn by the shares of the day and succeed late."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from b2shift.learn.choice.shapes import NEVER, Arms, ArmShare, ArmValue, Integers, Trials
from b2shift.learn.choice.shares import shares
from b2shift.learn.choice.values import arm_values, batch_weights

WINDOW = 14
_DRAWS = 2_000
"""Of the posterior, fewer than the product takes: shares are then uneven by a point, which costs regret if anything."""
Rates = Sequence[Sequence[float]]
"""Rates of success, a row for each group and a column for each arm."""


@dataclass(frozen=True)
class Course:
    """What came of a course of days: regret over that of equal shares, the last shares, what is told of each arm."""

    regret: float
    lines: tuple[ArmShare, ...]
    values: tuple[ArmValue, ...]
    trials: Trials


def course(
    rates: Rates,
    *,
    seed: int,
    days: int = 40,
    a_day: int = 50,
    delay: float = 5.0,
    leaving: Sequence[float] = (),
    floor: float = 0.03,
) -> Course:
    """`rates`: of success, a row for each group, as many customers come of one as of another (groups, arms); `delay`:
    mean days until a success; `leaving`: rates of customers of each arm who ask to be left alone at once."""
    chance, truth = np.random.default_rng(seed), np.asarray(rates, float)
    groups, arms = [f"g{n}" for n in range(len(truth))], [f"a{n}" for n in range(truth.shape[1])]
    split = Arms(arms, [1 / len(arms)] * len(arms), floor, WINDOW)
    drawn, group, day, success, left = (np.empty(0, int) for _n in range(5))
    by = telling = expected = np.empty((0, len(arms)))
    stopped: set[str] = set()
    lines: tuple[ArmShare, ...] = ()
    for today in range(days):
        seen = Trials(drawn, group, today - day, _seen(success, today - day), _seen(left, today - day), by)
        lines = shares(split, groups, seen, stopped=stopped, seed=today, draws=_DRAWS)
        stopped |= {one.arm for one in lines if one.reason == "stopped"}
        share, mean = (
            np.array([getattr(one, name) for one in lines]).reshape(-1, len(arms)) for name in ("share", "mean")
        )
        new = chance.integers(0, len(groups), a_day)
        arm = np.minimum((chance.random(a_day)[:, None] >= share[new].cumsum(axis=1)).sum(axis=1), len(arms) - 1)
        came = chance.random(a_day) < truth[new, arm]
        after = np.minimum(chance.exponential(delay, a_day).astype(int), WINDOW)
        gone = chance.random(a_day) < (np.asarray(leaving)[arm] if leaving else 0)
        drawn, group, day = np.append(drawn, arm), np.append(group, new), np.append(day, np.full(a_day, today))
        success = np.append(success, np.where(came, after, NEVER))
        left = np.append(left, np.where(gone, 1, NEVER))
        weights = batch_weights(share[:-1], np.ones(len(groups)))
        by, expected = np.vstack([by, share[new]]), np.vstack([expected, mean[new]])
        telling = np.vstack([telling, np.tile(weights, (a_day, 1))])
    best = truth.max(axis=1)[group]
    uniform = (best - truth.mean(axis=1)[group]).sum()
    return Course(
        regret=float((best - truth[group, drawn]).sum() / uniform) if uniform else 0.0,
        lines=lines,
        values=arm_values(arms, drawn, (success != NEVER).astype(float), by, telling, expected),
        trials=Trials(drawn, group, np.full(len(drawn), WINDOW), success, left, by),
    )


def _seen(after: Integers, age: Integers) -> Integers:
    return np.where(after <= age, after, NEVER)
