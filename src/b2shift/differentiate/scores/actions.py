"""Effects of actions people chose to take, from dated history; reported only where they withstand tests.

Treated are customers with the action in the 30 days after a labelled date who are still customers then; outcomes are of
the next 90 days; controls are alike in every feature (`doubly_robust`). An effect is refused for few treated, lack of
overlap or balance, a placebo effect on the 90 days before the date, or when unobserved selection as strong as observed
selection would undo it.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property

import numpy as np

from b2shift.differentiate.scores.binary import Rows
from b2shift.differentiate.scores.doubly_robust import (
    TreatmentEffect,
    TreatmentModel,
    estimate_effect,
    fit_treatment_model,
)
from b2shift.differentiate.scores.evidence import Evidence
from b2shift.differentiate.scores.frame import Flags, Floats, Frame, fit_design
from b2shift.differentiate.scores.outcomes import HORIZON_DAYS, at_risk, ended_between, purchases
from b2shift.kernel.money import format_number

TABLE = "action_effects"
WINDOW_DAYS = 30
_MIN_TREATED, _MIN_EVENTS, _MIN_CONTROLS = 200, 10, 200
_MAX_WITHOUT_OVERLAP, _MAX_IMBALANCE = 0.05, 0.2
_MAX_PLACEBO_ERROR = 2.0
"""Placebo error, relative to that of the effect, above which the placebo cannot refute anything."""
_FALL = 0.98
_MAX_TREATED, _CONTROLS_PER_TREATED = 1_000, 4
"""Treated customers kept per date, and controls per treated."""
_CONTACTED = """
SELECT DISTINCT a.customer_id FROM activities a LEFT JOIN opportunities o USING (opportunity_id)
WHERE CAST(a."at" AS DATE) > $start AND CAST(a."at" AS DATE) <= $end AND a.customer_id IS NOT NULL
  AND o.kind IS DISTINCT FROM 'renovacao'
"""
Row = dict[str, object]


@dataclass(frozen=True)
class Treatment:
    """An action; the statement gives its customers between two days."""

    name: str
    label: str
    statement: str


@dataclass(frozen=True)
class Cohort:
    """Customers of one date: covariates, frame on the date, and who was treated after it."""

    covariates: Frame
    outcome_frame: Frame
    treated: Flags


@dataclass(frozen=True)
class ComparedOutcome:
    """A score's outcome after the action, and its placebo before the date."""

    score: str
    outcome_label: str
    placebo_label: str
    after: Callable[[Evidence, Cohort], Floats]
    before: Callable[[Evidence, Cohort], Floats]


@dataclass(frozen=True)
class Comparison:
    """Cohorts of all dates; expensive parts are computed on demand."""

    evidence: Evidence
    cohorts: tuple[Cohort, ...]

    @cached_property
    def treated(self) -> Flags:
        """Who was acted on."""
        return np.concatenate([cohort.treated for cohort in self.cohorts]) if self.cohorts else np.zeros(0, dtype=bool)

    @cached_property
    def matrix(self) -> Floats:
        """All covariates, and indicators of the date."""
        names = [one.name for one in self.evidence.declared if not one.snapshot and one.format != "list"]
        covariates, dates = [cohort.covariates for cohort in self.cohorts], np.arange(len(self.cohorts))
        design = fit_design(covariates, names, self.evidence.formats)
        dated = [np.tile(dates == k, (len(frame), 1)) for k, frame in enumerate(covariates)]
        return np.hstack([np.concatenate([design.matrix(frame) for frame in covariates]), np.concatenate(dated)])

    @cached_property
    def action(self) -> TreatmentModel:
        """How probable the action was of each."""
        customer = np.unique(
            np.concatenate([cohort.outcome_frame.ids for cohort in self.cohorts]), return_inverse=True
        )[1]
        return fit_treatment_model(self.matrix, self.treated, customer)

    def outcome(self, outcome_values: Callable[[Evidence, Cohort], Floats]) -> Floats:
        """An outcome of everybody."""
        return (
            np.concatenate([outcome_values(self.evidence, cohort) for cohort in self.cohorts])
            if self.cohorts
            else np.zeros(0)
        )


