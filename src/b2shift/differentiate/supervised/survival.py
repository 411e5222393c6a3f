"""Time until a fact: the chance of it in each period among those still without it, from rows person × period.

Discrete-time hazards (Singer and Willett, 1993): whoever is still there at the start of a period is a row of yes or no.
Who is last seen inside a period counts for the part of its risk that was run by then. Learners start from everyone's
hazard of the period; everything else is the learning of a yes or no.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from b2shift.differentiate.contracts import TrainMeasures
from b2shift.differentiate.supervised.association import by_chance
from b2shift.differentiate.supervised.folds import Deal, Split
from b2shift.differentiate.supervised.learning import learn
from b2shift.differentiate.supervised.objective import Objective, probability
from b2shift.differentiate.supervised.outcome import (
    Outcome,
    Said,
    gain_in_errors,
    importance_of,
    lifetime_has_signal,
    weights_of,
)
from b2shift.differentiate.supervised.prepared import Prepared
from b2shift.differentiate.supervised.shapes import Columns, Floats, Integers
from b2shift.differentiate.supervised.survival_measures import (
    c_index,
    integrated_brier,
    martingale_residuals,
    ranked_apart,
    risk_run,
)
from b2shift.differentiate.supervised.told import in_points, reasons
from b2shift.kernel.money import format_number

PERIOD, PERIOD_NAME = "·período", "·período·"
_FEWEST, _MOST = 4, 15
_EVENTS_EACH = 15
_MOST_ROWS = 250_000


@dataclass(frozen=True)
class _Persons:
    """Rows person × period: who, which period, whether it came, with what weight."""

    person: Integers
    period: Integers
    came: Floats
    weight: Floats


def survival(ready: Prepared, seed: int, tell: Callable[[float], None]) -> Outcome:
    """Learn when the fact comes (`ready.came`) at `ready.time`, and judge it on persons that did not teach."""
    assert ready.time is not None
    times, came = ready.time, ready.came
    edges = _edges(times, came)
    rows = _persons(times, came, ready.weight, edges)
    deal = Deal([[_of_persons(split, rows.person) for split in ready.deal.rounds[0]]], sayers=ready.deal.sayers)
    table = _with_period(ready.columns.take(rows.person), rows.period)
    learnt = learn(table, rows.came, rows.weight, deal, Objective(binary=True), seed, tell, PERIOD)
    hazards, flat = np.zeros((len(times), len(edges))), _flat(rows, len(edges))
    hazards[:] = np.nan
    for split in ready.deal.rounds[0]:
        whole = _crossed(ready.columns.take(split.say), len(edges))
        blind = [learnt.blind[at] for at in np.unique(learnt.owner[np.isin(rows.person, split.say)])]
        hazards[split.say] = probability(learnt.scores_by(whole, blind)).reshape(len(split.say), len(edges))
    kept = ready.weight > 0
    curves, flat_curve = np.cumprod(1 - hazards, axis=1), np.cumprod(1 - flat)
    risk = -np.log(np.clip(curves[kept], 1e-9, 1)).sum(axis=1)
    gains = _gains(rows, hazards, flat, len(times))[kept]
    gain = gain_in_errors(gains, ready.groups[kept])
    told = TrainMeasures(
        rows=int(kept.sum()), events=int(came[kept].sum()), base_rate=float(came[kept].mean()), gain_z=gain,
        c_index=c_index(times[kept], came[kept], risk),
        ibs=integrated_brier(times[kept], came[kept], curves[kept], edges),
        ibs_base=integrated_brier(times[kept], came[kept], np.tile(flat_curve, (int(kept.sum()), 1)), edges),
    )  # fmt: skip
    unforeseen = martingale_residuals(times, came, ready.weight)
    chance = by_chance(ready.columns, unforeseen, ready.weight, ready.groups, seed)
    nearer = (told.ibs_base or 0) - (told.ibs or 0)
    ranked = ranked_apart(unforeseen[kept], risk, ready.groups[kept])
    usable = lifetime_has_signal(gain, nearer, chance, ranked) and (told.c_index or 0) > 0.5
    names = learnt.encoding.names

    def shown(columns: Columns, said: Floats, explained: Callable[[], Floats]) -> Said:
        lines = np.cumprod(1 - said, axis=1) if usable else np.tile(flat_curve, (len(columns), 1))
        words = np.full(len(columns), "", dtype=object)
        if usable:
            last = 1 - lines[:, -1]
            odds = np.log(np.clip(last, 1e-6, 1 - 1e-6) / np.clip(1 - last, 1e-6, 1 - 1e-6))
            points = in_points(odds, explained())
            points[:, [names.index(PERIOD), names.index(PERIOD_NAME)]] = 0.0
            words = reasons(_with_period(columns, np.zeros(len(columns), np.intp)), names, points, " p.p.")
        survived = {f"survival_{place + 1}": lines[:, place] for place in range(len(edges))}
        return {"risk": 1 - lines[:, -1], "median_time": _median(lines, edges), **survived, "reasons": words}

    def own() -> Said:
        return shown(ready.columns, hazards, lambda: learnt.contributions(_middle(ready.columns, len(edges))))

    def new(columns: Columns) -> Said:
        said = probability(learnt.scores(_crossed(columns, len(edges)))).reshape(len(columns), len(edges))
        return shown(columns, said, lambda: learnt.contributions(_middle(columns, len(edges))))

    importance = {
        name: value for name, value in importance_of(learnt, table).items() if name not in (PERIOD, PERIOD_NAME)
    }
    return Outcome(
        usable, _verdict(usable, told), told, (), weights_of(learnt), importance, own, new, tuple(map(float, edges))
    )


def _edges(times: Floats, came: Floats) -> Floats:
    """Ends of periods with near equal events; the last holds the last event."""
    events = times[came > 0]
    most = max(_FEWEST, min(_MOST, _MOST_ROWS // len(times)))
    count = int(np.clip(len(events) // _EVENTS_EACH, _FEWEST, most))
    return np.unique(np.quantile(events, np.arange(1, count + 1) / count, method="higher"))


def _persons(times: Floats, came: Floats, weight: Floats, edges: Floats) -> _Persons:
    starts = np.r_[-np.inf, edges[:-1]]
    there = times[:, None] > starts
    person, period = np.nonzero(there)
    ends_here = times[person] <= edges[period]
    happened = (ends_here & (came[person] > 0)).astype(float)
    part = _part_run(risk_run(times, came, weight), starts[period], edges[period], times[person])
    share = np.where((times[person] < edges[period]) & (came[person] == 0), part, 1.0)
    return _Persons(person.astype(np.intp), period.astype(np.intp), happened, weight[person] * share)


def _part_run(risk: Callable[[Floats], Floats], start: Floats, end: Floats, last: Floats) -> Floats:
    """Of the risk that everyone runs in a period, the part that is run by the time a person is last seen."""
    before = risk(start)
    return np.asarray((risk(np.minimum(last, end)) - before) / np.maximum(risk(end) - before, 1e-12))


def _of_persons(split: Split, person: Integers) -> Split:
    return Split(np.flatnonzero(np.isin(person, split.teach)), np.flatnonzero(np.isin(person, split.say)))


def _with_period(columns: Columns, period: Integers) -> Columns:
    names = np.array([f"{one:02d}" for one in period], dtype=object)
    return Columns(
        {**columns.numbers, PERIOD: period.astype(float)},
        {**columns.words, PERIOD_NAME: names},
        columns.days,
        columns.ages,
    )


def _crossed(columns: Columns, periods: int) -> Columns:
    """Every row in every period, periods of a row one after another."""
    rows = np.repeat(np.arange(len(columns)), periods)
    return _with_period(columns.take(rows), np.tile(np.arange(periods), len(columns)))


def _middle(columns: Columns, periods: int) -> Columns:
    return _with_period(columns, np.full(len(columns), periods // 2))


def _flat(rows: _Persons, periods: int) -> Floats:
    events = np.bincount(rows.period, weights=rows.came * rows.weight, minlength=periods)
    return np.asarray((events + 0.5) / (np.bincount(rows.period, weights=rows.weight, minlength=periods) + 1.0))


def _gains(rows: _Persons, hazards: Floats, flat: Floats, persons: int) -> Floats:
    """Log-likelihood of each person over that of the same curve for everyone."""
    said, same = hazards[rows.person, rows.period], flat[rows.period]
    better = np.where(rows.came > 0, np.log(said / same), np.log((1 - said) / (1 - same)))
    return np.bincount(rows.person, weights=better * rows.weight, minlength=persons)


def _median(curves: Floats, edges: Floats) -> Floats:
    """When half are gone, on the line between ends of periods; NaN where more than half stay."""
    path = np.hstack([np.ones((len(curves), 1)), curves])
    ends = np.r_[0.0, edges]
    below = path <= 0.5
    first = below.argmax(axis=1)
    row = np.arange(len(path))
    high, low = path[row, np.maximum(first - 1, 0)], path[row, first]
    share = (high - 0.5) / np.maximum(high - low, 1e-12)
    return np.where(below.any(axis=1), ends[np.maximum(first - 1, 0)] + share * (ends[first] - ends[first - 1]), np.nan)


def _verdict(usable: bool, told: TrainMeasures) -> str:
    rank = format_number(told.c_index or 0.5, 2)
    error, base = format_number(told.ibs or 0, 3), format_number(told.ibs_base or 0, 3)
    if not usable:
        return f"Sem sinal utilizável: fora do treino o índice C foi {rank} e o erro {error} (curva única: {base})."
    return (
        f"Utilizável: fora do treino o índice C foi {rank} e o erro de Brier integrado {error} (curva única: {base})."
    )
