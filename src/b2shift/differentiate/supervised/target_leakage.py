"""Target leakage: columns that know the outcome, alone, as date gaps or in sum."""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations

import numpy as np

from b2shift.differentiate.contracts import LeakFinding
from b2shift.differentiate.scores.measures import auc
from b2shift.differentiate.supervised.causes import OtherColumns, plausible_cause
from b2shift.differentiate.supervised.encoding import Encoding
from b2shift.differentiate.supervised.leak_context import LeakContext, binned, codes, leak_finding, two_decimals
from b2shift.differentiate.supervised.penalty_path import logistic_path
from b2shift.differentiate.supervised.shapes import Columns, Floats, Integers
from b2shift.differentiate.supervised.target_encoding_leak import is_target_encoded
from b2shift.kernel.money import format_percent
from b2shift.kernel.text import fold

_NAME_MARGIN = 0.15
_COMPANION_MARGIN = 0.07
"""How far below the AUC of a suspect a column may be its companion: two leaks would confirm each other."""
_CONFIRMATION_MARGIN = 0.03
"""A suspect stays if the unsuspected columns reach its AUC without it, within this margin."""
_NEAR_PERFECT, _ERROR_RATIO, _ERROR_SLACK = 0.995, 2.0, 0.002
"""A suspect that orders nearly all pairs stays only if the others misorder at most `_ERROR_RATIO` times as many pairs,
plus a slack: values filled in after the event leave next to none, and other columns of such tables often know much
too."""
_MAX_SUSPECT_SHARE = 0.4
"""Share of suspected columns from which the table is easy rather than leaky: they confirm one another."""
_FOLDS = 5
_PURE, _MIN_RECALL = 0.98, 0.2
_MIN_PURE_ROWS, _MAX_P_VALUE = 12, 1e-9
"""Rows that share a value only one class has: at least so many, and so many that chance would hardly draw them."""
_MAX_CLASS_SHARE = 0.7
"""Class share up to which single-class values count: rows of a commoner class often share a value by chance."""
_MIN_R2, _MIN_R2_REGRESSION = 0.9, 0.9999
"""R² from which a sum of columns is the label in parts."""
_MIN_PART, _SLOPE_TOLERANCE = 0.05, 1e-3
_ROWS_PER_COLUMN, _MIN_COMPLETE = 10, 0.95
_ROWS_PER_GROUP, _MAX_DATES = 100, 12
_OUTCOME_NAME = re.compile(
    r"cancel|motivo|reason|outcome|resultado|closed|fechad|encerr|lost|perdid|ganh|(^|_)won|after|depois|future|churn"
)


def find_target_leakage(context: LeakContext, names: Sequence[str]) -> list[LeakFinding]:
    """Findings in these columns: suspects that the other columns confirm stay, the rest are left out."""
    univariate = {name: _univariate_auc(context, name) for name in names}
    findings = _target_encoded(context, univariate)
    findings += _suspects(context, _remaining(univariate, findings))
    findings += _date_gaps(context, _remaining(univariate, findings))
    return [*findings, *_sum_of_columns(context, _remaining(univariate, findings))]


def _remaining(univariate: Mapping[str, float], findings: Sequence[LeakFinding]) -> dict[str, float]:
    left_out = {one.column for one in findings if one.left_out}
    return {name: rank for name, rank in univariate.items() if name not in left_out}


def _target_encoded(context: LeakContext, univariate: Mapping[str, float]) -> list[LeakFinding]:
    """Numbers that are the label's own rate in small groups of rows."""
    if context.numeric_target is not None:
        return []
    coded = ((name, codes(context.columns, name)) for name in univariate)
    groupings = {name: levels for name, levels in coded if _is_grouping(levels)}
    findings = []
    for name in univariate:
        others = [levels for other, levels in groupings.items() if other != name]
        if name in context.columns.numbers and is_target_encoded(context.columns.numbers[name], context.target, others):
            evidence = "é a taxa do próprio rótulo em grupos de poucas linhas (codificação pelo alvo)"
            findings.append(leak_finding("knows_outcome", name, True, evidence, univariate[name]))
    return findings


