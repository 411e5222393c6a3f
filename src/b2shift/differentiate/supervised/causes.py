"""Whether a highly predictive column is a plausible cause, known before the label, rather than a trace of it.

A column filled in from the label has two levels, or depends on nothing else, or on one column more (a bill grows with
the price): given the label and that one, it is independent of the rest. A cause is graded and correlates with several
others within classes too: as always, or by collider bias (Berkson, 1946). Or its values are simpler overall than by
class. Or most rows lack it, and neither its presence nor its amount alone is suspicious.
"""

from dataclasses import dataclass

import numpy as np
from scipy.stats import f, ks_2samp, norm, rankdata

from b2shift.differentiate.scores.measures import auc
from b2shift.differentiate.supervised.causal_direction import MAX_SPIKE_SHARE, MIN_LEVELS, description_length_gain
from b2shift.differentiate.supervised.leak_context import SUSPICIOUS_AUC
from b2shift.differentiate.supervised.shapes import Flags, Floats, Integers

MIN_ROWS = 100
_MIN_Z = 2.3263478740408408
"""z-score of the ranking on either side of the best cut: 99 %."""
_MAX_P_VALUE = 1e-4
"""p-value of the correlation with other columns within classes."""
_ROWS_PER_TERM, _RANK_TOLERANCE = 8, 1e-6
_MAX_DRIFT = 0.3
"""Kolmogorov-Smirnov distance between the values to predict and those in training that is no drift."""
_MIN_GAIN = 4.0
"""Nats by which a column must be simpler overall than by class."""


@dataclass(frozen=True)
class OtherColumns:
    """The columns beside a suspect: terms (rows × terms), source of each, and their out-of-fold score of the label."""

    terms: Floats
    sources: Integers
    score: Floats


def plausible_cause(values: Floats, target: Floats, others: OtherColumns, unlabelled: Floats | None) -> str:
    """Why a number may be a cause, in pt-BR; empty where it may not. `unlabelled`: its values in the rows to
    predict."""
    present: Flags = np.isfinite(values)
    if present.sum() < MIN_ROWS or (unlabelled is not None and _has_drifted(values, unlabelled)):
        return ""
    present_values, present_target = values[present], target[present]
    if description_length_gain(present_values, present_target) > _MIN_GAIN:
        return "mas seus valores são mais simples inteiros do que separados pelo rótulo"
    if _ranks_on_both_sides(present_values, present_target) and _linked_within_classes(
        present_values, present_target, OtherColumns(others.terms[present], others.sources, others.score[present])
    ):
        return "mas aos poucos, e acompanha as outras também dentro de cada classe"
    if _presence_and_amount(present_values, present_target):
        return "mas nem tê-la nem quanto dela há diz quase tudo"
    return ""


def _has_drifted(values: Floats, unlabelled: Floats) -> bool:
    present = unlabelled[np.isfinite(unlabelled)]
    if len(unlabelled) < MIN_ROWS:
        return False
    missing_gap = float(np.isfinite(values).mean() - len(present) / len(unlabelled))
    return abs(missing_gap) > _MAX_DRIFT or float(ks_2samp(values[np.isfinite(values)], present).statistic) > _MAX_DRIFT


def _ranks_on_both_sides(values: Floats, target: Floats) -> bool:
    """Whether the column ranks rows on both sides of the cut that separates the classes best."""
    score = auc(target, values) or 0.5
    ascending = values if score >= 0.5 else -values
    order = np.argsort(ascending, kind="stable")
    ordered, ordered_target = ascending[order], target[order]
    cuts = np.flatnonzero(np.diff(ordered) > 0)
    if len(cuts) < 3:
        return False
    rows_below, events_below = cuts + 1.0, np.cumsum(ordered_target)[cuts]
    likelihood = _rate_likelihood(events_below, rows_below) + _rate_likelihood(
        ordered_target.sum() - events_below, len(ordered_target) - rows_below
    )
    cut = int(cuts[likelihood.argmax()]) + 1
    return all(_rank_z(ordered[side], ordered_target[side]) > _MIN_Z for side in (slice(0, cut), slice(cut, None)))


