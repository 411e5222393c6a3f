"""Whether a column that tells nearly all may be a cause of the label, known before it, rather than a trace of it.

What is filled in from the label has two levels, or knows nothing else of the row, or one thing more (a bill grows with
the price): given the label and that one, it goes with no other column. What was there before is graded, and goes with
several others inside each class as well: either as it always did, or because the label hangs on all of them (who was
kept in spite of one cause had little of the others; Berkson, 1946). Or its values are simpler whole than by class. Or
most rows lack it, and neither having it nor how much of it there is tells nearly all, each alone.
"""

from dataclasses import dataclass

import numpy as np
from scipy.stats import f, ks_2samp, norm, rankdata

from b2shift.differentiate.scores.measures import auc
from b2shift.differentiate.supervised.directions import FEWEST_LEVELS, MOSTLY, shorter_whole
from b2shift.differentiate.supervised.known import TOO_GOOD
from b2shift.differentiate.supervised.shapes import Flags, Floats, Integers

FEWEST = 100
_GRADED = 2.3263478740408408
"""Standard errors of chance by which rows must rank on either side of the best cut: at 99 %."""
_LINKED = 1e-4
"""Chance of so strong a link with the others inside the classes."""
_ROWS_A_TERM, _NOTHING = 8, 1e-6
_ELSEWHERE = 0.3
"""Distance of the values of the rows to be said from those that taught (Kolmogorov-Smirnov) that is no drift."""
_SHORTER = 4.0
"""Nats by which a column must be simpler whole than by class."""


@dataclass(frozen=True)
class Beside:
    """The columns beside a suspect: their terms (rows x terms), the source of each, and what they say of the label on
    rows that did not teach it."""

    terms: Floats
    sources: Integers
    score: Floats


def cause(values: Floats, came: Floats, beside: Beside, fresh: Floats | None) -> str:
    """Why a number may be a cause, in pt-BR; empty where it may not. `fresh` are its values in the rows to be said."""
    known: Flags = np.isfinite(values)
    if known.sum() < FEWEST or (fresh is not None and _elsewhere(values, fresh)):
        return ""
    mine, label = values[known], came[known]
    if shorter_whole(mine, label) > _SHORTER:
        return "mas seus valores são mais simples inteiros do que separados pelo rótulo"
    if _graded(mine, label) and _linked(mine, label, Beside(beside.terms[known], beside.sources, beside.score[known])):
        return "mas aos poucos, e acompanha as outras também dentro de cada classe"
    if _two_facts(mine, label):
        return "mas nem tê-la nem quanto dela há diz quase tudo"
    return ""


def _elsewhere(values: Floats, fresh: Floats) -> bool:
    kept = fresh[np.isfinite(fresh)]
    if len(fresh) < FEWEST:
        return False
    gaps = float(np.isfinite(values).mean() - len(kept) / len(fresh))
    return abs(gaps) > _ELSEWHERE or float(ks_2samp(values[np.isfinite(values)], kept).statistic) > _ELSEWHERE


def _graded(values: Floats, came: Floats) -> bool:
    """Whether the column ranks rows on both sides of the cut that parts the classes best."""
    rank = auc(came, values) or 0.5
    rising = values if rank >= 0.5 else -values
    order = np.argsort(rising, kind="stable")
    ordered, label = rising[order], came[order]
    ends = np.flatnonzero(np.diff(ordered) > 0)
    if len(ends) < 3:
        return False
    below, events = ends + 1.0, np.cumsum(label)[ends]
    told = _likely(events, below) + _likely(label.sum() - events, len(label) - below)
    cut = int(ends[told.argmax()]) + 1
    return all(_ranked(ordered[side], label[side]) > _GRADED for side in (slice(0, cut), slice(cut, None)))


def _two_facts(values: Floats, came: Floats) -> bool:
    """Whether many rows have one value, and neither having another nor which other is suspicious alone.

    What is filled in from the label is there, or large, for nearly all of one class and hardly any of the other.
    """
    levels, counts = np.unique(values, return_counts=True)
    other: Flags = values != levels[counts.argmax()]
    if counts.max() < MOSTLY * len(values) or len(levels) < FEWEST_LEVELS or not 0 < came[other].sum() < other.sum():
        return False
    having, amount = (auc(came, other.astype(float)) or 0.5), (auc(came[other], values[other]) or 0.5)
    rising = values[other] if amount >= 0.5 else -values[other]
    parts = (max(having, 1 - having), max(amount, 1 - amount))
    return max(parts) <= TOO_GOOD and _ranked(rising, came[other]) > _GRADED


def _likely(events: Floats, rows: Floats) -> Floats:
    """Log-likelihood of one rate for all of some rows."""
    rate = np.clip(events / rows, 1e-9, 1 - 1e-9)
    return np.asarray(events * np.log(rate) + (rows - events) * np.log(1 - rate))


def _ranked(values: Floats, came: Floats) -> float:
    """Standard errors of chance (Mann-Whitney)."""
    events, rows = float(came.sum()), len(came)
    if not 0 < events < rows:
        return 0.0
    return ((auc(came, values) or 0.5) - 0.5) / float(np.sqrt((rows + 1) / (12 * events * (rows - events))))


def _linked(values: Floats, came: Floats, beside: Beside) -> bool:
    """Whether the others explain the column inside the classes beyond the one that does so best, together or by what
    they say of the label."""
    normal = norm.ppf(rankdata(values) / (len(values) + 1))
    mine, terms = _inside(normal[:, None], came)[:, 0], _inside(beside.terms, came)
    each = {one: _base(terms[:, beside.sources == one]) for one in np.unique(beside.sources)}
    if len(each) < 2:
        return False
    best = min(each, key=lambda one: _chance(mine, each[one], 0))
    known = each[best]

    def beyond(told: Floats) -> Floats:
        return np.asarray(told - known @ (known.T @ told))

    left, most = beyond(mine), len(values) // _ROWS_A_TERM
    rest = _base(beyond(terms[:, beside.sources != best]))[:, :most]
    score = _base(beyond(_inside(beside.score[:, None], came)))
    return min(_chance(left, rest, known.shape[1]), _chance(left, score, known.shape[1])) < _LINKED / 2


def _base(terms: Floats) -> Floats:
    """Orthonormal columns that span the terms, the largest first."""
    base, size, _ = np.linalg.svd(terms, full_matrices=False)
    return np.asarray(base[:, size > _NOTHING * max(float(np.sqrt(len(terms))), float(size.max(initial=0)))])


def _inside(matrix: Floats, came: Floats) -> Floats:
    """Every column with mean 0 and spread 1 inside each class."""
    told = matrix.astype(float)
    for one in np.unique(came):
        rows = came == one
        part = told[rows] - told[rows].mean(axis=0)
        told[rows] = part / np.maximum(part.std(axis=0), 1e-9)
    return told


def _chance(mine: Floats, base: Floats, before: int) -> float:
    """F-test of orthonormal terms; a mean of each class and so many terms were taken off before."""
    explained, terms, whole = float(((base.T @ mine) ** 2).sum()), base.shape[1], float(mine @ mine)
    left = len(mine) - terms - before - 2
    if not terms or left < 1:
        return 1.0
    return float(f.sf((explained / terms) / max((whole - explained) / left, 1e-12), terms, left))