def _churned(evidence: Evidence, cohort: Cohort) -> Floats:
    start = cohort.outcome_frame.as_of + timedelta(days=WINDOW_DAYS)
    return ended_between(cohort.outcome_frame.ids, evidence.ended, start, start + timedelta(days=HORIZON_DAYS))


def _revenue_fell(evidence: Evidence, cohort: Cohort) -> Floats:
    del evidence
    now, then = (np.nan_to_num(frame.numbers["mrr"]) for frame in (cohort.outcome_frame, cohort.covariates))
    return np.asarray(now < _FALL * then, dtype=float)


def _bought(evidence: Evidence, cohort: Cohort) -> Floats:
    start = cohort.outcome_frame.as_of + timedelta(days=WINDOW_DAYS)
    return _bought_between(evidence, cohort, start, start + timedelta(days=HORIZON_DAYS))


def _bought_before(evidence: Evidence, cohort: Cohort) -> Floats:
    return _bought_between(evidence, cohort, cohort.covariates.as_of, cohort.outcome_frame.as_of)


def _bought_between(evidence: Evidence, cohort: Cohort, start: date, end: date) -> Floats:
    who = {customer for customer, _ in purchases(evidence.session, start, end)}
    return np.array([float(customer in who) for customer in cohort.outcome_frame.ids])


TREATMENTS = (Treatment("seller_contact", "Contato comercial", _CONTACTED),)
OUTCOMES = (
    ComparedOutcome("churn_90d", "saída", "queda de receita", _churned, _revenue_fell),
    ComparedOutcome("purchase_90d", "compra", "compra", _bought, _bought_before),
)


def action_effects(evidence: Evidence, deeds: Sequence[Treatment] = TREATMENTS) -> list[Row]:
    """A row of `action_effects` for each action and score: an effect, or the reason for refusal."""
    return [row for treatment in deeds for row in _rows_of(evidence, treatment)]


def _rows_of(evidence: Evidence, treatment: Treatment) -> list[Row]:
    cohorts = _cohorts(evidence, treatment)
    now, before = (Comparison(evidence, tuple(of)) for of in (cohorts, _placebo_cohorts(evidence, cohorts)))
    return [_evaluated(treatment, outcome, now, before) for outcome in OUTCOMES]


def _cohorts(evidence: Evidence, treatment: Treatment) -> list[Cohort]:
    """Of each labelled date with 120 known days after it: customers still there after 30."""
    cohorts = []
    for frame in evidence.past:
        end = frame.as_of + timedelta(days=WINDOW_DAYS)
        if end + timedelta(days=HORIZON_DAYS) > evidence.known_until:
            continue
        customers = frame.take(np.flatnonzero(at_risk(frame.ids, frame.numbers["mrr"], evidence.ended, end)))
        rows = evidence.session.query(treatment.statement, {"start": frame.as_of, "end": end}).to_pylist()
        contacted = {row["customer_id"] for row in rows}
        treated = np.array([customer in contacted for customer in customers.ids], dtype=bool)
        sampled = _sample(treated, [evidence.seed, frame.as_of.toordinal()])
        cohorts.append(Cohort(customers.take(sampled), customers.take(sampled), treated[sampled]))
    return cohorts


def _sample(treated: Flags, seed: Sequence[int]) -> Rows:
    """The treated and some controls: more than a few per treated only cost time."""
    rng, limits = np.random.default_rng(seed), (_MAX_TREATED, _CONTROLS_PER_TREATED * max(int(treated.sum()), 1))
    groups = (np.flatnonzero(treated), np.flatnonzero(~treated))
    return np.sort(
        np.concatenate([rng.permutation(group)[:limit] for group, limit in zip(groups, limits, strict=True)])
    )


def _placebo_cohorts(evidence: Evidence, cohorts: Sequence[Cohort]) -> list[Cohort]:
    """The same customers with covariates of the labelled date before; those unknown then are left out."""
    placebos = []
    for cohort in cohorts:
        before = [frame for frame in evidence.past if frame.as_of < cohort.outcome_frame.as_of]
        if before:
            _, now_rows, before_rows = np.intersect1d(cohort.outcome_frame.ids, before[-1].ids, return_indices=True)
            placebos.append(
                Cohort(before[-1].take(before_rows), cohort.outcome_frame.take(now_rows), cohort.treated[now_rows])
            )
    return placebos


