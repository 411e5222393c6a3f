"""How long each contract lasts: the chance of its renewal, and what the customer is worth over the coming years."""

from functools import lru_cache
from pathlib import Path

import numpy as np

from b2shift.differentiate.scores.base_rate import BaseRate
from b2shift.differentiate.scores.cards import Card, day, measured_card, silent_card, verdict_of
from b2shift.differentiate.scores.churn import SCORE as CHURN
from b2shift.differentiate.scores.evidence import Evidence
from b2shift.differentiate.scores.guard import allowed
from b2shift.differentiate.scores.hazard import QUARTER, Followed, Hazards, followed, hazards, survival
from b2shift.differentiate.scores.interval import reach
from b2shift.differentiate.scores.kept.lasting import RENEWAL, RENEWAL_DAYS, VALUE, Assumptions, Lasting, Worth
from b2shift.differentiate.scores.measures import log_losses
from b2shift.differentiate.scores.outcomes import at_risk
from b2shift.differentiate.scores.scored import Notes, Scored, nowhere
from b2shift.differentiate.scores.serving import serve
from b2shift.differentiate.scores.training import FEWEST_TESTED, beats_base_rate
from b2shift.kernel.money import format_brl, format_number, format_percent
from b2shift.kernel.yaml import parse_yaml

PATH = Path(__file__).with_name("value.yaml")
_RENEWAL_LABEL, _VALUE_LABEL = "Renovação do contrato", "Valor do cliente (CLV)"
_METHOD = "regressão logística de cada trimestre (risco em tempo discreto)"


@lru_cache(maxsize=1)
def assumptions() -> Assumptions:
    """The product's own assumptions on value."""
    return Assumptions.model_validate(parse_yaml(PATH.read_text(encoding="utf-8")))


def contracts_ahead(evidence: Evidence, notes: Notes) -> Scored:
    """Columns renewal_in_days, renewal_probability, clv and its ends; none for customers without recurring revenue."""
    columns = {name: nowhere(len(evidence.now)) for name in (RENEWAL_DAYS, RENEWAL, *_ends_of(VALUE))}
    left_out = notes.get(f"{CHURN}_left_out", {})
    features = [name for name in allowed(CHURN, evidence.declared) if name not in left_out]
    ends = {customer: [day] for customer, day in evidence.ended.items()}
    past = [
        followed(
            frame.take(np.flatnonzero(at_risk(frame.ids, frame.numbers["mrr"], evidence.ended, frame.as_of))), ends
        )
        for frame in evidence.past
    ]
    model = hazards(past, features, evidence.formats, evidence.known_until, evidence.seed)
    card, tested = _renewal_card(evidence, past, features)
    if model is None or not card["usable"]:
        return Scored(columns, [], [card, silent_card(VALUE, _VALUE_LABEL, _WITHOUT)])
    now = evidence.now
    rows = np.flatnonzero(at_risk(now.ids, now.numbers["mrr"], evidence.ended, evidence.as_of))
    mine = now.take(rows)
    rate = notes.get(f"{CHURN}_base_rate")
    shift = BaseRate(*rate).shift(model.log_odds(mine)[:, 0]) if rate else 0.0
    doubt = (rate[2] or 0.0) / rate[1] if rate else 0.0
    width = reach(model.of(mine, shift)[:, 0], min(doubt, 0.7)) if len(rows) else 0.0
    learnt_on = [one.frame for one in past]
    renewal, lasts = serve(evidence, Lasting(model, shift), card, learnt_on, mine)
    made = Worth(model, shift, width, assumptions())
    value, is_worth = serve(evidence, made, _value_card(evidence, tested), learnt_on, mine)
    for name, values in (lasts.say(mine).columns | is_worth.say(mine).columns).items():
        columns[name][rows] = values
    return Scored(columns, [], [renewal.card, value.card], served=[renewal, value])


_WITHOUT = "Sem uma previsão utilizável de quanto duram os contratos, o valor não se estima."


def _ends_of(name: str) -> tuple[str, str, str]:
    return name, f"{name}_low", f"{name}_high"


def _renewal_card(
    evidence: Evidence, past: list[Followed], features: list[str]
) -> tuple[Card, tuple[Hazards, Followed] | None]:
    """Tested on the anniversaries of the last two quarters, by a model of the quarters that had ended before them."""
    few = "Poucas saídas conhecidas: não dá para aprender quanto duram os contratos."
    if len(past) < 3:
        return silent_card(RENEWAL, _RENEWAL_LABEL, few), None
    test = past[-2]
    before = hazards(past[:-2], features, evidence.formats, test.frame.as_of, evidence.seed)
    if before is None:
        return silent_card(RENEWAL, _RENEWAL_LABEL, few), None
    due = test.frame.numbers["contract_anniversary_days"].astype(np.float64)
    rows = np.flatnonzero(np.isfinite(due) & (due > 0) & (due <= (evidence.known_until - test.frame.as_of).days))
    happened = (test.days[rows] <= due[rows]).astype(float)
    if not FEWEST_TESTED <= happened.sum() < len(rows):
        return silent_card(RENEWAL, _RENEWAL_LABEL, few), None
    said = 1 - survival(before.of(test.frame.take(rows)), due[rows])
    rate = before.events / before.rows
    baseline = 1 - (1 - rate) ** (due[rows] / QUARTER)
    better = log_losses(happened, baseline).mean() > log_losses(happened, said).mean()
    useful = bool(better and beats_base_rate(happened, said))
    verdict = verdict_of(happened, said, useful)
    card = measured_card(
        RENEWAL, _RENEWAL_LABEL, _METHOD, happened, said, baseline,
        trained_rows=before.rows,
        periods=f"Teste: contratos que fazem aniversário nos dois trimestres depois de {day(test.frame.as_of)}; o fato "
        "medido é sair até lá. Treino: trimestres terminados antes. Fim do contrato: a renovação em aberto ou, sem "
        "ela, o próximo aniversário do primeiro contrato (suposição).",
        verdict=verdict, usable=useful, seed=evidence.seed,
    )  # fmt: skip
    return card, (before, test)


def _value_card(evidence: Evidence, tested: tuple[Hazards, Followed] | None) -> Card:
    told = assumptions()
    verdict = (
        f"Conta aberta: receita mensal × margem de {format_percent(told.margin, 0)} × chance de ainda ser cliente em "
        f"cada um dos próximos {told.horizon_months} meses, a {format_percent(told.discount_year, 0)} de desconto ao "
        "ano; sem expansão nem reajuste. A faixa é a do valor esperado: o risco de cada cliente nas pontas do seu "
        "intervalo."
    )
    if tested is not None:
        model, test = tested
        days = (evidence.known_until - test.frame.as_of).days
        mrr = np.nan_to_num(test.frame.numbers["mrr"]).astype(np.float64)
        kept = float((mrr * survival(model.of(test.frame), np.full(len(mrr), float(days)))).sum())
        came = float(mrr[test.days > days].sum())
        verdict += (
            f" Conferência: da receita mensal de {format_brl(float(mrr.sum()))} em {day(test.frame.as_of)}, previu que "
            f"{format_brl(kept)} ainda estariam {format_number(days)} dias depois; estavam {format_brl(came)}."
        )
    card = silent_card(VALUE, _VALUE_LABEL, verdict, method="sobrevivência do contrato × receita × margem declarada")
    return card | {"usable": True}