def _is_grouping(levels: Integers) -> bool:
    """Whether these codes name groups of a few rows each."""
    rows, distinct = len(levels), len(np.unique(levels))
    return rows / _ROWS_PER_GROUP < distinct < rows / 1.5


def _date_gaps(context: LeakContext, univariate: Mapping[str, float]) -> list[LeakFinding]:
    """Dates that say little alone but give the label by the days between them: which one to leave out."""
    dates = [name for name in univariate if name in context.columns.days | context.columns.ages][:_MAX_DATES]
    findings: list[LeakFinding] = []
    gap_auc = {
        pair: score for pair in combinations(dates, 2) if (score := _gap_auc(context, univariate, pair)) is not None
    }
    while gap_auc:
        pair_count = {name: sum(name in pair for pair in gap_auc) for name in dates}
        name = max(dates, key=lambda one: (pair_count[one], univariate[one]))
        pair = max((pair for pair in gap_auc if name in pair), key=lambda one: gap_auc[one])
        evidence = f"os dias entre {pair[0]} e {pair[1]} ordenam sozinhos com AUC {two_decimals(gap_auc[pair])}"
        findings.append(leak_finding("knows_outcome", name, True, evidence, gap_auc[pair]))
        gap_auc = {pair: score for pair, score in gap_auc.items() if name not in pair}
    return findings


def _gap_auc(context: LeakContext, univariate: Mapping[str, float], pair: tuple[str, str]) -> float | None:
    """AUC of the days between two dates; None unless it is suspicious and neither date nor the other columns explain
    it."""
    gap = context.columns.numbers[pair[0]] - context.columns.numbers[pair[1]]
    if (
        not np.isfinite(gap).any()
        or max(univariate[name] for name in pair) > context.suspicious_auc - _COMPANION_MARGIN
    ):
        return None
    score = _univariate_auc(replace(context, columns=Columns({"": gap}, {})), "")
    if score <= context.suspicious_auc:
        return None
    return (
        None
        if _confirmed(score, _BaselineModel.fit(context, [name for name in univariate if name not in pair]).auc)
        else score
    )


def _suspects(context: LeakContext, univariate: Mapping[str, float]) -> list[LeakFinding]:
    named = {name for name in univariate if _named_after_outcome(name, context.label)}
    pure = {
        name: reason for name in univariate if context.numeric_target is None and (reason := _pure_value(context, name))
    }
    suspects = {
        name
        for name, score in univariate.items()
        if score > context.suspicious_auc
        or name in pure
        or (name in named and score > context.suspicious_auc - _NAME_MARGIN)
    }
    if not suspects:
        return []
    allowed = _MAX_SUSPECT_SHARE * len(univariate)
    easy = len(suspects) > max(1, allowed)
    companions = {
        name for name, score in univariate.items() if score > context.suspicious_auc - _COMPANION_MARGIN
    } - suspects
    companions = companions if len(suspects | companions) <= allowed else set()
    baseline = _BaselineModel.fit(context, [name for name in univariate if name not in suspects | companions])
    baseline_auc, findings = baseline.auc, []
    for name in sorted(suspects):
        others = max(score for other, score in univariate.items() if other != name) if easy else baseline_auc
        if name not in pure and _confirmed(univariate[name], others):
            evidence = f"sozinha ordena com AUC {two_decimals(univariate[name])}, e as outras sem ela ordenam"
            evidence += f" com {two_decimals(others)}"
            findings.append(leak_finding("strong", name, False, evidence, univariate[name]))
        elif (
            name not in pure
            and name not in named
            and not easy
            and (reason := baseline.plausible_cause(name, univariate[name]))
        ):
            evidence = f"sozinha ordena com AUC {two_decimals(univariate[name])}, {reason}: parece sabida antes"
            findings.append(leak_finding("strong", name, False, evidence, univariate[name]))
        else:
            with_suspect = None if name in pure else baseline.auc_with(name)
            findings.append(_left_out(name, univariate[name], others, pure.get(name), with_suspect))
    if any(one.left_out for one in findings):
        findings += [
            _left_out(name, univariate[name], baseline_auc)
            for name in sorted(companions)
            if not _confirmed(univariate[name], baseline_auc)
        ]
    return findings


