"""Health 0 to 100 by open rules (health.yaml): five groups, missing ones left out and the weights shared again."""

from functools import lru_cache
from pathlib import Path

import numpy as np

from b2shift.differentiate.scores.cards import Card, silent_card
from b2shift.differentiate.scores.evidence import Evidence
from b2shift.differentiate.scores.frame import Floats, Frame
from b2shift.differentiate.scores.reasons import Phrasebook, told_reasons
from b2shift.differentiate.scores.scored import Scored
from b2shift.kernel.contract import Contract
from b2shift.kernel.money import format_number
from b2shift.kernel.yaml import parse_yaml

SCORE = "health"
PATH = Path(__file__).with_name("health.yaml")
_LEAST_POINTS = 0.5


class Indicator(Contract):
    """One feature turned into 0 to 100 by straight lines between points."""

    feature: str
    weight: float
    points: tuple[tuple[float, float], ...]


class Group(Contract):
    """Indicators of one side of the relation; unknown where `needs` is false."""

    key: str
    weight: float
    needs: str | None = None
    indicators: tuple[Indicator, ...]


class Rules(Contract):
    """All of health.yaml."""

    least_weight: float
    groups: tuple[Group, ...]


@lru_cache(maxsize=1)
def rules() -> Rules:
    """The product's own rules."""
    return Rules.model_validate(parse_yaml(PATH.read_text(encoding="utf-8")))


def health(evidence: Evidence) -> Scored:
    """Columns health and health_<group>; reasons are points of health above or below the median customer's."""
    frame = evidence.now
    columns, features, parts = weigh(frame, rules())
    rows = np.flatnonzero(np.isfinite(columns[SCORE]))
    book = Phrasebook(frame, evidence.declared)
    told = [told_reasons(book, SCORE, features, parts[rows], rows, _LEAST_POINTS)] if len(rows) else []
    return Scored(columns, told, [_card(columns[SCORE])])


def weigh(frame: Frame, told: Rules) -> tuple[dict[str, Floats], list[str], Floats]:
    """Health, its groups, and each indicator's points against the median of those who have it (customers × features).

    health = sum of weight x group over the known groups / sum of their weights; null when those weights are under
    `least_weight`. The points of an indicator are its share of that sum times its distance to the median.
    """
    groups, shares, distances, features = [], [], [], []
    for group in told.groups:
        scores = np.column_stack([_indicator(frame, group, one) for one in group.indicators])
        weights = np.where(np.isfinite(scores), [one.weight for one in group.indicators], 0.0)
        total = weights.sum(axis=1)
        share = weights / np.maximum(total, 1e-9)[:, None]
        value = np.where(total > 0, (share * np.nan_to_num(scores)).sum(axis=1), np.nan)
        groups.append(value)
        shares.append(share)
        distances.append(np.nan_to_num(scores - _medians(scores)))
        features += [one.feature for one in group.indicators]
    values = np.column_stack(groups)
    weights = np.where(np.isfinite(values), [group.weight for group in told.groups], 0.0)
    known = weights.sum(axis=1)
    portion = weights / np.maximum(known, 1e-9)[:, None]
    total = np.where(known >= told.least_weight, (portion * np.nan_to_num(values)).sum(axis=1), np.nan)
    parts = np.hstack([portion[:, [k]] * shares[k] * distances[k] for k in range(len(groups))])
    columns = {SCORE: total} | {f"{SCORE}_{g.key}": v for g, v in zip(told.groups, groups, strict=True)}
    return columns, features, parts


def _indicator(frame: Frame, group: Group, one: Indicator) -> Floats:
    values = frame.numbers[one.feature].astype(np.float64)
    places, scores = zip(*one.points, strict=True)
    told = np.where(np.isfinite(values), np.interp(np.nan_to_num(values), places, scores), np.nan)
    if group.needs:
        told[np.nan_to_num(frame.numbers[group.needs]) == 0] = np.nan
    return told


def _medians(scores: Floats) -> Floats:
    known = np.isfinite(scores)
    return np.array([np.median(scores[known[:, k], k]) if known[:, k].any() else 0.0 for k in range(scores.shape[1])])


def _card(values: Floats) -> Card:
    known = values[np.isfinite(values)]
    told = ", ".join(f"{_NAMES[group.key]} {group.weight:g}" for group in rules().groups)
    if not len(known):
        return silent_card(SCORE, "Saúde do cliente", "Nenhum cliente tem dados que bastem para uma nota.")
    verdict = (
        f"Regra aberta, não aprendida: grupos {told}; grupo sem dados fica fora e os pesos se redistribuem. "
        f"{format_number(len(known))} de {format_number(len(values))} clientes têm nota; "
        f"a mediana é {format_number(float(np.median(known)))}."
    )
    card = silent_card(SCORE, "Saúde do cliente", verdict, method="média ponderada de indicadores declarados")
    return card | {"usable": True}


_NAMES = {
    "use": "uso",
    "relationship": "relacionamento",
    "support": "suporte",
    "financial": "financeiro",
    "result": "resultado e NPS",
}
