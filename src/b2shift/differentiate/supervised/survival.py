"""Survival by discrete-time hazards on person-period rows (Singer and Willett, 1993).

Whoever is at risk at the start of a period is a binary row. Those censored inside a period count for the part of its
baseline hazard they were exposed to. Learners start from the baseline hazard as an offset; the rest is binary learning.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from b2shift.differentiate.contracts import TrainMeasures
from b2shift.differentiate.supervised.association import permutation_p_value
from b2shift.differentiate.supervised.ensemble import fit_ensemble
from b2shift.differentiate.supervised.folds import Split, ValidationPlan
from b2shift.differentiate.supervised.objective import Objective, probability
from b2shift.differentiate.supervised.preparation import TrainingSet
from b2shift.differentiate.supervised.reasons import percentage_points, reasons
from b2shift.differentiate.supervised.shapes import Columns, Floats, Integers
from b2shift.differentiate.supervised.signal_tests import gain_z, survival_has_signal
from b2shift.differentiate.supervised.survival_measures import (
    c_index,
    cumulative_hazard,
    integrated_brier,
    log_rank_z,
    martingale_residuals,
)
from b2shift.differentiate.supervised.task_result import Predictions, TaskResult, column_importance, family_weights
from b2shift.kernel.money import format_number

PERIOD, PERIOD_NAME = "·período", "·período·"
_MIN_PERIODS, _MAX_PERIODS = 4, 15
_EVENTS_PER_PERIOD = 15
_MAX_ROWS = 250_000


@dataclass(frozen=True)
class _PersonPeriods:
    """Person-period rows: person, period, event and weight."""

    person: Integers
    period: Integers
    target: Floats
    weight: Floats


def fit_survival(data: TrainingSet, seed: int, progress: Callable[[float], None]) -> TaskResult:
    """Fit time to event (`data.target` is the event indicator, `data.time` the duration) and judge it out of fold."""
    assert data.time is not None
    times, event = data.time, data.target
    edges = _edges(times, event)
    person_periods = _person_periods(times, event, data.weight, edges)
    plan = ValidationPlan(
        [[_person_split(split, person_periods.person) for split in data.plan.repeats[0]]],
        max_members=data.plan.max_members,
    )
    table = _with_period(data.columns.take(person_periods.person), person_periods.period)
    ensemble = fit_ensemble(
        table, person_periods.target, person_periods.weight, plan, Objective(binary=True), seed, progress, PERIOD
    )
    hazards, baseline = np.zeros((len(times), len(edges))), _baseline(person_periods, len(edges))
    hazards[:] = np.nan
    for split in data.plan.repeats[0]:
        crossed = _every_period(data.columns.take(split.test), len(edges))
        fold_members = [
            ensemble.fold_members[fold]
            for fold in np.unique(ensemble.fold_of[np.isin(person_periods.person, split.test)])
        ]
        hazards[split.test] = probability(ensemble.scores_of(crossed, fold_members)).reshape(
            len(split.test), len(edges)
        )
    measured = data.weight > 0
    curves, baseline_curve = np.cumprod(1 - hazards, axis=1), np.cumprod(1 - baseline)
    risk = -np.log(np.clip(curves[measured], 1e-9, 1)).sum(axis=1)
    gains = _likelihood_gains(person_periods, hazards, baseline, len(times))[measured]
    gain = gain_z(gains, data.groups[measured])
    measures = TrainMeasures(
        rows=int(measured.sum()), events=int(event[measured].sum()), base_rate=float(event[measured].mean()),
        gain_z=gain,
        c_index=c_index(times[measured], event[measured], risk),
        ibs=integrated_brier(times[measured], event[measured], curves[measured], edges),
        ibs_base=integrated_brier(
            times[measured], event[measured], np.tile(baseline_curve, (int(measured.sum()), 1)), edges
        ),
    )  # fmt: skip
    residuals = martingale_residuals(times, event, data.weight)
    p_value = permutation_p_value(data.columns, residuals, data.weight, data.groups, seed)
    brier_gain = (measures.ibs_base or 0) - (measures.ibs or 0)
    rank_z = log_rank_z(residuals[measured], risk, data.groups[measured])
    usable = survival_has_signal(gain, brier_gain, p_value, rank_z) and (measures.c_index or 0) > 0.5
    names = ensemble.encoding.names

    def output(columns: Columns, hazards: Floats, contributions: Callable[[], Floats]) -> Predictions:
        curves = np.cumprod(1 - hazards, axis=1) if usable else np.tile(baseline_curve, (len(columns), 1))
        texts = np.full(len(columns), "", dtype=object)
        if usable:
            risk = 1 - curves[:, -1]
            log_odds = np.log(np.clip(risk, 1e-6, 1 - 1e-6) / np.clip(1 - risk, 1e-6, 1 - 1e-6))
            points = percentage_points(log_odds, contributions())
            points[:, [names.index(PERIOD), names.index(PERIOD_NAME)]] = 0.0
            texts = reasons(_with_period(columns, np.zeros(len(columns), np.intp)), names, points, " p.p.")
        survived = {f"survival_{index + 1}": curves[:, index] for index in range(len(edges))}
        return {"risk": 1 - curves[:, -1], "median_time": _median_time(curves, edges), **survived, "reasons": texts}

    def predict_training() -> Predictions:
        return output(data.columns, hazards, lambda: ensemble.contributions(_middle_period(data.columns, len(edges))))

    def predict_new(columns: Columns) -> Predictions:
        hazards = probability(ensemble.scores(_every_period(columns, len(edges)))).reshape(len(columns), len(edges))
        return output(columns, hazards, lambda: ensemble.contributions(_middle_period(columns, len(edges))))

    importance = {
        name: value for name, value in column_importance(ensemble, table).items() if name not in (PERIOD, PERIOD_NAME)
    }
    return TaskResult(
        usable,
        _verdict(usable, measures),
        measures,
        (),
        family_weights(ensemble),
        importance,
        predict_training,
        predict_new,
        tuple(map(float, edges)),
    )


def _edges(times: Floats, event: Floats) -> Floats:
    """Ends of periods with near equal events; the last holds the last event."""
    events = times[event > 0]
    largest = max(_MIN_PERIODS, min(_MAX_PERIODS, _MAX_ROWS // len(times)))
    count = int(np.clip(len(events) // _EVENTS_PER_PERIOD, _MIN_PERIODS, largest))
    return np.unique(np.quantile(events, np.arange(1, count + 1) / count, method="higher"))


def _person_periods(times: Floats, event: Floats, weight: Floats, edges: Floats) -> _PersonPeriods:
    starts = np.r_[-np.inf, edges[:-1]]
    at_risk = times[:, None] > starts
    person, period = np.nonzero(at_risk)
    ends_here = times[person] <= edges[period]
    ends_with_event = (ends_here & (event[person] > 0)).astype(float)
    exposure = _share_of_hazard(cumulative_hazard(times, event, weight), starts[period], edges[period], times[person])
    share = np.where((times[person] < edges[period]) & (event[person] == 0), exposure, 1.0)
    return _PersonPeriods(person.astype(np.intp), period.astype(np.intp), ends_with_event, weight[person] * share)


def _share_of_hazard(hazard: Callable[[Floats], Floats], start: Floats, end: Floats, last_seen: Floats) -> Floats:
    """Share of a period's baseline hazard accumulated by the time a person was last seen."""
    at_start = hazard(start)
    return np.asarray((hazard(np.minimum(last_seen, end)) - at_start) / np.maximum(hazard(end) - at_start, 1e-12))