def _left_out(
    name: str, univariate: float, others: float, reason: str | None = None, with_suspect: float | None = None
) -> LeakFinding:
    evidence = (
        reason or f"sozinha ordena com AUC {two_decimals(univariate)}; as outras juntas, com {two_decimals(others)}"
    )
    if with_suspect is not None and univariate < _NEAR_PERFECT:
        evidence += f", e com ela, {two_decimals(with_suspect)}: se era sabida antes do fato, --keep a devolve"
    return leak_finding("knows_outcome", name, True, evidence, univariate)


def _confirmed(univariate: float, others: float) -> bool:
    if univariate >= _NEAR_PERFECT:
        return 1 - others <= _ERROR_RATIO * (1 - univariate) + _ERROR_SLACK
    return univariate <= others + _CONFIRMATION_MARGIN


def _univariate_auc(context: LeakContext, name: str) -> float:
    """AUC of a column as it is, or of its out-of-fold target rates by level or quantile bin, whichever is higher."""
    bins = binned(context.columns, name)
    fold = np.random.default_rng(0).permutation(len(bins)) % _FOLDS
    predicted = np.zeros(len(bins))
    size = int(bins.max()) + 1
    for held_out in range(_FOLDS):
        training = fold != held_out
        mean = context.target[training].mean()
        counts = np.bincount(bins[training], minlength=size)
        sums = np.bincount(bins[training], weights=context.target[training], minlength=size)
        predicted[~training] = ((sums + 2 * mean) / (counts + 2))[bins[~training]]
    score = auc(context.target, predicted) or 0.5
    values = context.columns.numbers.get(name)
    if values is None or not np.isfinite(values).all():
        return score
    plain = auc(context.target, values) or 0.5
    return max(score, plain, 1 - plain)


@dataclass(frozen=True)
class _BaselineModel:
    """The columns beside the suspects and the out-of-fold AUC of a penalised logistic regression on them."""

    context: LeakContext
    names: tuple[str, ...]
    columns: OtherColumns
    auc: float

    @classmethod
    def fit(cls, context: LeakContext, names: Collection[str]) -> "_BaselineModel":
        """Cross-validate on these columns; AUC 0.5 where there are none."""
        columns = context.columns.without(frozenset(context.columns.names) - set(names))
        predicted = np.zeros(len(context.target))
        if not names:
            return cls(context, (), OtherColumns(np.zeros((len(predicted), 0)), np.zeros(0, np.intp), predicted), 0.5)
        design = Encoding.fit(columns).transform(columns)
        matrix = np.hstack([design.linear, design.curves / 2])
        fold = np.random.default_rng(1).permutation(len(matrix)) % 3
        for held_out in range(3):
            training = fold != held_out
            [coefficients] = logistic_path(
                matrix[training], context.target[training], np.ones(training.sum()), np.array([10.0])
            )
            predicted[~training] = coefficients[0] + matrix[~training] @ coefficients[1:]
        sources = np.r_[design.linear_source, design.curves_source]
        return cls(
            context, tuple(names), OtherColumns(matrix, sources, predicted), auc(context.target, predicted) or 0.5
        )

    def auc_with(self, name: str) -> float:
        """AUC once the suspect is added."""
        return _BaselineModel.fit(self.context, [*self.names, name]).auc

    def plausible_cause(self, name: str, univariate: float) -> str:
        """Why the suspect may be a cause rather than a trace of the label (pt-BR); empty where it may not."""
        values, unlabelled = self.context.columns.numbers.get(name), self.context.unlabelled
        if values is None or univariate >= _NEAR_PERFECT or self.context.numeric_target is not None:
            return ""
        new = unlabelled.numbers.get(name) if unlabelled is not None else None
        return plausible_cause(values, self.context.target, self.columns, new)


