"""Which candidate is the default, and in words why it and not another."""

from collections.abc import Sequence
from dataclasses import dataclass

from b2shift.differentiate.segments.candidates import Candidate
from b2shift.differentiate.segments.said import Preference
from b2shift.differentiate.segments.view import BEHAVIOUR
from b2shift.kernel.money import format_number, format_percent

FLOOR = 0.01
"""Smallest share of the customers a segment of the default may hold."""
CARRIED_ON = 0.95
"""Share of the silhouette of the best new segmentation from which the one before is carried on."""
CONTINUED = "continuada"
"""The algorithm of the segmentation before, carried on."""
STEADY = 0.7
"""Stability under which a segmentation would be another one next month."""

_CRITERIA = (
    ("null_excess", "separação acima do acaso"),
    ("stability", "estabilidade"),
    ("explainability", "facilidade de explicar"),
    ("churn_explained", "diferença de perda de clientes"),
    ("mrr_explained", "diferença de receita"),
)


@dataclass(frozen=True)
class Judged:
    """A candidate with the verdict on it."""

    candidate: Candidate
    meets_floor: bool
    on_front: bool
    chosen: bool
    reason: str


def judged(
    candidates: Sequence[Candidate],
    market_churn: float | None,
    rows: int,
    everyone: int,
    wanted: Preference | None = None,
) -> list[Judged]:
    """The verdict on each; `market_churn` = variance of churn that the market segment alone explains.

    Fronts are within a view, because each view is measured in its own space; only the behavioural view is chosen from.
    What a person wants is chosen where it was found again and keeps the floor.
    """
    own = [one for one in candidates if one.view == BEHAVIOUR]
    asked = next((one for one in own if wanted and _is(one, wanted) and _meets(one)), None)
    chosen = asked or (_continued(own) if own else None)
    sampled = (
        f" Busca em amostra de {format_number(rows)} dos {format_number(everyone)} clientes." if rows < everyone else ""
    )
    verdicts = []
    for one in candidates:
        peers = [other for other in candidates if other.view == one.view and _meets(other)]
        on_front = _meets(one) and not any(dominates(other, one) for other in peers)
        reason = (
            _wish(wanted, asked) + _why(one, own, market_churn, asked is None) + sampled
            if one is chosen
            else _why_not(one, chosen, on_front)
        )
        verdicts.append(Judged(one, _meets(one), on_front, one is chosen, reason))
    return verdicts


def score(candidate: Candidate, among: Sequence[Candidate]) -> float:
    """Mean over the criteria of the candidate's share of the best value; 0 for what is not known or below zero."""
    return sum(_share(candidate, name, among) for name, _ in _CRITERIA) / len(_CRITERIA)


def _chosen(own: Sequence[Candidate]) -> Candidate:
    """The best score of those above the floor and steady; the demands are dropped when nothing meets them."""
    fit = [one for one in own if _meets(one) and one.k > 1] or [one for one in own if one.k > 1] or list(own)
    steady = [one for one in fit if (one.stability or 0) >= STEADY] or fit
    return max(steady, key=lambda one: (round(score(one, steady), 9), -one.k, one.algorithm))


def _continued(own: Sequence[Candidate]) -> Candidate:
    """The segmentation before, unless what is newly found is tighter by more than CARRIED_ON."""
    found = [one for one in own if one.algorithm != CONTINUED]
    before = next((one for one in own if one.algorithm == CONTINUED), None)
    best = _chosen(found or own)
    return before if before and before.silhouette >= CARRIED_ON * best.silhouette else best


def _share(candidate: Candidate, name: str, among: Sequence[Candidate]) -> float:
    best = max((getattr(one, name) or 0.0 for one in among), default=0.0)
    return max(getattr(candidate, name) or 0.0, 0.0) / best if best > 0 else 0.0


def _meets(candidate: Candidate) -> bool:
    return candidate.smallest_share >= FLOOR


def dominates(
    other: Candidate, one: Candidate, names: Sequence[str] = ("silhouette", "stability", "explainability")
) -> bool:
    """Whether one candidate is nowhere worse and somewhere better than another, by these measures (unknown is 0)."""
    pairs = [(getattr(other, name) or 0.0, getattr(one, name) or 0.0) for name in names]
    return all(a >= b for a, b in pairs) and any(a > b for a, b in pairs)