def _person_split(split: Split, person: Integers) -> Split:
    return Split(np.flatnonzero(np.isin(person, split.train)), np.flatnonzero(np.isin(person, split.test)))


def _with_period(columns: Columns, period: Integers) -> Columns:
    names = np.array([f"{one:02d}" for one in period], dtype=object)
    return Columns(
        {**columns.numbers, PERIOD: period.astype(float)},
        {**columns.words, PERIOD_NAME: names},
        columns.days,
        columns.ages,
    )


def _every_period(columns: Columns, periods: int) -> Columns:
    """Every row repeated for every period."""
    rows = np.repeat(np.arange(len(columns)), periods)
    return _with_period(columns.take(rows), np.tile(np.arange(periods), len(columns)))


def _middle_period(columns: Columns, periods: int) -> Columns:
    return _with_period(columns, np.full(len(columns), periods // 2))


def _baseline(rows: _PersonPeriods, periods: int) -> Floats:
    events = np.bincount(rows.period, weights=rows.target * rows.weight, minlength=periods)
    return np.asarray((events + 0.5) / (np.bincount(rows.period, weights=rows.weight, minlength=periods) + 1.0))


def _likelihood_gains(rows: _PersonPeriods, hazards: Floats, baseline: Floats, persons: int) -> Floats:
    """Log-likelihood of each person over that of the baseline curve."""
    predicted, constant = hazards[rows.person, rows.period], baseline[rows.period]
    gain = np.where(rows.target > 0, np.log(predicted / constant), np.log((1 - predicted) / (1 - constant)))
    return np.bincount(rows.person, weights=gain * rows.weight, minlength=persons)


def _median_time(curves: Floats, edges: Floats) -> Floats:
    """Interpolated median survival time; NaN where the curve stays above one half."""
    curve = np.hstack([np.ones((len(curves), 1)), curves])
    times = np.r_[0.0, edges]
    below = curve <= 0.5
    crossing = below.argmax(axis=1)
    row = np.arange(len(curve))
    above, below_half = curve[row, np.maximum(crossing - 1, 0)], curve[row, crossing]
    share = (above - 0.5) / np.maximum(above - below_half, 1e-12)
    return np.where(
        below.any(axis=1), times[np.maximum(crossing - 1, 0)] + share * (times[crossing] - times[crossing - 1]), np.nan
    )


def _verdict(usable: bool, measures: TrainMeasures) -> str:
    rank = format_number(measures.c_index or 0.5, 2)
    error, base = format_number(measures.ibs or 0, 3), format_number(measures.ibs_base or 0, 3)
    if not usable:
        return f"Sem sinal utilizável: fora do treino o índice C foi {rank} e o erro {error} (curva única: {base})."
    return (
        f"Utilizável: fora do treino o índice C foi {rank} e o erro de Brier integrado {error} (curva única: {base})."
    )