def _pure_value(context: LeakContext, name: str) -> str:
    """Evidence that a value of the column, its presence or its absence occurs in one class only, in many of its
    rows."""
    levels = codes(context.columns, name) + 1
    counts = np.bincount(levels)
    for target, happened in ((context.target, "aconteceu"), (1 - context.target, "não aconteceu")):
        if len(counts) < 2 or target.mean() > _MAX_CLASS_SHARE:
            continue
        events = np.bincount(levels, weights=target)
        if counts[0] and _single_class(float(events[1:].sum()), float(counts[1:].sum()), target):
            recall = format_percent(float(events[1:].sum() / target.sum()), 0)
            return f"só tem valor onde o fato {happened} ({recall} dos casos)"
        if _single_class(float(events[0]), float(counts[0]), target):
            return f"só falta onde o fato {happened} ({format_percent(float(events[0] / target.sum()), 0)} dos casos)"
        candidates = np.flatnonzero((counts >= _MIN_PURE_ROWS) & (events >= _PURE * counts))
        for level in candidates[candidates > 0]:
            if not _single_class(float(events[level]), float(counts[level]), target):
                continue
            if name in context.columns.words or not _neighbours_similar(events, counts, int(level), target):
                return f"um de seus valores só existe onde o fato {happened}"
    return ""


def _neighbours_similar(events: Floats, counts: Integers, level: int, target: Floats) -> bool:
    """Whether the adjacent values of a number have nearly as high a rate: then it is a threshold, not a code."""
    for side in (slice(level - 1, 0, -1), slice(level + 1, None)):
        cumulative = np.cumsum(counts[side])
        enough = int(np.searchsorted(cumulative, _MIN_PURE_ROWS)) + 1
        neighbours = counts[side][:enough].sum()
        if neighbours and events[side][:enough].sum() / neighbours > (1 + target.mean()) / 2:
            return True
    return False


def _single_class(events: float, rows: float, target: Floats) -> bool:
    if rows < _MIN_PURE_ROWS or events < _PURE * rows or events < _MIN_RECALL * target.sum():
        return False
    return bool(target.mean() ** events < _MAX_P_VALUE)


def _sum_of_columns(context: LeakContext, univariate: Mapping[str, float]) -> list[LeakFinding]:
    """Numbers that say little alone and whose sum or difference is the label."""
    target = context.target if context.numeric_target is None else context.numeric_target
    names = [name for name in univariate if name in context.columns.numbers]
    names = [name for name in names if np.isfinite(context.columns.numbers[name]).mean() >= _MIN_COMPLETE]
    if len(names) < 2:
        return []
    matrix = np.column_stack([context.columns.numbers[name] for name in names])
    complete = np.isfinite(matrix).all(axis=1)
    if complete.sum() < _ROWS_PER_COLUMN * len(names):
        return []
    slopes, scale, r2 = _least_squares(matrix[complete], target[complete])
    parts = np.flatnonzero(np.abs(slopes) * scale > _MIN_PART * target.std())
    if r2 < _MIN_R2 or len(parts) < 2:
        return []
    slopes, _, r2 = _least_squares(matrix[complete][:, parts], target[complete])
    chosen = [names[part] for part in parts]
    if context.numeric_target is not None:
        if r2 < _MIN_R2_REGRESSION or np.ptp(np.abs(slopes)) > _SLOPE_TOLERANCE * np.abs(slopes).max():
            return []
    elif r2 < _MIN_R2 or max(univariate[name] for name in chosen) > context.suspicious_auc:
        return []
    evidence = f"{' e '.join(chosen)}: juntas, somadas ou subtraídas, são o rótulo"
    return [leak_finding("knows_outcome", name, True, evidence, univariate[name]) for name in chosen]


def _least_squares(matrix: Floats, target: Floats) -> tuple[Floats, Floats, float]:
    """Slopes, scale of each column, and R²."""
    scale = matrix.std(axis=0)
    scaled = (matrix - matrix.mean(axis=0)) / np.where(scale > 0, scale, 1)
    centred = target - target.mean()
    coefficients = np.linalg.lstsq(scaled, centred, rcond=None)[0]
    residual = centred - scaled @ coefficients
    r2 = 1 - float(residual @ residual) / max(float(centred @ centred), 1e-300)
    return coefficients / np.where(scale > 0, scale, 1), scale, r2


def _named_after_outcome(name: str, label: str) -> bool:
    name, label = (fold(one).replace(" ", "_").replace("-", "_") for one in (name, label))
    shared = set(name.split("_")) & {part for part in label.split("_") if len(part) > 3}
    return bool(_OUTCOME_NAME.search(name) or shared)
