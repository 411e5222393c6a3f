"""A binary score from labelled dates: leakage guard, training or tiers, prediction, reasons, card."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from b2shift.differentiate.scores.base_rate import CHANGES, BaseRate, base_rate, relative_to_others
from b2shift.differentiate.scores.cards import Card, base_rate_note, card_of, unusable_card
from b2shift.differentiate.scores.challenger import contest
from b2shift.differentiate.scores.evidence import LARGE, Evidence
from b2shift.differentiate.scores.fitted_models import blend_models, fit_boosting, fit_logistic
from b2shift.differentiate.scores.frame import Column, Design, Floats, Frame, fit_design
from b2shift.differentiate.scores.guard import allowed, measured_leaks
from b2shift.differentiate.scores.interval import half_width, shrunk_interval
from b2shift.differentiate.scores.reasons import Phrasebook, ReasonRows, top_reasons
from b2shift.differentiate.scores.registry import Served
from b2shift.differentiate.scores.score_output import ScoreOutput
from b2shift.differentiate.scores.serving import serve
from b2shift.differentiate.scores.stored_models.binary_model import BinaryModel
from b2shift.differentiate.scores.stored_models.protocol import Prediction
from b2shift.differentiate.scores.tiers import fit_tiers, tier_design
from b2shift.differentiate.scores.training import Period, Trained, has_enough_events, pooled, train, train_simple

MIN_POINTS = 0.05
"""Percentage points below which a contribution is not a reason."""
_FOLDS = 5
_MAX_RATE_ERROR = 0.7
_MAX_ROWS, _MIN_NEGATIVES = 20_000, 2.0
"""Rows of a date a model is fitted on, and negatives per event that are always kept."""
Rows = npt.NDArray[np.intp]


@dataclass(frozen=True)
class Task:
    """A score to learn: name, pt-BR label, and whether early warning signs are among the features.

    If so, its base rate is corrected by them, and its interval is that of the customers' lasting risk.
    """

    score: str
    label: str
    follows_signs: bool = False


@dataclass(frozen=True)
class Sample:
    """Eligible customers of one labelled date, and their outcome."""

    frame: Frame
    target: Floats
    population: Frame | None = None
    """All customers the score applies to on that date, where only some have an outcome."""


@dataclass(frozen=True)
class TaskResult:
    """The card; and predictions, reasons and model version if usable."""

    card: Card
    notes: dict[str, object]
    predicted: Prediction | None = None
    reasons: ReasonRows | None = None
    served: Served | None = None


def fit_score(evidence: Evidence, task: Task, samples: Sequence[Sample], rows: Rows) -> TaskResult:
    """Fit the score and predict the customers in `rows` of the newest frame."""
    samples = [sample for sample in samples if len(sample.frame)]
    if not samples:
        return _unusable(task, "Sem histórico: nenhuma data passada tem 90 dias conhecidos depois dela.")
    events = sum(sample.target.sum() for sample in samples)
    if not events:
        return _unusable(task, "Não há o que aprender: o fato não aconteceu nenhuma vez nas datas conhecidas.")
    now = evidence.now.take(rows)
    leaks = measured_leaks(
        [sample.frame for sample in samples],
        [sample.target for sample in samples],
        now,
        allowed(task.score, evidence.declared),
        [sample.population or sample.frame for sample in samples],
    )
    features = [name for name in allowed(task.score, evidence.declared) if name not in leaks]
    design = fit_design([sample.frame for sample in samples], features, evidence.formats)
    notes: dict[str, object] = {f"{task.score}_left_out": dict(sorted(leaks.items()))}
    periods = _training_periods(samples, design, evidence.seed)
    if not has_enough_events(periods):
        return _fit_tiers(evidence, task, samples, rows, notes)
    trained = train(periods, evidence.seed, evidence.threads)
    rate = _current_base_rate(evidence, task, samples, now, features) if task.follows_signs else None
    card = card_of(task.score, task.label, trained, evidence.seed, base_rate_note(rate) if rate else "")
    if not trained.useful:
        return TaskResult(card, notes)
    if rate:
        notes[f"{task.score}_base_rate"] = [rate.before, rate.now, rate.error]
    return _score_customers(
        evidence, task, trained, design, rows, card, notes, rate, learnt_on=[sample.frame for sample in samples]
    )


def score_output(columns: dict[str, Floats], rows: Rows, result: TaskResult) -> ScoreOutput:
    """The result as columns of all customers, of which `rows` were scored."""
    if result.predicted is not None:
        for name, values in columns.items():
            values[rows] = result.predicted.columns[name]
    reasons, served = [result.reasons] if result.reasons else [], [result.served] if result.served else []
    return ScoreOutput(columns, reasons, [result.card], result.notes, served)


def _score_customers(  # noqa: PLR0913 - what was trained, on what, for whom
    evidence: Evidence,
    task: Task,
    trained: Trained,
    design: Design,
    rows: Rows,
    card: Card,
    notes: dict[str, object],
    rate: BaseRate | None = None,
    *,
    learnt_on: Sequence[Frame],
) -> TaskResult:
    customers = evidence.now.take(rows)
    log_odds = trained.model.log_odds(design.matrix(customers))
    model = BinaryModel(
        score=task.score,
        design=design,
        model=trained.model,
        calibration=trained.calibration,
        shift=rate.shift(trained.calibration.apply(log_odds)) if rate else 0.0,
        half_width=0.0,
        slope=_slope(log_odds, trained.calibration.apply(log_odds)),
        min_probability=trained.min_probability,
    )
    rate_error = min(rate.error / rate.now, _MAX_RATE_ERROR) if rate and rate.error else 0.0
    if len(rows):
        probability = model.probability(customers)
        interval_line, width = (
            shrunk_interval(probability, rate_error)
            if task.follows_signs
            else (model.interval_line, half_width(probability, rate_error))
        )
        model = replace(model, interval_line=interval_line, half_width=width)
    against = contest(evidence.promoted.get(task.score), trained, learnt_on[-1])
    served, serving = serve(evidence, model, card, learnt_on, customers, against)
    prediction = serving.predict(customers)
    book = Phrasebook(evidence.now, evidence.declared)
    reasons = top_reasons(book, task.score, prediction.features, prediction.points, rows, MIN_POINTS)
    return TaskResult(served.card, notes, prediction, reasons, served)


def _fit_tiers(
    evidence: Evidence, task: Task, samples: Sequence[Sample], rows: Rows, notes: dict[str, object]
) -> TaskResult:
    design = tier_design(task.score)
    trained = train_simple(
        _training_periods(samples, design, evidence.seed), lambda matrix, target: fit_tiers(task.score, matrix, target)
    )
    note = "Poucos eventos para um modelo; a probabilidade é a de clientes com o mesmo número de sinais de alerta."
    if trained is None:
        return _unusable(task, "Histórico curto: não dá para treinar em uma data e testar em outra.", notes)
    card = card_of(task.score, task.label, trained, evidence.seed, note)
    if not trained.useful:
        return TaskResult(card, notes)
    return _score_customers(
        evidence, task, trained, design, rows, card, notes, learnt_on=[sample.frame for sample in samples]
    )


def _training_periods(samples: Sequence[Sample], design: Design, seed: int) -> list[Period]:
    periods = []
    for sample in samples:
        share = max(float(_MAX_ROWS / max(sample.target.sum(), 1) - 1), _MIN_NEGATIVES)
        periods.append(Period.sampled(sample.frame.as_of, design.matrix(sample.frame), sample.target, share, seed))
    return periods


def _current_base_rate(
    evidence: Evidence, task: Task, samples: Sequence[Sample], now: Frame, features: Sequence[str]
) -> BaseRate:
    """The current base rate from a model of changes alone, out of fold by customer.

    For many customers a linear model: boosting is more certain of past leavers' signs, and errs by more.
    """
    changes = [name for name in features if name in CHANGES]
    if not changes:
        return base_rate([], [sample.target for sample in samples], np.zeros(0))
    samples = [replace(sample, frame=relative_to_others(sample.frame, changes)) for sample in samples]
    now = relative_to_others(now, changes)
    signs = Design(tuple(Column(name) for name in changes))
    periods = _training_periods(samples, signs, evidence.seed)
    matrices = [*(period.matrix for period in periods), signs.matrix(now)]
    folds = [*(_fold(sample.frame) for sample in samples), _fold(now)]
    scores = [np.zeros(len(fold)) for fold in folds]
    for fold in range(_FOLDS):
        others = [period.subset(fold_of != fold) for period, fold_of in zip(periods, folds, strict=False)]
        matrix, target, weight = pooled(others)
        if not 0 < target.sum() < len(target):
            return base_rate([], [sample.target for sample in samples], scores[-1])
        model = fit_logistic(matrix, target, weight)
        if len(evidence.now) < LARGE:
            model = blend_models(model, fit_boosting(matrix, target, weight, evidence.seed, evidence.threads))
        for score, rows, fold_of in zip(scores, matrices, folds, strict=True):
            if (fold_of == fold).any():
                score[fold_of == fold] = model.log_odds(rows[fold_of == fold])
    return base_rate(scores[:-1], [sample.target for sample in samples], scores[-1])


def _fold(frame: Frame) -> Rows:
    return np.array([sum(map(ord, customer)) % _FOLDS for customer in frame.ids], dtype=np.intp)


def _slope(raw: Floats, adjusted: Floats) -> float:
    """Calibrated log-odds per log-odds of the model."""
    variance = float(np.var(raw)) if len(raw) else 0.0
    return float(np.mean((raw - raw.mean()) * (adjusted - adjusted.mean())) / variance) if variance else 1.0


def _unusable(task: Task, verdict: str, notes: dict[str, object] | None = None) -> TaskResult:
    return TaskResult(unusable_card(task.score, task.label, verdict), notes or {})
