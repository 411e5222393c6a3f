"""Every family taught in every split, weighed by what it said of rows it had not seen, and kept as one bag."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np

from b2shift.differentiate.supervised.encoding import Encoding, Matrices
from b2shift.differentiate.supervised.families import DEEP, Plan, Teacher, whole_plan
from b2shift.differentiate.supervised.folds import Deal, Split
from b2shift.differentiate.supervised.narrowing import NARROWED_FROM, narrowed, narrower
from b2shift.differentiate.supervised.objective import Objective
from b2shift.differentiate.supervised.shapes import Columns, Floats, Integers
from b2shift.differentiate.supervised.stacking import Stack, stack, stack_over_time

_AT_ONCE = 20_000
_AT_A_TIME = 2
"""Teachers taught at the same time."""
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
        told, start = np.zeros(len(rows.linear)), np.zeros(len(rows.linear))
        for teacher in teachers:
            seen = teacher.see(rows)
            start += seen.start
            for share, strengths, one in zip(self.stack.families, self.stack.strengths, teacher.fitted, strict=True):
                if share:
                    told += share * (strengths[strengths > 0] @ one.scores(seen, strengths > 0))
        return self.stack.stretched(told / len(teachers), start / len(teachers))

    def _parts(self, columns: Columns) -> Iterator[Matrices]:
        rows = np.arange(len(columns))
        for at in range(0, len(columns), _AT_ONCE):
            yield self.encoding.matrices(columns.take(rows[at : at + _AT_ONCE]))


def learn(
    columns: Columns,
    came: Floats,
    weight: Floats,
    deal: Deal,
    objective: Objective,
    seed: int,
    tell: Callable[[float], None],
    period: str | None = None,
) -> Learnt:
    """Teach in every split (rows of weight 0 never teach); weigh; say what is honest of every row.

    `period`: the column of whole numbers that tells the period of a row, where rows are person × period.
    """
    rounds, bag = deal.rounds, deal.bag
    encoding = Encoding.of(columns.take(np.flatnonzero(weight > 0)))
    lessons = _Lessons(
        encoding.matrices(columns),
        came,
        weight,
        objective,
        seed,
        None if period is None else encoding.names.index(period),
    )
    splits = [split for turn in rounds for split in turn]
    told, plan = lessons.all(splits, whole_plan(int((weight > 0).sum())), lambda part: tell(0.7 * part))
    said, base, start = _averaged(splits, told, came, weight, objective)
    measured = np.isfinite(said[0][0])
    measured[[row for split in rounds[0] if split.backward for row in split.say]] = False
    whole = stack(said, came, weight, objective, measured, start)
    honest = np.full(len(came), np.nan)
    owner = np.full(len(came), -1, np.intp)
    for place, split in enumerate(rounds[0]):
        owner[split.say] = place
        others = measured.copy()
        others[split.say] = False
        mine = stack(said, came, weight, objective, others, start) if others.sum() >= 2 else whole
        honest[split.say] = mine.score([one[:, split.say] for one in said], start[split.say])
    newer = blind = tuple(one.teacher for one in told)
    if bag:
        heard = list(lessons.heard(bag, plan, len(splits)))
        newer = tuple(one.teacher for one in heard)
        if deal.steady:
            of_all, _, first = _averaged(bag, heard, came, weight, objective)
            whole = stack(of_all, came, weight, objective, start=first)
        else:
            blocks = [split.say for split in rounds[0] if not split.backward]
            whole = stack_over_time(said, came, weight, objective, blocks)
    tell(1.0)
    return Learnt(objective, encoding, newer[: deal.sayers], blind, owner, whole, honest, base)


@dataclass(frozen=True)
class _Told:
    """A teacher, and what its families say of the rows of its split."""

    teacher: Teacher
    said: list[Floats]
    start: Floats


@dataclass(frozen=True)
class _Lessons:
    """What every teacher is taught from."""

    matrices: Matrices
    came: Floats
    weight: Floats
    objective: Objective
    seed: int
    period: int | None = None

    def all(self, splits: Sequence[Split], plan: Plan, tell: Callable[[float], None]) -> tuple[list[_Told], Plan]:
        """A teacher of every split, and what was still taught; in large tables the widest split narrows the plan."""
        lead = max(range(len(splits)), key=lambda place: (not splits[place].backward, len(splits[place].teach)))
        first = self.one(splits[lead], lead, plan)
        say = splits[lead].say
        if len(say) >= NARROWED_FROM:
            kept = narrowed(plan, first.said, self.came[say], self.weight[say], self.objective)
            left = [one[kept[family]] for family, one in zip(plan, first.said, strict=True) if kept[family].any()]
            plan, first = narrower(plan, kept), _Told(first.teacher.only(kept), left, first.start)
        told = []
        for one in (*self.heard(splits[:lead], plan, 0), first, *self.heard(splits[lead + 1 :], plan, lead + 1)):
            told.append(one)
            tell(len(told) / len(splits))
        return told, plan

    def heard(self, splits: Sequence[Split], plan: Plan, start: int) -> Iterator[_Told]:
        """The teachers of the splits in order, a few taught at a time; `start` is the place of the first."""
        with ThreadPoolExecutor(_AT_A_TIME) as at_work:
            yield from at_work.map(lambda place: self.one(splits[place], start + place, plan), range(len(splits)))

    def one(self, split: Split, place: int, plan: Plan) -> _Told:
        """The teacher of a split, heard."""
        teacher = self.taught(split, place, plan)
        seen = teacher.see(self.matrices.take(split.say))
        return _Told(teacher, [one.scores(seen) for one in teacher.fitted], seen.start)

    def taught(self, split: Split, place: int, plan: Plan) -> Teacher:
        """The teacher of a split."""
        teach = split.teach[self.weight[split.teach] > 0]
        rows, seed = self.matrices.take(teach), (self.seed * 1009 + place * 31 + 1) % (2**31 - 1)
        return Teacher.of(rows, self.came[teach], self.weight[teach], self.objective, seed, plan, self.period)


def _averaged(
    splits: Sequence[Split], told: Sequence[_Told], came: Floats, weight: Floats, objective: Objective
) -> tuple[list[Floats], Floats, Floats]:
    """Each family's scores of every row (strengths × rows), means over the splits that said it; the base's; and where
    the row starts."""
    sums = [np.zeros((len(one), len(came))) for one in told[0].said]
    counts, base, start = np.zeros(len(came)), np.zeros(len(came)), np.zeros(len(came))
    for split, heard in zip(splits, told, strict=True):
        for total, one in zip(sums, heard.said, strict=True):
            total[:, split.say] += one
        start[split.say] += heard.start
        counts[split.say] += 1
        base[split.say] += objective.constant(came[split.teach], weight[split.teach])
    with np.errstate(invalid="ignore", divide="ignore"):
        return [one / counts for one in sums], base / counts, start / counts