def _evaluated(treatment: Treatment, outcome: ComparedOutcome, now: Comparison, before: Comparison) -> Row:
    counted = {"acted": int(now.treated.sum()), "customers": len(now.treated), "dates": len(now.cohorts)}
    outcome_values, placebo_values = now.outcome(outcome.after), before.outcome(outcome.before)
    if refusal := next(_incomparable(outcome, now, outcome_values, placebo_values), ""):
        return _row(treatment, outcome, refusal) | counted
    effect = estimate_effect(now.action, now.matrix, outcome_values)
    placebo = estimate_effect(before.action, before.matrix, placebo_values)
    refusal = next(_doubts(outcome, effect, placebo), "")
    return (
        _row(treatment, outcome, refusal or _verdict(outcome, effect, placebo))
        | counted
        | {
            "usable": not refusal,
            "difference": effect.difference,
            "low": effect.low,
            "high": effect.high,
            "crude": effect.crude,
            "placebo": placebo.difference,
            "placebo_low": placebo.low,
            "placebo_high": placebo.high,
            "without_a_like": now.action.without_overlap,
            "alike": now.action.effective_sample,
            "imbalance": now.action.imbalance(now.matrix),
        }
    )


def _incomparable(
    outcome: ComparedOutcome, now: Comparison, outcome_values: Floats, placebo_values: Floats
) -> Iterator[str]:
    """Why treated and controls cannot be compared, cheapest checks first."""
    treated, events = int(now.treated.sum()), int(outcome_values[now.treated].sum())
    if treated < _MIN_TREATED:
        yield f"Só {format_number(treated)} clientes tiveram a ação nas datas conhecidas; {_MIN_TREATED} são o mínimo."
    if events < _MIN_EVENTS:
        cases = f"Só {events} casos" if events else "Nenhum caso"
        yield f"{cases} de {outcome.outcome_label} entre os {format_number(treated)} clientes que tiveram a ação."
    if placebo_values.sum() < _MIN_EVENTS:
        yield f"Não há {outcome.placebo_label} antes da ação em que a comparação se teste (placebo)."
    if now.action.without_overlap > _MAX_WITHOUT_OVERLAP or now.action.effective_sample < _MIN_CONTROLS:
        yield "Quem teve a ação não tem semelhantes que ficaram sem ela: não há com quem comparar."
    if now.action.imbalance(now.matrix) > _MAX_IMBALANCE:
        yield "Mesmo ponderados, os que ficaram sem a ação diferem dos que a tiveram."


def _doubts(outcome: ComparedOutcome, effect: TreatmentEffect, placebo: TreatmentEffect) -> Iterator[str]:
    """Why the estimate may not be causal."""
    if placebo.error > _MAX_PLACEBO_ERROR * effect.error:
        yield "O placebo é incerto demais para desmentir a comparação."
    if placebo.beyond_chance:
        yield (
            f"O placebo falhou: a mesma comparação acha {_points(placebo.difference)} em {outcome.placebo_label} nos "
            f"{HORIZON_DAYS} dias anteriores, que a ação não pode ter causado. Quem escolhe os clientes vê o que o "
            "modelo não vê."
        )
    if effect.beyond_chance and not effect.robust:
        yield "Causas não registradas, tão fortes quanto as registradas, desfariam a diferença."


def _verdict(outcome: ComparedOutcome, effect: TreatmentEffect, placebo: TreatmentEffect) -> str:
    chance = "" if effect.beyond_chance else ", o que não passa do acaso"
    return (
        f"{_points(effect.difference)} em {outcome.outcome_label} nos {HORIZON_DAYS} dias depois (intervalo de 95%: "
        f"{_points(effect.low)} a {_points(effect.high)}){chance}; sem ajuste seriam {_points(effect.crude)}; "
        f"o placebo dá {_points(placebo.difference)}. Supõe que nada fora dos atributos decida quem tem a ação."
    )


def _points(share: float) -> str:
    return f"{'+' if share > 0 else ''}{format_number(100 * share, 2)} pontos"


def _row(treatment: Treatment, outcome: ComparedOutcome, verdict: str) -> Row:
    return {
        "action": treatment.name,
        "label": treatment.label,
        "score": outcome.score,
        "usable": False,
        "verdict": verdict,
    }
