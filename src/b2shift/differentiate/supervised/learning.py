"""Every family taught in every split, weighed by what it said of rows it had not seen, and kept as one bag."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from b2shift.differentiate.supervised.encoding import Encoding, Matrices
from b2shift.differentiate.supervised.families import DEEP, DEEP_FROM, Teacher
from b2shift.differentiate.supervised.folds import Split
from b2shift.differentiate.supervised.objective import Objective
from b2shift.differentiate.supervised.shapes import Columns, Floats, Integers
from b2shift.differentiate.supervised.stacking import Stack, stack

_AT_ONCE = 20_000
_EXPLAINERS = 2
_EXPLAINED_WHOLE = 5_000
"""Rows of a table up to which deep trees tell their part of each reason; beyond, minutes become hours."""


@dataclass(frozen=True)
class Learnt:
    """A bag of taught families and what it is worth: `honest` scores come from models and weights blind to the row."""

    objective: Objective
    encoding: Encoding
    teachers: tuple[Teacher, ...]
    """Whose mean says rows that did not teach."""
    blind: tuple[Teacher, ...]
    owner: Integers
    """Which of `blind` had not seen the row; -1 where all had."""
    stack: Stack
    honest: Floats
    base: Floats
    """The score that is the same for every row, of the rows that taught."""

    def scores(self, columns: Columns) -> Floats:
        """Of rows that did not teach: the mean of the bag."""
        return self.scores_by(columns, self.teachers)

    def scores_by(self, columns: Columns, teachers: Sequence[Teacher]) -> Floats:
        """By the mean of some teachers."""
        told = [self._mean(part, teachers) for part in self._parts(columns)]
        return np.concatenate(told) if told else np.zeros(0)

    def contributions(self, columns: Columns, chosen: Sequence[Teacher] | None = None) -> Floats:
        """What each column of the table adds to the score (rows × columns), by some of the bag."""
        chosen = self.teachers[:_EXPLAINERS] if chosen is None else chosen
        width, shares = len(self.encoding.names), self._explaining_shares([one.family for one in chosen[0].fitted])
        told = []
        for part in self._parts(columns):
            total = np.zeros((len(part.linear), width))
            for teacher in chosen:
                seen = teacher.see(part)
                for share, strengths, one in zip(shares, self.stack.strengths, teacher.fitted, strict=True):
                    if share:
                        total += share * one.parts(seen, strengths, width)
            told.append(self.stack.stretch * total / len(chosen))
        return np.concatenate(told) if told else np.zeros((0, width))

    def own_contributions(self, columns: Columns, rows: Integers) -> Floats:
        """The same for some of the rows that taught, each by a teacher that had not seen it."""
        told = np.zeros((len(rows), len(self.encoding.names)))
        owner = self.owner[rows]
        for at in np.unique(owner):
            mine = np.flatnonzero(owner == at)
            told[mine] = self.contributions(columns.take(rows[mine]), [self.blind[max(int(at), 0)]])
        return told

    def _explaining_shares(self, families: Sequence[str]) -> Floats:
        """The families' shares; in a large table those of the families whose terms add up, which tell for all."""
        shares = np.asarray(self.stack.families, float)
        additive = shares * np.array([family not in DEEP for family in families])
        if len(self.owner) <= _EXPLAINED_WHOLE or not additive.any():
            return shares
        return np.asarray(additive * shares.sum() / additive.sum())

    def _mean(self, rows: Matrices, teachers: Sequence[Teacher]) -> Floats:
        said = [self.stack.score([one.scores(teacher.see(rows)) for one in teacher.fitted]) for teacher in teachers]
        return np.asarray(np.mean(said, axis=0))

    def _parts(self, columns: Columns) -> list[Matrices]:
        rows = np.arange(len(columns))
        return [
            self.encoding.matrices(columns.take(rows[at : at + _AT_ONCE])) for at in range(0, len(columns), _AT_ONCE)
        ]


def learn(
    columns: Columns,
    came: Floats,
    weight: Floats,
    rounds: Sequence[Sequence[Split]],
    objective: Objective,
    seed: int,
    tell: Callable[[float], None],
    bag: Sequence[Split] | None = None,
) -> Learnt:
    """Teach in every split (rows of weight 0 never teach); weigh; say what is honest of every row.

    `bag`: other splits, whose teachers say new rows, where those of `rounds` know only a part of the time.
    """
    encoding = Encoding.of(columns.take(np.flatnonzero(weight > 0)))
    matrices = encoding.matrices(columns)
    teachers: list[Teacher] = []
    sums: list[Floats] = []
    counts, base = np.zeros(len(came)), np.zeros(len(came))
    owner = np.full(len(came), -1, np.intp)
    total = sum(len(one) for one in rounds) + len(bag or ())
    deep = int((weight > 0).sum()) >= DEEP_FROM

    def taught(split: Split) -> Teacher:
        teach = split.teach[weight[split.teach] > 0]
        place = len(teachers)
        tell(place / total)
        mine = matrices.take(teach)
        return Teacher.of(mine, came[teach], weight[teach], objective, _seeded(seed, place), deep=deep)

    for turn, splits in enumerate(rounds):
        for split in splits:
            teacher = taught(split)
            said = [one.scores(teacher.see(matrices.take(split.say))) for one in teacher.fitted]
            if not sums:
                sums = [np.zeros((len(one), len(came))) for one in said]
            for place, one in enumerate(said):
                sums[place][:, split.say] += one
            counts[split.say] += 1
            base[split.say] += objective.constant(came[split.teach], weight[split.teach])
            if turn == 0:
                owner[split.say] = len(teachers)
            teachers.append(teacher)
    with np.errstate(invalid="ignore", divide="ignore"):
        said = [one / counts for one in sums]
        base = base / counts
    measured = np.isfinite(said[0][0])
    measured[[row for split in rounds[0] if split.backward for row in split.say]] = False
    whole = stack(said, came, weight, objective, measured)
    honest = np.full(len(came), np.nan)
    for split in rounds[0]:
        others = measured.copy()
        others[split.say] = False
        mine = stack(said, came, weight, objective, others) if others.sum() >= 2 else whole
        honest[split.say] = mine.score([one[:, split.say] for one in said])
    newer = tuple(taught(split) for split in bag) if bag else tuple(teachers)
    return Learnt(objective, encoding, newer, tuple(teachers), owner, whole, honest, base)


def _seeded(seed: int, place: int) -> int:
    return (seed * 1009 + place * 31 + 1) % (2**31 - 1)