def _presence_and_amount(values: Floats, target: Floats) -> bool:
    """Whether many rows share one value, and neither its absence nor the amount is suspicious alone.

    A column filled in from the label is present, or large, for nearly all of one class and hardly any of the other.
    """
    levels, counts = np.unique(values, return_counts=True)
    has_other: Flags = values != levels[counts.argmax()]
    if (
        counts.max() < MAX_SPIKE_SHARE * len(values)
        or len(levels) < MIN_LEVELS
        or not 0 < target[has_other].sum() < has_other.sum()
    ):
        return False
    presence_auc, amount_auc = (
        (auc(target, has_other.astype(float)) or 0.5),
        (auc(target[has_other], values[has_other]) or 0.5),
    )
    ascending = values[has_other] if amount_auc >= 0.5 else -values[has_other]
    aucs = (max(presence_auc, 1 - presence_auc), max(amount_auc, 1 - amount_auc))
    return max(aucs) <= SUSPICIOUS_AUC and _rank_z(ascending, target[has_other]) > _MIN_Z


def _rate_likelihood(events: Floats, rows: Floats) -> Floats:
    """Binomial log-likelihood at the observed rate."""
    rate = np.clip(events / rows, 1e-9, 1 - 1e-9)
    return np.asarray(events * np.log(rate) + (rows - events) * np.log(1 - rate))


def _rank_z(values: Floats, target: Floats) -> float:
    """z-score of the AUC (Mann-Whitney)."""
    events, rows = float(target.sum()), len(target)
    if not 0 < events < rows:
        return 0.0
    return ((auc(target, values) or 0.5) - 0.5) / float(np.sqrt((rows + 1) / (12 * events * (rows - events))))


def _linked_within_classes(values: Floats, target: Floats, others: OtherColumns) -> bool:
    """Whether other columns explain this one within classes beyond the best single one, jointly or by their score."""
    normal_scores = norm.ppf(rankdata(values) / (len(values) + 1))
    residual, terms = (
        _standardised_by_class(normal_scores[:, None], target)[:, 0],
        _standardised_by_class(others.terms, target),
    )
    bases = {source: _orthonormal_basis(terms[:, others.sources == source]) for source in np.unique(others.sources)}
    if len(bases) < 2:
        return False
    strongest = min(bases, key=lambda source: _f_test(residual, bases[source], 0))
    conditioned = bases[strongest]

    def beyond(matrix: Floats) -> Floats:
        return np.asarray(matrix - conditioned @ (conditioned.T @ matrix))

    remaining, max_terms = beyond(residual), len(values) // _ROWS_PER_TERM
    other_terms = _orthonormal_basis(beyond(terms[:, others.sources != strongest]))[:, :max_terms]
    score_terms = _orthonormal_basis(beyond(_standardised_by_class(others.score[:, None], target)))
    return (
        min(
            _f_test(remaining, other_terms, conditioned.shape[1]), _f_test(remaining, score_terms, conditioned.shape[1])
        )
        < _MAX_P_VALUE / 2
    )


def _orthonormal_basis(terms: Floats) -> Floats:
    """Orthonormal basis of the terms' span, by falling singular value."""
    base, singular_values, _ = np.linalg.svd(terms, full_matrices=False)
    return np.asarray(
        base[
            :,
            singular_values > _RANK_TOLERANCE * max(float(np.sqrt(len(terms))), float(singular_values.max(initial=0))),
        ]
    )


def _standardised_by_class(matrix: Floats, target: Floats) -> Floats:
    """Columns with mean 0 and standard deviation 1 within each class."""
    standardised = matrix.astype(float)
    for code in np.unique(target):
        rows = target == code
        centred = standardised[rows] - standardised[rows].mean(axis=0)
        standardised[rows] = centred / np.maximum(centred.std(axis=0), 1e-9)
    return standardised


def _f_test(values: Floats, basis: Floats, conditioned: int) -> float:
    """p-value of the F-test of orthonormal terms, after class means and `conditioned` terms were removed."""
    explained, terms, total = float(((basis.T @ values) ** 2).sum()), basis.shape[1], float(values @ values)
    degrees = len(values) - terms - conditioned - 2
    if not terms or degrees < 1:
        return 1.0
    return float(f.sf((explained / terms) / max((total - explained) / degrees, 1e-12), terms, degrees))
