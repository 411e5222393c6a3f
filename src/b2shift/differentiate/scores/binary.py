"""A yes-or-no score from its labelled dates: guard, train or fall back to tiers, score, explain, report."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from b2shift.differentiate.scores.base_rate import CHANGES, BaseRate, base_rate, beside_others
from b2shift.differentiate.scores.cards import Card, base_rate_note, card_of, silent_card
from b2shift.differentiate.scores.evidence import LARGE, Evidence
from b2shift.differentiate.scores.frame import Column, Design, Floats, Frame, design
from b2shift.differentiate.scores.guard import allowed, measured_leaks
from b2shift.differentiate.scores.interval import lasting, reach
from b2shift.differentiate.scores.kept.contract import Said
from b2shift.differentiate.scores.kept.yes_or_no import YesOrNo
from b2shift.differentiate.scores.learners import blend, boosting, logistic
from b2shift.differentiate.scores.reasons import Phrasebook, Told, told_reasons
from b2shift.differentiate.scores.registry import Served
from b2shift.differentiate.scores.scored import Scored
from b2shift.differentiate.scores.serving import serve
from b2shift.differentiate.scores.tiers import tier_design, tiers
from b2shift.differentiate.scores.training import Period, Trained, enough, together, train, train_simple

LEAST_POINTS = 0.05
"""Percentage points under which a contribution is not worth a sentence."""
_FOLDS = 5
_MOST_DOUBT = 0.7
_MOST_ROWS, _LEAST_QUIET = 20_000, 2.0
"""Rows of a date a model is fitted on, and rows without an event per event that are kept however many there are."""
Rows = npt.NDArray[np.intp]


@dataclass(frozen=True)
class Task:
    """A score to be learnt: its name, its pt-BR name, and whether early signs of it are among the features.

    Its base rate is then corrected by them, and its interval is that of what customers lastingly are.
    """

    score: str
    label: str
    follows_signs: bool = False


@dataclass(frozen=True)
class Sample:
    """The customers of one labelled date that count, and what happened to them."""

    frame: Frame
    happened: Floats
    population: Frame | None = None
    """Everyone the score is for on that date, where those with an outcome are only some of them."""


@dataclass(frozen=True)
class Answer:
    """What is said of the rows asked for, reasons, the card; None of the first when not usable."""

    card: Card
    notes: dict[str, object]
    said: Said | None = None
    told: Told | None = None
    served: Served | None = None


def answer(evidence: Evidence, task: Task, samples: Sequence[Sample], rows: Rows) -> Answer:
    """Learn the score and give it to the customers in `rows` of the newest frame."""
    samples = [sample for sample in samples if len(sample.frame)]
    if not samples:
        return _silent(task, "Sem histórico: nenhuma data passada tem 90 dias conhecidos depois dela.")
    events = sum(sample.happened.sum() for sample in samples)
    if not events:
        return _silent(task, "Não há o que aprender: o fato não aconteceu nenhuma vez nas datas conhecidas.")
    now = evidence.now.take(rows)
    leaks = measured_leaks(
        [sample.frame for sample in samples],
        [sample.happened for sample in samples],
        now,
        allowed(task.score, evidence.declared),
        [sample.population or sample.frame for sample in samples],
    )
    kept = [name for name in allowed(task.score, evidence.declared) if name not in leaks]
    seen = design([sample.frame for sample in samples], kept, evidence.formats)
    notes: dict[str, object] = {f"{task.score}_left_out": dict(sorted(leaks.items()))}
    periods = _periods(samples, seen, evidence.seed)
    if not enough(periods):
        return _by_tiers(evidence, task, samples, rows, notes)
    trained = train(periods, evidence.seed, evidence.threads)
    rate = _rate(evidence, task, samples, now, kept) if task.follows_signs else None
    card = card_of(task.score, task.label, trained, evidence.seed, base_rate_note(rate) if rate else "")
    if not trained.useful:
        return Answer(card, notes)
    if rate:
        notes[f"{task.score}_base_rate"] = [rate.before, rate.now, rate.error]
    return _scored(evidence, task, trained, seen, rows, card, notes, rate, learnt_on=[one.frame for one in samples])


def scored(columns: dict[str, Floats], rows: Rows, found: Answer) -> Scored:
    """The answer as columns of every customer, of which `rows` were asked about."""
    if found.said is not None:
        for name, values in columns.items():
            values[rows] = found.said.columns[name]
    told, served = [found.told] if found.told else [], [found.served] if found.served else []
    return Scored(columns, told, [found.card], found.notes, served)


def _scored(  # noqa: PLR0913 - what was trained, on what, for whom
    evidence: Evidence,
    task: Task,
    trained: Trained,
    seen: Design,
    rows: Rows,
    card: Card,
    notes: dict[str, object],
    rate: BaseRate | None = None,
    *,
    learnt_on: Sequence[Frame],
) -> Answer:
    mine = evidence.now.take(rows)
    raw = trained.learned.log_odds(seen.matrix(mine))
    kept = YesOrNo(
        score=task.score,
        seen=seen,
        learned=trained.learned,
        calibration=trained.calibration,
        shift=rate.shift(trained.calibration.apply(raw)) if rate else 0.0,
        reach=0.0,
        slope=_slope(raw, trained.calibration.apply(raw)),
        least=trained.least,
    )
    doubt = min(rate.error / rate.now, _MOST_DOUBT) if rate and rate.error else 0.0
    if len(rows):
        shown = kept.probability(mine)
        middle, far = lasting(shown, doubt) if task.follows_signs else (kept.middle, reach(shown, doubt))
        kept = replace(kept, middle=middle, reach=far)
    served, serving = serve(evidence, kept, card, learnt_on, mine)
    said = serving.say(mine)
    book = Phrasebook(evidence.now, evidence.declared)
    told = told_reasons(book, task.score, said.told, said.points, rows, LEAST_POINTS)
    return Answer(served.card, notes, said, told, served)


def _by_tiers(
    evidence: Evidence, task: Task, samples: Sequence[Sample], rows: Rows, notes: dict[str, object]
) -> Answer:
    seen = tier_design(task.score)
    trained = train_simple(
        _periods(samples, seen, evidence.seed), lambda matrix, happened: tiers(task.score, matrix, happened)
    )
    few = "Poucos eventos para um modelo; a probabilidade é a de clientes com o mesmo número de sinais de alerta."
    if trained is None:
        return _silent(task, "Histórico curto: não dá para treinar em uma data e testar em outra.", notes)
    card = card_of(task.score, task.label, trained, evidence.seed, few)
    if not trained.useful:
        return Answer(card, notes)
    return _scored(evidence, task, trained, seen, rows, card, notes, learnt_on=[one.frame for one in samples])


def _periods(samples: Sequence[Sample], seen: Design, seed: int) -> list[Period]:
    told = []
    for one in samples:
        share = max(float(_MOST_ROWS / max(one.happened.sum(), 1) - 1), _LEAST_QUIET)
        told.append(Period.thinned(one.frame.as_of, seen.matrix(one.frame), one.happened, share, seed))
    return told


def _rate(evidence: Evidence, task: Task, samples: Sequence[Sample], now: Frame, kept: Sequence[str]) -> BaseRate:
    """The base rate from a model of changes alone, each customer scored by one that never saw it.

    Of many customers a line of them: boosting is surer of what the leavers of past dates showed, and misses by more.
    """
    changes = [name for name in kept if name in CHANGES]
    if not changes:
        return base_rate([], [sample.happened for sample in samples], np.zeros(0))
    samples = [replace(sample, frame=beside_others(sample.frame, changes)) for sample in samples]
    now = beside_others(now, changes)
    signs = Design(tuple(Column(name) for name in changes))
    periods = _periods(samples, signs, evidence.seed)
    matrices = [*(period.matrix for period in periods), signs.matrix(now)]
    folds = [*(_fold(sample.frame) for sample in samples), _fold(now)]
    scores = [np.zeros(len(fold)) for fold in folds]
    for fold in range(_FOLDS):
        others = [period.among(mine != fold) for period, mine in zip(periods, folds, strict=False)]
        matrix, happened, weight = together(others)
        if not 0 < happened.sum() < len(happened):
            return base_rate([], [sample.happened for sample in samples], scores[-1])
        model = logistic(matrix, happened, weight)
        if len(evidence.now) < LARGE:
            model = blend(model, boosting(matrix, happened, weight, evidence.seed, evidence.threads))
        for score, rows, mine in zip(scores, matrices, folds, strict=True):
            if (mine == fold).any():
                score[mine == fold] = model.log_odds(rows[mine == fold])
    return base_rate(scores[:-1], [sample.happened for sample in samples], scores[-1])


def _fold(frame: Frame) -> Rows:
    return np.array([sum(map(ord, customer)) % _FOLDS for customer in frame.ids], dtype=np.intp)


def _slope(raw: Floats, adjusted: Floats) -> float:
    """How many calibrated log-odds one log-odds of the model is worth."""
    spread = float(np.var(raw)) if len(raw) else 0.0
    return float(np.mean((raw - raw.mean()) * (adjusted - adjusted.mean())) / spread) if spread else 1.0


def _silent(task: Task, verdict: str, notes: dict[str, object] | None = None) -> Answer:
    return Answer(silent_card(task.score, task.label, verdict), notes or {})