def _is(one: Candidate, wanted: Preference) -> bool:
    return (one.algorithm, one.k) == (wanted.algorithm, wanted.k)


def _wish(wanted: Preference | None, asked: Candidate | None) -> str:
    if wanted is None:
        return ""
    if asked is None:
        return f"A escolha de {wanted.by} ({wanted.algorithm}, {wanted.k} segmentos) não se repetiu neste ciclo. "
    return f"Pedido por {wanted.by} em {wanted.at:%d/%m/%Y}: {wanted.reason} "


def _why(one: Candidate, own: Sequence[Candidate], market_churn: float | None, best: bool) -> str:
    praise = "Escolhido: o melhor equilíbrio entre" if best else "É um de"
    if one.algorithm == CONTINUED:
        praise = "Continua a segmentação anterior, quase tão nítida quanto a melhor nova de"
    told = (
        f"{praise} {len(own)} candidatos da visão de perfil e comportamento. "
        f"Silhueta {_number(one.silhouette)} ({_number(one.null_excess)} acima do acaso), "
        f"estabilidade {_number(one.stability)}, "
        f"uma árvore de {2 * one.k} folhas acerta {_percent(one.explainability)}, "
        f"menor segmento com {_percent(one.smallest_share)} dos clientes."
    )
    if one.churn_explained is not None and market_churn is not None:
        told += (
            f" Explica {_percent(one.churn_explained)} da variação das perdas de clientes; "
            f"o segmento de mercado sozinho, {_percent(market_churn)}."
        )
    return told


def _why_not(one: Candidate, chosen: Candidate | None, on_front: bool) -> str:
    if chosen is None:
        return "Nenhum candidato pôde ser escolhido: há clientes de menos."
    if one.view != chosen.view:
        return (
            "Serve de comparação: são os 37 indicadores do sistema anterior, só de perfil, medidos no seu próprio "
            f"espaço. Explica {_percent(one.churn_explained)} da variação das perdas, contra "
            f"{_percent(chosen.churn_explained)} do escolhido."
        )
    if chosen.algorithm == CONTINUED and _meets(one):
        return (
            f"Nova: silhueta {_number(one.silhouette)} contra {_number(chosen.silhouette)} da que continua; "
            "trocar moveria clientes que não mudaram."
        )
    return _weaker(one, chosen, on_front)


def _weaker(one: Candidate, chosen: Candidate, on_front: bool) -> str:
    if not _meets(one):
        share = _percent(one.smallest_share)
        return f"Fora: o menor segmento tem {share} dos clientes, abaixo do piso de {_percent(FLOOR)}."
    if one.stability is None and chosen.stability is not None:
        return f"Fora antes de medir a estabilidade: silhueta {_number(one.silhouette)}, menos promissor que outros."
    if (one.stability or 0) < STEADY <= (chosen.stability or 0):
        return f"Fora: estabilidade {_number(one.stability)}, abaixo de {_number(STEADY)}; mudaria com outra amostra."
    worse = min(_CRITERIA, key=lambda told: _share(one, told[0], [one, chosen]))
    better = max(
        _CRITERIA, key=lambda told: _share(one, told[0], [one, chosen]) - _share(chosen, told[0], [one, chosen])
    )
    told = f"Perde para o escolhido em {worse[1]} ({_pair(one, chosen, worse[0])})"
    gain = _share(one, better[0], [one, chosen]) > _share(chosen, better[0], [one, chosen])
    told += f"; ganha em {better[1]} ({_pair(one, chosen, better[0])})." if gain else "."
    return told + (" Está na fronteira." if on_front else "")


def _pair(one: Candidate, chosen: Candidate, name: str) -> str:
    return f"{_number(getattr(one, name))} contra {_number(getattr(chosen, name))}"


def _number(value: float | None) -> str:
    return "sem medida" if value is None else format_number(value, 3)


def _percent(value: float | None) -> str:
    return "uma parte não medida" if value is None else format_percent(value)
