"""Time to the next purchase, and expected expansion revenue within 90 days."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from b2shift.differentiate.scores.binary import MIN_POINTS
from b2shift.differentiate.scores.cards import Card, day, measured_card, unusable_card, verdict_of
from b2shift.differentiate.scores.evidence import Evidence
from b2shift.differentiate.scores.frame import Floats, Frame
from b2shift.differentiate.scores.guard import allowed
from b2shift.differentiate.scores.hazard import FollowUp, fit_hazards, follow_up
from b2shift.differentiate.scores.outcomes import HORIZON_DAYS, at_risk, expansions, purchase_days
from b2shift.differentiate.scores.reasons import Phrasebook, top_reasons
from b2shift.differentiate.scores.score_output import Notes, ScoreOutput, empty_column
from b2shift.differentiate.scores.serving import serve
from b2shift.differentiate.scores.stored_models.purchase_models import (
    EXPANSION,
    NEXT,
    PURCHASE,
    ExpansionModel,
    PurchaseModel,
    log_sizes,
)
from b2shift.differentiate.scores.training import MIN_TESTED, beats_base_rate
from b2shift.differentiate.scores.trend import rate_shift
from b2shift.kernel.calendar import add_months, last_closed_month
from b2shift.kernel.money import format_brl, format_percent

_PURCHASE_LABEL, _EXPANSION_LABEL = "Próxima compra", "Expansão esperada em 90 dias (R$)"
_FEW = "Poucos fatos nas datas conhecidas: não dá para aprender."
_Z95, _POWER = 1.645, 1.5


def next_purchase(evidence: Evidence, notes: Notes) -> ScoreOutput:
    """Columns purchase_90d, next_purchase_days, expansion_value_90d; none without recurring revenue."""
    left_out = notes.get("propensity_left_out", {})
    features = [name for name in allowed("propensity", evidence.declared) if name not in left_out]
    bought, grown = _next_purchase(evidence, features), _expansion(evidence, features)
    return ScoreOutput(
        bought.columns | grown.columns,
        bought.reasons,
        [*bought.cards, *grown.cards],
        served=[*bought.served, *grown.served],
    )


def _customers(evidence: Evidence, frame: Frame) -> Frame:
    return frame.take(np.flatnonzero(at_risk(frame.ids, frame.numbers["mrr"], evidence.ended, frame.as_of)))


def _next_purchase(evidence: Evidence, features: Sequence[str]) -> ScoreOutput:
    columns = {name: empty_column(len(evidence.now)) for name in (PURCHASE, NEXT)}
    days = purchase_days(evidence.session, evidence.known_until)
    past = [one for frame in evidence.past if len((one := follow_up(_customers(evidence, frame), days)).frame)]
    model = fit_hazards(past, features, evidence.formats, evidence.known_until, evidence.seed)
    card = _purchase_card(evidence, past, features)
    if model is None or not card["usable"]:
        return ScoreOutput(columns, [], [card])
    now = evidence.now
    rows = np.flatnonzero(at_risk(now.ids, now.numbers["mrr"], evidence.ended, evidence.as_of))
    customers = now.take(rows)
    events = np.array([float((one.days <= HORIZON_DAYS).sum()) for one in past])
    sizes = np.array([float(len(one.days)) for one in past])
    shift = rate_shift([one.frame.as_of for one in past], events, sizes, evidence.as_of, len(past))
    served, serving = serve(evidence, PurchaseModel(model, shift), card, [one.frame for one in past], customers)
    prediction = serving.predict(customers)
    for name, values in prediction.columns.items():
        columns[name][rows] = values
    reasons = top_reasons(
        Phrasebook(now, evidence.declared), PURCHASE, prediction.features, prediction.points, rows, MIN_POINTS
    )
    return ScoreOutput(columns, [reasons], [served.card], served=[served])


def _purchase_card(evidence: Evidence, past: Sequence[FollowUp], features: Sequence[str]) -> Card:
    if len(past) < 2:
        return unusable_card(PURCHASE, _PURCHASE_LABEL, _FEW)
    test = past[-1]
    before = fit_hazards(past[:-1], features, evidence.formats, test.frame.as_of, evidence.seed)
    target = (test.days <= HORIZON_DAYS).astype(float)
    if before is None or not MIN_TESTED <= target.sum() < len(target):
        return unusable_card(PURCHASE, _PURCHASE_LABEL, _FEW)
    predicted = before.hazards(test.frame)[:, 0]
    useful = beats_base_rate(target, predicted)
    return measured_card(
        PURCHASE, _PURCHASE_LABEL, "regressão logística de cada trimestre (risco em tempo discreto)",
        target, predicted, np.full(len(predicted), before.events / before.rows),
        trained_rows=before.rows,
        periods=f"Treino: trimestres terminados até {day(test.frame.as_of)}. Teste: 90 dias depois. Os dias até a "
        "próxima compra são aqueles em que ela tem metade da chance de já ter acontecido.",
        verdict=verdict_of(target, predicted, useful), usable=useful, seed=evidence.seed,
    )  # fmt: skip


@dataclass(frozen=True)
class _ExpansionDate:
    """Customers of one date and the MRR each added within three closed months."""

    frame: Frame
    added: Floats


def _expansion(evidence: Evidence, features: Sequence[str]) -> ScoreOutput:
    columns = {EXPANSION: empty_column(len(evidence.now))}
    past = []
    for frame in evidence.past:
        customers, before = _customers(evidence, frame), last_closed_month(frame.as_of)
        added = expansions(evidence.session, before, add_months(before, 3))
        if len(customers):
            past.append(_ExpansionDate(customers, np.array([added.get(customer, 0.0) for customer in customers.ids])))
    card = _expansion_card(evidence, past, features)
    now = evidence.now
    rows = np.flatnonzero(at_risk(now.ids, now.numbers["mrr"], evidence.ended, evidence.as_of))
    model = _fit_expansion(evidence, past, features) if card["usable"] else None
    if model is None:
        return ScoreOutput(columns, [], [card])
    customers = now.take(rows)
    served, serving = serve(evidence, model, card, [dated.frame for dated in past], customers)
    columns[EXPANSION][rows] = serving.predict(customers).columns[EXPANSION]
    return ScoreOutput(columns, [], [served.card], served=[served])


def _fit_expansion(
    evidence: Evidence, past: Sequence[_ExpansionDate], features: Sequence[str]
) -> ExpansionModel | None:
    """Fit on some dates, one quarter each."""
    follow_ups = [FollowUp(dated.frame, np.where(dated.added > 0, 1.0, np.inf)) for dated in past]
    model = fit_hazards(follow_ups, features, evidence.formats, evidence.as_of, evidence.seed, quarters=1)
    if model is None:
        return None
    sizes = np.concatenate([log_sizes(dated.frame) for dated in past])
    added = np.concatenate([dated.added for dated in past])
    expanded = added > 0
    slopes = np.linalg.lstsq(sizes[expanded], np.log(added[expanded]), rcond=None)[0]
    scale = float(added[expanded].sum() / np.exp(sizes[expanded] @ slopes).sum())
    return ExpansionModel(model, tuple(map(float, slopes)), scale)


def _expansion_card(evidence: Evidence, past: Sequence[_ExpansionDate], features: Sequence[str]) -> Card:
    if len(past) < 2:
        return unusable_card(EXPANSION, _EXPANSION_LABEL, _FEW)
    *before, test = past
    model = _fit_expansion(evidence, before, features)
    target = (test.added > 0).astype(float)
    if model is None or not MIN_TESTED <= target.sum() < len(target):
        return unusable_card(EXPANSION, _EXPANSION_LABEL, _FEW)
    chance, size = model.chance_and_size(test.frame)
    expected = chance * size
    mrr = np.concatenate([np.nan_to_num(dated.frame.numbers["mrr"]) for dated in before]).astype(np.float64)
    share = float(sum(dated.added.sum() for dated in before) / max(mrr.sum(), 1e-9))
    constant = np.maximum(share * np.nan_to_num(test.frame.numbers["mrr"]).astype(np.float64), 1e-6)
    gains = deviance(test.added, constant) - deviance(test.added, np.maximum(expected, 1e-6))
    useful = bool(gains.mean() > _Z95 * gains.std() / np.sqrt(len(gains)))
    base = np.full(len(target), np.mean([(dated.added > 0).mean() for dated in before]))
    verdict = verdict_of(target, chance, useful) if useful else (
        "Sem sinal utilizável: no teste, não errou seguramente menos do que dizer a todos a mesma parte da sua receita."
    )  # fmt: skip
    relative_to = max(deviance(test.added, constant).mean(), 1e-9)
    verdict += (
        f" Na soma, disse {format_brl(float(expected.sum()))} e vieram {format_brl(float(test.added.sum()))}; "
        f"o desvio (Tweedie) foi {format_percent(abs(gains.mean()) / relative_to)} "
        f"{'menor' if gains.mean() > 0 else 'maior'} que o da mesma parte da receita para todos."
    )
    return measured_card(
        EXPANSION, _EXPANSION_LABEL, "duas partes: chance (regressão logística) × tamanho (potência da receita)",
        target, chance, base,
        trained_rows=sum(len(dated.added) for dated in before),
        periods=f"Treino: datas antes de {day(test.frame.as_of)}. Teste: os três meses fechados depois dela. Expansão: "
        "famílias novas e famílias com mais usuários; reajuste de preço não conta.",
        verdict=verdict, usable=useful, seed=evidence.seed,
    )  # fmt: skip


def deviance(target: Floats, predicted: Floats) -> Floats:
    """Tweedie deviance of power 1.5, for amounts that are mostly zero (Jorgensen, 1987)."""
    p = _POWER
    return np.asarray(
        2 * (np.power(target, 2 - p) / ((1 - p) * (2 - p)) - target * np.power(predicted, 1 - p) / (1 - p)
             + np.power(predicted, 2 - p) / (2 - p)), dtype=np.float64,
    )  # fmt: skip
