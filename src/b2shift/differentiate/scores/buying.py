"""When a customer buys next, and how much recurring revenue it is expected to add within 90 days."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from b2shift.differentiate.scores.binary import LEAST_POINTS
from b2shift.differentiate.scores.cards import Card, day, measured_card, silent_card, verdict_of
from b2shift.differentiate.scores.evidence import Evidence
from b2shift.differentiate.scores.frame import Floats, Frame
from b2shift.differentiate.scores.guard import allowed
from b2shift.differentiate.scores.hazard import Followed, followed, hazards
from b2shift.differentiate.scores.kept.bought import EXPANSION, NEXT, PURCHASE, Buying, Growing, sizes_of
from b2shift.differentiate.scores.outcomes import HORIZON_DAYS, at_risk, expansions, purchase_days
from b2shift.differentiate.scores.reasons import Phrasebook, told_reasons
from b2shift.differentiate.scores.scored import Notes, Scored, nowhere
from b2shift.differentiate.scores.serving import serve
from b2shift.differentiate.scores.training import FEWEST_TESTED, beats_base_rate
from b2shift.differentiate.scores.trend import rate_shift
from b2shift.kernel.calendar import add_months, last_closed_month
from b2shift.kernel.money import format_brl, format_percent

_PURCHASE_LABEL, _EXPANSION_LABEL = "Próxima compra", "Expansão esperada em 90 dias (R$)"
_FEW = "Poucos fatos nas datas conhecidas: não dá para aprender."
_SURE, _POWER = 1.645, 1.5


def buying(evidence: Evidence, notes: Notes) -> Scored:
    """Columns purchase_90d, next_purchase_days, expansion_value_90d; customers without recurring revenue have none."""
    left_out = notes.get("propensity_left_out", {})
    features = [name for name in allowed("propensity", evidence.declared) if name not in left_out]
    bought, grown = _next_purchase(evidence, features), _expansion(evidence, features)
    return Scored(
        bought.columns | grown.columns,
        bought.told,
        [*bought.cards, *grown.cards],
        served=[*bought.served, *grown.served],
    )


def _customers(evidence: Evidence, frame: Frame) -> Frame:
    return frame.take(np.flatnonzero(at_risk(frame.ids, frame.numbers["mrr"], evidence.ended, frame.as_of)))


def _next_purchase(evidence: Evidence, features: Sequence[str]) -> Scored:
    columns = {name: nowhere(len(evidence.now)) for name in (PURCHASE, NEXT)}
    days = purchase_days(evidence.session, evidence.known_until)
    past = [one for frame in evidence.past if len((one := followed(_customers(evidence, frame), days)).frame)]
    model = hazards(past, features, evidence.formats, evidence.known_until, evidence.seed)
    card = _purchase_card(evidence, past, features)
    if model is None or not card["usable"]:
        return Scored(columns, [], [card])
    now = evidence.now
    rows = np.flatnonzero(at_risk(now.ids, now.numbers["mrr"], evidence.ended, evidence.as_of))
    mine = now.take(rows)
    events = np.array([float((one.days <= HORIZON_DAYS).sum()) for one in past])
    sizes = np.array([float(len(one.days)) for one in past])
    shift = rate_shift([one.frame.as_of for one in past], events, sizes, evidence.as_of, len(past))
    served, serving = serve(evidence, Buying(model, shift), card, [one.frame for one in past], mine)
    said = serving.say(mine)
    for name, values in said.columns.items():
        columns[name][rows] = values
    told = told_reasons(Phrasebook(now, evidence.declared), PURCHASE, said.told, said.points, rows, LEAST_POINTS)
    return Scored(columns, [told], [served.card], served=[served])


def _purchase_card(evidence: Evidence, past: Sequence[Followed], features: Sequence[str]) -> Card:
    if len(past) < 2:
        return silent_card(PURCHASE, _PURCHASE_LABEL, _FEW)
    test = past[-1]
    before = hazards(past[:-1], features, evidence.formats, test.frame.as_of, evidence.seed)
    happened = (test.days <= HORIZON_DAYS).astype(float)
    if before is None or not FEWEST_TESTED <= happened.sum() < len(happened):
        return silent_card(PURCHASE, _PURCHASE_LABEL, _FEW)
    said = before.of(test.frame)[:, 0]
    useful = beats_base_rate(happened, said)
    return measured_card(
        PURCHASE, _PURCHASE_LABEL, "regressão logística de cada trimestre (risco em tempo discreto)",
        happened, said, np.full(len(said), before.events / before.rows),
        trained_rows=before.rows,
        periods=f"Treino: trimestres terminados até {day(test.frame.as_of)}. Teste: 90 dias depois. Os dias até a "
        "próxima compra são aqueles em que ela tem metade da chance de já ter acontecido.",
        verdict=verdict_of(happened, said, useful), usable=useful, seed=evidence.seed,
    )  # fmt: skip


@dataclass(frozen=True)
class _Grown:
    """The customers of one date and the MRR each had added three closed months later."""

    frame: Frame
    added: Floats


def _expansion(evidence: Evidence, features: Sequence[str]) -> Scored:
    columns = {EXPANSION: nowhere(len(evidence.now))}
    past = []
    for frame in evidence.past:
        mine, before = _customers(evidence, frame), last_closed_month(frame.as_of)
        added = expansions(evidence.session, before, add_months(before, 3))
        if len(mine):
            past.append(_Grown(mine, np.array([added.get(customer, 0.0) for customer in mine.ids])))
    card = _expansion_card(evidence, past, features)
    now = evidence.now
    rows = np.flatnonzero(at_risk(now.ids, now.numbers["mrr"], evidence.ended, evidence.as_of))
    grows = _growing(evidence, past, features) if card["usable"] else None
    if grows is None:
        return Scored(columns, [], [card])
    mine = now.take(rows)
    served, serving = serve(evidence, grows, card, [one.frame for one in past], mine)
    columns[EXPANSION][rows] = serving.say(mine).columns[EXPANSION]
    return Scored(columns, [], [served.card], served=[served])


def _growing(evidence: Evidence, past: Sequence[_Grown], features: Sequence[str]) -> Growing | None:
    """Learnt on some dates; one quarter of each is looked at."""
    told = [Followed(one.frame, np.where(one.added > 0, 1.0, np.inf)) for one in past]
    model = hazards(told, features, evidence.formats, evidence.as_of, evidence.seed, quarters=1)
    if model is None:
        return None
    sizes = np.concatenate([sizes_of(one.frame) for one in past])
    added = np.concatenate([one.added for one in past])
    grew = added > 0
    slopes = np.linalg.lstsq(sizes[grew], np.log(added[grew]), rcond=None)[0]
    scale = float(added[grew].sum() / np.exp(sizes[grew] @ slopes).sum())
    return Growing(model, tuple(map(float, slopes)), scale)


def _expansion_card(evidence: Evidence, past: Sequence[_Grown], features: Sequence[str]) -> Card:
    if len(past) < 2:
        return silent_card(EXPANSION, _EXPANSION_LABEL, _FEW)
    *before, test = past
    model = _growing(evidence, before, features)
    happened = (test.added > 0).astype(float)
    if model is None or not FEWEST_TESTED <= happened.sum() < len(happened):
        return silent_card(EXPANSION, _EXPANSION_LABEL, _FEW)
    chance, size = model.parts(test.frame)
    expected = chance * size
    mrr = np.concatenate([np.nan_to_num(one.frame.numbers["mrr"]) for one in before]).astype(np.float64)
    share = float(sum(one.added.sum() for one in before) / max(mrr.sum(), 1e-9))
    plain = np.maximum(share * np.nan_to_num(test.frame.numbers["mrr"]).astype(np.float64), 1e-6)
    gains = deviance(test.added, plain) - deviance(test.added, np.maximum(expected, 1e-6))
    useful = bool(gains.mean() > _SURE * gains.std() / np.sqrt(len(gains)))
    base = np.full(len(happened), np.mean([(one.added > 0).mean() for one in before]))
    verdict = verdict_of(happened, chance, useful) if useful else (
        "Sem sinal utilizável: no teste, não errou seguramente menos do que dizer a todos a mesma parte da sua receita."
    )  # fmt: skip
    verdict += (
        f" Na soma, disse {format_brl(float(expected.sum()))} e vieram {format_brl(float(test.added.sum()))}; "
        f"o desvio (Tweedie) foi {format_percent(abs(gains.mean()) / max(deviance(test.added, plain).mean(), 1e-9))} "
        f"{'menor' if gains.mean() > 0 else 'maior'} que o da mesma parte da receita para todos."
    )
    return measured_card(
        EXPANSION, _EXPANSION_LABEL, "duas partes: chance (regressão logística) × tamanho (potência da receita)",
        happened, chance, base,
        trained_rows=sum(len(one.added) for one in before),
        periods=f"Treino: datas antes de {day(test.frame.as_of)}. Teste: os três meses fechados depois dela. Expansão: "
        "famílias novas e famílias com mais usuários; reajuste de preço não conta.",
        verdict=verdict, usable=useful, seed=evidence.seed,
    )  # fmt: skip


def deviance(came: Floats, said: Floats) -> Floats:
    """Tweedie deviance of power 1.5 of each row, for amounts that are mostly zero (Jorgensen 1987)."""
    p = _POWER
    return np.asarray(
        2 * (np.power(came, 2 - p) / ((1 - p) * (2 - p)) - came * np.power(said, 1 - p) / (1 - p)
             + np.power(said, 2 - p) / (2 - p)), dtype=np.float64,
    )  # fmt: skip
