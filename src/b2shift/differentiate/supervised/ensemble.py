"""Fits every family on every split, stacks them by their out-of-fold loss, and keeps all members as one ensemble."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np

from b2shift.differentiate.supervised.encoding import Encoding, Matrices
from b2shift.differentiate.supervised.families import DEEP, EnsembleMember, Grid, full_grid
from b2shift.differentiate.supervised.family_selection import SELECT_FROM, restrict_grid, select_strengths
from b2shift.differentiate.supervised.folds import Split, ValidationPlan
from b2shift.differentiate.supervised.objective import Objective
from b2shift.differentiate.supervised.shapes import Columns, Floats, Integers
from b2shift.differentiate.supervised.stacking import Stack, fit_stack, fit_stack_over_time

_BATCH_ROWS = 20_000
_THREADS = 2
"""Members fitted at the same time."""
_EXPLAINERS = 2
_EXPLAIN_ALL_UP_TO = 5_000
"""Rows up to which deep trees contribute to explanations; beyond, minutes become hours."""


@dataclass(frozen=True)
class Ensemble:
    """Fitted members, their stacking weights and the out-of-fold scores of the training rows."""

    objective: Objective
    encoding: Encoding
    members: tuple[EnsembleMember, ...]
    """Members whose mean predicts new rows."""
    fold_members: tuple[EnsembleMember, ...]
    """Members by fold of the first repeat."""
    fold_of: Integers
    """Index into `fold_members` of the member that did not see the row; -1 where none did."""
    stack: Stack
    out_of_fold: Floats
    """Score of each training row by members and stacking weights that did not see it; NaN where there is none."""
    base: Floats
    """Out-of-fold score of the constant model."""

    def scores(self, columns: Columns) -> Floats:
        """Scores of new rows: the mean of all members."""
        return self.scores_of(columns, self.members)

    def scores_of(self, columns: Columns, members: Sequence[EnsembleMember]) -> Floats:
        """Scores by the mean of some members."""
        batches = [self._mean_score(batch, members) for batch in self._batches(columns)]
        return np.concatenate(batches) if batches else np.zeros(0)

    def contributions(self, columns: Columns, chosen: Sequence[EnsembleMember] | None = None) -> Floats:
        """Contribution of each column to the score (rows × columns), by the chosen members or the first few."""
        chosen = self.members[:_EXPLAINERS] if chosen is None else chosen
        width, shares = len(self.encoding.names), self._explained_weights([one.family for one in chosen[0].families])
        batches = []
        for batch in self._batches(columns):
            total = np.zeros((len(batch.linear), width))
            for member in chosen:
                design = member.design(batch)
                for share, strengths, one in zip(shares, self.stack.strength_weights, member.families, strict=True):
                    if share:
                        total += share * one.contributions(design, strengths, width)
            batches.append(self.stack.slope * total / len(chosen))
        return np.concatenate(batches) if batches else np.zeros((0, width))

    def out_of_fold_contributions(self, columns: Columns, rows: Integers) -> Floats:
        """The same for some training rows, each by a member that did not see it."""
        contributions = np.zeros((len(rows), len(self.encoding.names)))
        fold_of = self.fold_of[rows]
        for fold in np.unique(fold_of):
            own = np.flatnonzero(fold_of == fold)
            contributions[own] = self.contributions(columns.take(rows[own]), [self.fold_members[max(int(fold), 0)]])
        return contributions

    def _explained_weights(self, families: Sequence[str]) -> Floats:
        """Family weights; for large tables those of additive families, scaled up to stand for all."""
        shares = np.asarray(self.stack.family_weights, float)
        additive = shares * np.array([family not in DEEP for family in families])
        if len(self.fold_of) <= _EXPLAIN_ALL_UP_TO or not additive.any():
            return shares
        return np.asarray(additive * shares.sum() / additive.sum())

    def _mean_score(self, encoded: Matrices, members: Sequence[EnsembleMember]) -> Floats:
        total, offset = np.zeros(len(encoded.linear)), np.zeros(len(encoded.linear))
        for member in members:
            design = member.design(encoded)
            offset += design.offset
            for share, strengths, one in zip(
                self.stack.family_weights, self.stack.strength_weights, member.families, strict=True
            ):
                if share:
                    total += share * (strengths[strengths > 0] @ one.scores(design, strengths > 0))
        return self.stack.calibrated(total / len(members), offset / len(members))

    def _batches(self, columns: Columns) -> Iterator[Matrices]:
        rows = np.arange(len(columns))
        for start in range(0, len(columns), _BATCH_ROWS):
            yield self.encoding.transform(columns.take(rows[start : start + _BATCH_ROWS]))


def fit_ensemble(
    columns: Columns,
    target: Floats,
    weight: Floats,
    plan: ValidationPlan,
    objective: Objective,
    seed: int,
    progress: Callable[[float], None],
    period: str | None = None,
) -> Ensemble:
    """Fit, stack and score out of fold; rows of weight 0 never train.

    `period`: name of the integer period column in person-period data.
    """
    rounds, bag = plan.repeats, plan.bagging
    encoding = Encoding.fit(columns.take(np.flatnonzero(weight > 0)))
    fitting = _MemberFitting(
        encoding.transform(columns),
        target,
        weight,
        objective,
        seed,
        None if period is None else encoding.names.index(period),
    )
    splits = [split for repeat in rounds for split in repeat]
    results, grid = fitting.fit_selecting(
        splits, full_grid(int((weight > 0).sum())), lambda share: progress(0.7 * share)
    )
    scores, base, offset = _out_of_fold(splits, results, target, weight, objective)
    measured = np.isfinite(scores[0][0])
    measured[[row for split in rounds[0] if split.backward for row in split.test]] = False
    stack = fit_stack(scores, target, weight, objective, measured, offset)
    out_of_fold = np.full(len(target), np.nan)
    fold_of = np.full(len(target), -1, np.intp)
    for index, split in enumerate(rounds[0]):
        fold_of[split.test] = index
        others = measured.copy()
        others[split.test] = False
        blind_stack = fit_stack(scores, target, weight, objective, others, offset) if others.sum() >= 2 else stack
        out_of_fold[split.test] = blind_stack.score([one[:, split.test] for one in scores], offset[split.test])
    members = fold_members = tuple(one.member for one in results)
    if bag:
        bagged = list(fitting.fit_all(bag, grid, len(splits)))
        members = tuple(one.member for one in bagged)
        if plan.stationary:
            bagged_scores, _, bagged_offset = _out_of_fold(bag, bagged, target, weight, objective)
            stack = fit_stack(bagged_scores, target, weight, objective, offset=bagged_offset)
        else:
            blocks = [split.test for split in rounds[0] if not split.backward]
            stack = fit_stack_over_time(scores, target, weight, objective, blocks)
    progress(1.0)
    return Ensemble(objective, encoding, members[: plan.max_members], fold_members, fold_of, stack, out_of_fold, base)


@dataclass(frozen=True)
class _FoldFit:
    """A member and its families' scores of the test rows of its split."""

    member: EnsembleMember
    scores: list[Floats]
    offset: Floats


