"""Contract lifetime: renewal probability and customer lifetime value."""

from functools import lru_cache
from pathlib import Path

import numpy as np

from b2shift.differentiate.scores.base_rate import BaseRate
from b2shift.differentiate.scores.cards import Card, day, measured_card, unusable_card, verdict_of
from b2shift.differentiate.scores.churn import SCORE as CHURN
from b2shift.differentiate.scores.evidence import Evidence
from b2shift.differentiate.scores.guard import allowed
from b2shift.differentiate.scores.hazard import QUARTER, FollowUp, HazardModel, fit_hazards, follow_up, survival
from b2shift.differentiate.scores.interval import half_width
from b2shift.differentiate.scores.measures import log_losses
from b2shift.differentiate.scores.outcomes import at_risk
from b2shift.differentiate.scores.score_output import Notes, ScoreOutput, empty_column
from b2shift.differentiate.scores.serving import serve
from b2shift.differentiate.scores.stored_models.contract_models import (
    RENEWAL,
    RENEWAL_DAYS,
    VALUE,
    Assumptions,
    RenewalModel,
    ValueModel,
)
from b2shift.differentiate.scores.training import MIN_TESTED, beats_base_rate
from b2shift.kernel.money import format_brl, format_number, format_percent
from b2shift.kernel.yaml import parse_yaml

PATH = Path(__file__).with_name("value.yaml")
_RENEWAL_LABEL, _VALUE_LABEL = "Renovação do contrato", "Valor do cliente (CLV)"
_METHOD = "regressão logística de cada trimestre (risco em tempo discreto)"


@lru_cache(maxsize=1)
def assumptions() -> Assumptions:
    """The product's own assumptions on value."""
    return Assumptions.model_validate(parse_yaml(PATH.read_text(encoding="utf-8")))


def renewal_value(evidence: Evidence, notes: Notes) -> ScoreOutput:
    """Columns renewal_in_days, renewal_probability, clv and its interval; none without recurring revenue."""
    columns = {name: empty_column(len(evidence.now)) for name in (RENEWAL_DAYS, RENEWAL, *_with_interval(VALUE))}
    left_out = notes.get(f"{CHURN}_left_out", {})
    features = [name for name in allowed(CHURN, evidence.declared) if name not in left_out]
    ends = {customer: [day] for customer, day in evidence.ended.items()}
    past = [
        follow_up(
            frame.take(np.flatnonzero(at_risk(frame.ids, frame.numbers["mrr"], evidence.ended, frame.as_of))), ends
        )
        for frame in evidence.past
    ]
    model = fit_hazards(past, features, evidence.formats, evidence.known_until, evidence.seed)
    card, tested = _renewal_card(evidence, past, features)
    if model is None or not card["usable"]:
        return ScoreOutput(columns, [], [card, unusable_card(VALUE, _VALUE_LABEL, _NO_RENEWAL_MODEL)])
    now = evidence.now
    rows = np.flatnonzero(at_risk(now.ids, now.numbers["mrr"], evidence.ended, evidence.as_of))
    customers = now.take(rows)
    rate = notes.get(f"{CHURN}_base_rate")
    shift = BaseRate(*rate).shift(model.log_odds(customers)[:, 0]) if rate else 0.0
    rate_error = (rate[2] or 0.0) / rate[1] if rate else 0.0
    width = half_width(model.hazards(customers, shift)[:, 0], min(rate_error, 0.7)) if len(rows) else 0.0
    learnt_on = [one.frame for one in past]
    renewal, renewal_model = serve(evidence, RenewalModel(model, shift), card, learnt_on, customers)
    model_ = ValueModel(model, shift, width, assumptions())
    value, value_model = serve(evidence, model_, _value_card(evidence, tested), learnt_on, customers)
    for name, values in (renewal_model.predict(customers).columns | value_model.predict(customers).columns).items():
        columns[name][rows] = values
    return ScoreOutput(columns, [], [renewal.card, value.card], served=[renewal, value])


_NO_RENEWAL_MODEL = "Sem uma previsão utilizável de quanto duram os contratos, o valor não se estima."


def _with_interval(name: str) -> tuple[str, str, str]:
    return name, f"{name}_low", f"{name}_high"


def _renewal_card(
    evidence: Evidence, past: list[FollowUp], features: list[str]
) -> tuple[Card, tuple[HazardModel, FollowUp] | None]:
    """Tested on anniversaries of the last two quarters, by a model of quarters that ended before."""
    few = "Poucas saídas conhecidas: não dá para aprender quanto duram os contratos."
    if len(past) < 3:
        return unusable_card(RENEWAL, _RENEWAL_LABEL, few), None
    test = past[-2]
    before = fit_hazards(past[:-2], features, evidence.formats, test.frame.as_of, evidence.seed)
    if before is None:
        return unusable_card(RENEWAL, _RENEWAL_LABEL, few), None
    anniversary = test.frame.numbers["contract_anniversary_days"].astype(np.float64)
    rows = np.flatnonzero(
        np.isfinite(anniversary) & (anniversary > 0) & (anniversary <= (evidence.known_until - test.frame.as_of).days)
    )
    target = (test.days[rows] <= anniversary[rows]).astype(float)
    if not MIN_TESTED <= target.sum() < len(rows):
        return unusable_card(RENEWAL, _RENEWAL_LABEL, few), None
    predicted = 1 - survival(before.hazards(test.frame.take(rows)), anniversary[rows])
    rate = before.events / before.rows
    baseline = 1 - (1 - rate) ** (anniversary[rows] / QUARTER)
    better = log_losses(target, baseline).mean() > log_losses(target, predicted).mean()
    useful = bool(better and beats_base_rate(target, predicted))
    verdict = verdict_of(target, predicted, useful)
    card = measured_card(
        RENEWAL, _RENEWAL_LABEL, _METHOD, target, predicted, baseline,
        trained_rows=before.rows,
        periods=f"Teste: contratos que fazem aniversário nos dois trimestres depois de {day(test.frame.as_of)}; o fato "
        "medido é sair até lá. Treino: trimestres terminados antes. Fim do contrato: a renovação em aberto ou, sem "
        "ela, o próximo aniversário do primeiro contrato (suposição).",
        verdict=verdict, usable=useful, seed=evidence.seed,
    )  # fmt: skip
    return card, (before, test)


def _value_card(evidence: Evidence, tested: tuple[HazardModel, FollowUp] | None) -> Card:
    terms = assumptions()
    verdict = (
        f"Conta aberta: receita mensal × margem de {format_percent(terms.margin, 0)} × chance de ainda ser cliente em "
        f"cada um dos próximos {terms.horizon_months} meses, a {format_percent(terms.discount_year, 0)} de desconto ao "
        "ano; sem expansão nem reajuste. A faixa é a do valor esperado: o risco de cada cliente nas pontas do seu "
        "intervalo."
    )
    if tested is not None:
        model, test = tested
        days = (evidence.known_until - test.frame.as_of).days
        mrr = np.nan_to_num(test.frame.numbers["mrr"]).astype(np.float64)
        expected = float((mrr * survival(model.hazards(test.frame), np.full(len(mrr), float(days)))).sum())
        observed = float(mrr[test.days > days].sum())
        verdict += (
            f" Conferência: da receita mensal de {format_brl(float(mrr.sum()))} em {day(test.frame.as_of)}, previu que "
            f"{format_brl(expected)} ainda estariam {format_number(days)} dias depois; estavam {format_brl(observed)}."
        )
    card = unusable_card(VALUE, _VALUE_LABEL, verdict, method="sobrevivência do contrato × receita × margem declarada")
    return card | {"usable": True}
