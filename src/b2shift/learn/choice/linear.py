"""One choice after another by what is known of each case: linear Thompson sampling, each choice with its propensity.

Each arm's reward is a line in the case's columns, with a conjugate prior on slopes and noise; an arm's share is how
often it is the best among draws of all lines (Agrawal and Goyal, 2013), mixed with the floor. The draws are kept until
something is learnt, so the share is what the choice was truly made by, and replay and evaluation may weigh by it.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from b2shift.kernel.errors import InputError
from b2shift.learn.choice.shapes import Floats, Integers

_LINES = 100
"""Draws of each arm's line that shares are told from."""
_LEVEL, _SLOPE, _SHAPE, _SCALE = 1.0, 10.0, 1.0, 0.1
"""The prior: a level about the noise's own spread, slopes about a third of it, a noise of a variance about 0.1."""


@dataclass(frozen=True)
class Chosen:
    """Arms chosen for cases (n), and the shares they were drawn by (n, arms)."""

    arm: Integers
    shares: Floats

    @property
    def propensity(self) -> Floats:
        """The share of the arm that was chosen (n)."""
        return np.asarray(self.shares[np.arange(len(self.arm)), self.arm])


class LinearArms:
    """Arms that learn from rewards of cases of `columns` numbers, which should be of about the same scale.

    No arm gets less than `floor`. The same seed and the same calls choose the same. InputError where the floor does not
    fit the arms.
    """

    def __init__(self, arms: int, columns: int, *, floor: float = 0.02, seed: int = 0) -> None:
        if not 0 < floor * arms <= 1:
            raise InputError("A parte mínima de cada braço não cabe", value=floor, hint=f"No máximo {1 / arms:g}")
        self._floor = floor
        self._random = np.random.default_rng(seed)
        self._precision = np.tile(np.diag([_LEVEL, *[_SLOPE] * columns]), (arms, 1, 1))
        self._moment = np.zeros((arms, columns + 1))
        self._squares = np.zeros(arms)
        self._count = np.zeros(arms)
        self._lines = np.empty((arms, _LINES, columns + 1))
        self._stale = set(range(arms))

    def choose(self, cases: Floats) -> Chosen:
        """An arm for each case (n, columns), or for one."""
        known = _with_constant(cases)
        for place in sorted(self._stale):
            self._lines[place] = self._drawn_lines(place)
        self._stale.clear()
        arms, lines, columns = self._lines.shape
        best = (known @ self._lines.reshape(-1, columns).T).reshape(len(known), arms, lines).argmax(axis=1)
        cells = best + arms * np.arange(len(known))[:, None]
        wins = np.bincount(cells.ravel(), minlength=len(known) * arms).reshape(-1, arms) / lines
        shares = self._floor + (1 - self._floor * arms) * wins
        arm = (self._random.random(len(known))[:, None] >= shares.cumsum(axis=1)).sum(axis=1)
        return Chosen(np.minimum(arm, arms - 1), shares)

    def learn(self, cases: Floats, arm: Sequence[int] | Integers, reward: Sequence[float] | Floats) -> None:
        """Take in what came of choices: cases (n, columns), the arm and the reward of each (n)."""
        known, chosen, got = _with_constant(cases), np.asarray(arm), np.asarray(reward, float)
        for place in set(chosen.tolist()):
            mine = chosen == place
            self._precision[place] += known[mine].T @ known[mine]
            self._moment[place] += known[mine].T @ got[mine]
            self._squares[place] += got[mine] @ got[mine]
            self._count[place] += mine.sum()
            self._stale.add(place)

    def _drawn_lines(self, place: int) -> Floats:
        """Of one arm (lines, columns + 1): normal given the noise, whose variance is inverse gamma."""
        covariance = np.linalg.inv(self._precision[place])
        middle = covariance @ self._moment[place]
        left = max(self._squares[place] - middle @ self._moment[place], 0.0)
        noise = (_SCALE + left / 2) / self._random.gamma(_SHAPE + self._count[place] / 2, size=_LINES)
        spread = self._random.standard_normal((_LINES, len(middle))) @ np.linalg.cholesky(covariance).T
        return np.asarray(middle + np.sqrt(noise)[:, None] * spread)


def _with_constant(cases: Floats) -> Floats:
    rows = np.atleast_2d(np.asarray(cases, float))
    return np.column_stack([np.ones(len(rows)), rows])