@dataclass(frozen=True)
class _MemberFitting:
    """What every member is fitted from."""

    matrices: Matrices
    target: Floats
    weight: Floats
    objective: Objective
    seed: int
    period: int | None = None

    def fit_selecting(
        self, splits: Sequence[Split], grid: Grid, progress: Callable[[float], None]
    ) -> tuple[list[_FoldFit], Grid]:
        """A member for each split, and the grid used; in large tables the largest split selects the grid first."""
        widest = max(range(len(splits)), key=lambda index: (not splits[index].backward, len(splits[index].train)))
        first = self.fit_one(splits[widest], widest, grid)
        test = splits[widest].test
        if len(test) >= SELECT_FROM:
            selected = select_strengths(grid, first.scores, self.target[test], self.weight[test], self.objective)
            remaining = [
                one[selected[family]] for family, one in zip(grid, first.scores, strict=True) if selected[family].any()
            ]
            grid, first = (
                restrict_grid(grid, selected),
                _FoldFit(first.member.select(selected), remaining, first.offset),
            )
        results = []
        for one in (
            *self.fit_all(splits[:widest], grid, 0),
            first,
            *self.fit_all(splits[widest + 1 :], grid, widest + 1),
        ):
            results.append(one)
            progress(len(results) / len(splits))
        return results, grid

    def fit_all(self, splits: Sequence[Split], grid: Grid, start: int) -> Iterator[_FoldFit]:
        """Members of the splits in order, a few at a time; `start` is the index of the first."""
        with ThreadPoolExecutor(_THREADS) as pool:
            yield from pool.map(lambda index: self.fit_one(splits[index], start + index, grid), range(len(splits)))

    def fit_one(self, split: Split, index: int, grid: Grid) -> _FoldFit:
        """Fit the member of a split and score its test rows."""
        member = self.member(split, index, grid)
        design = member.design(self.matrices.take(split.test))
        return _FoldFit(member, [one.scores(design) for one in member.families], design.offset)

    def member(self, split: Split, index: int, grid: Grid) -> EnsembleMember:
        """Fit the member of a split."""
        train = split.train[self.weight[split.train] > 0]
        rows, seed = self.matrices.take(train), (self.seed * 1009 + index * 31 + 1) % (2**31 - 1)
        return EnsembleMember.fit(rows, self.target[train], self.weight[train], self.objective, seed, grid, self.period)


def _out_of_fold(
    splits: Sequence[Split], results: Sequence[_FoldFit], target: Floats, weight: Floats, objective: Objective
) -> tuple[list[Floats], Floats, Floats]:
    """Scores of every row by family (strengths × rows), of the constant model, and the offsets; means over splits."""
    totals = [np.zeros((len(one), len(target))) for one in results[0].scores]
    counts, base, offset = np.zeros(len(target)), np.zeros(len(target)), np.zeros(len(target))
    for split, result in zip(splits, results, strict=True):
        for total, one in zip(totals, result.scores, strict=True):
            total[:, split.test] += one
        offset[split.test] += result.offset
        counts[split.test] += 1
        base[split.test] += objective.best_constant(target[split.train], weight[split.train])
    with np.errstate(invalid="ignore", divide="ignore"):
        return [one / counts for one in totals], base / counts, offset / counts
