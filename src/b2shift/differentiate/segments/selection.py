"""Model selection: the default candidate, and the reasons for and against each."""

from collections.abc import Sequence
from dataclasses import dataclass

from b2shift.differentiate.segments.candidates import Candidate
from b2shift.differentiate.segments.human_decisions import Preference
from b2shift.differentiate.segments.preset_declarations import MIN_STABILITY
from b2shift.differentiate.segments.view import BEHAVIOUR
from b2shift.kernel.money import format_number, format_percent

FLOOR = 0.01
"""Minimum share of customers of a segment of the default."""
CONTINUE_FROM = 0.95
"""Share of the best new silhouette from which the previous segmentation is continued."""
CONTINUED = "continuada"
"""Algorithm name of the continued previous segmentation."""

_CRITERIA = (
    ("null_excess", "separação acima do acaso"),
    ("stability", "estabilidade"),
    ("explainability", "facilidade de explicar"),
    ("churn_explained", "diferença de perda de clientes"),
    ("mrr_explained", "diferença de receita"),
)


@dataclass(frozen=True)
class Verdict:
    """A candidate with its verdict."""

    candidate: Candidate
    meets_floor: bool
    on_front: bool
    chosen: bool
    reason: str


def judge(
    candidates: Sequence[Candidate],
    market_churn: float | None,
    rows: int,
    customers: int,
    preference: Preference | None = None,
) -> list[Verdict]:
    """Verdict on each candidate; `market_churn` = churn variance explained by the market segment alone.

    Fronts are per view, as each view is measured in its own space; the default comes from the behavioural view. A
    person's preference is chosen if it was found again and meets the minimum size.
    """
    behavioural = [candidate for candidate in candidates if candidate.view == BEHAVIOUR]
    preferred = next(
        (
            candidate
            for candidate in behavioural
            if preference and _is_preferred(candidate, preference) and _meets_floor(candidate)
        ),
        None,
    )
    chosen = preferred or (_best_or_continued(behavioural) if behavioural else None)
    sampled = (
        f" Busca em amostra de {format_number(rows)} dos {format_number(customers)} clientes."
        if rows < customers
        else ""
    )
    verdicts = []
    for candidate in candidates:
        peers = [other for other in candidates if other.view == candidate.view and _meets_floor(other)]
        on_front = _meets_floor(candidate) and not any(dominates(other, candidate) for other in peers)
        reason = (
            _preference_text(preference, preferred)
            + _why(candidate, behavioural, market_churn, preferred is None)
            + sampled
            if candidate is chosen
            else _why_not(candidate, chosen, on_front)
        )
        verdicts.append(Verdict(candidate, _meets_floor(candidate), on_front, candidate is chosen, reason))
    return verdicts


def score(candidate: Candidate, among: Sequence[Candidate]) -> float:
    """Mean over the criteria of the share of the best value; 0 for unknown or negative values."""
    return sum(_share(candidate, name, among) for name, _ in _CRITERIA) / len(_CRITERIA)


def _best_new(behavioural: Sequence[Candidate]) -> Candidate:
    """The best score among candidates above the minimum size and stable; requirements nothing meets are dropped."""
    eligible = (
        [candidate for candidate in behavioural if _meets_floor(candidate) and candidate.k > 1]
        or [candidate for candidate in behavioural if candidate.k > 1]
        or list(behavioural)
    )
    stable = [candidate for candidate in eligible if (candidate.stability or 0) >= MIN_STABILITY] or eligible
    return max(stable, key=lambda candidate: (round(score(candidate, stable), 9), -candidate.k, candidate.algorithm))


def _best_or_continued(behavioural: Sequence[Candidate]) -> Candidate:
    """The previous segmentation, unless the best new one is tighter beyond CONTINUE_FROM."""
    new = [candidate for candidate in behavioural if candidate.algorithm != CONTINUED]
    previous = next((candidate for candidate in behavioural if candidate.algorithm == CONTINUED), None)
    best = _best_new(new or behavioural)
    return previous if previous and previous.silhouette >= CONTINUE_FROM * best.silhouette else best


def _share(candidate: Candidate, name: str, among: Sequence[Candidate]) -> float:
    best = max((getattr(other, name) or 0.0 for other in among), default=0.0)
    return max(getattr(candidate, name) or 0.0, 0.0) / best if best > 0 else 0.0


def _meets_floor(candidate: Candidate) -> bool:
    return candidate.smallest_share >= FLOOR


def dominates(
    other: Candidate, candidate: Candidate, names: Sequence[str] = ("silhouette", "stability", "explainability")
) -> bool:
    """Pareto dominance by these measures (unknown is 0)."""
    pairs = [(getattr(other, name) or 0.0, getattr(candidate, name) or 0.0) for name in names]
    return all(a >= b for a, b in pairs) and any(a > b for a, b in pairs)


def _is_preferred(candidate: Candidate, preference: Preference) -> bool:
    return (candidate.algorithm, candidate.k) == (preference.algorithm, preference.k)


def _preference_text(preference: Preference | None, preferred: Candidate | None) -> str:
    if preference is None:
        return ""
    if preferred is None:
        wanted = f"{preference.algorithm}, {preference.k} segmentos"
        return f"A escolha de {preference.by} ({wanted}) não se repetiu neste ciclo. "
    return f"Pedido por {preference.by} em {preference.at:%d/%m/%Y}: {preference.reason} "


def _why(candidate: Candidate, behavioural: Sequence[Candidate], market_churn: float | None, best: bool) -> str:
    praise = "Escolhido: o melhor equilíbrio entre" if best else "É um de"
    if candidate.algorithm == CONTINUED:
        praise = "Continua a segmentação anterior, quase tão nítida quanto a melhor nova de"
    text = (
        f"{praise} {len(behavioural)} candidatos da visão de perfil e comportamento. "
        f"Silhueta {_number(candidate.silhouette)} ({_number(candidate.null_excess)} acima do acaso), "
        f"estabilidade {_number(candidate.stability)}, "
        f"uma árvore de {2 * candidate.k} folhas acerta {_percent(candidate.explainability)}, "
        f"menor segmento com {_percent(candidate.smallest_share)} dos clientes."
    )
    if candidate.churn_explained is not None and market_churn is not None:
        text += (
            f" Explica {_percent(candidate.churn_explained)} da variação das perdas de clientes; "
            f"o segmento de mercado sozinho, {_percent(market_churn)}."
        )
    return text


def _why_not(candidate: Candidate, chosen: Candidate | None, on_front: bool) -> str:
    if chosen is None:
        return "Nenhum candidato pôde ser escolhido: há clientes de menos."
    if candidate.view != chosen.view:
        return (
            "Serve de comparação: são os 37 indicadores do sistema anterior, só de perfil, medidos no seu próprio "
            f"espaço. Explica {_percent(candidate.churn_explained)} da variação das perdas, contra "
            f"{_percent(chosen.churn_explained)} do escolhido."
        )
    if chosen.algorithm == CONTINUED and _meets_floor(candidate):
        return (
            f"Nova: silhueta {_number(candidate.silhouette)} contra {_number(chosen.silhouette)} da que continua; "
            "trocar moveria clientes que não mudaram."
        )
    return _weaker(candidate, chosen, on_front)


def _weaker(candidate: Candidate, chosen: Candidate, on_front: bool) -> str:
    if not _meets_floor(candidate):
        share = _percent(candidate.smallest_share)
        return f"Fora: o menor segmento tem {share} dos clientes, abaixo do piso de {_percent(FLOOR)}."
    if candidate.stability is None and chosen.stability is not None:
        return (
            f"Fora antes de medir a estabilidade: silhueta {_number(candidate.silhouette)}, menos promissor que outros."
        )
    if (candidate.stability or 0) < MIN_STABILITY <= (chosen.stability or 0):
        stability = _number(candidate.stability)
        return f"Fora: estabilidade {stability}, abaixo de {_number(MIN_STABILITY)}; mudaria com outra amostra."
    worst = min(_CRITERIA, key=lambda text: _share(candidate, text[0], [candidate, chosen]))
    better = max(
        _CRITERIA,
        key=lambda text: _share(candidate, text[0], [candidate, chosen]) - _share(chosen, text[0], [candidate, chosen]),
    )
    text = f"Perde para o escolhido em {worst[1]} ({_comparison(candidate, chosen, worst[0])})"
    gain = _share(candidate, better[0], [candidate, chosen]) > _share(chosen, better[0], [candidate, chosen])
    text += f"; ganha em {better[1]} ({_comparison(candidate, chosen, better[0])})." if gain else "."
    return text + (" Está na fronteira." if on_front else "")


def _comparison(candidate: Candidate, chosen: Candidate, name: str) -> str:
    return f"{_number(getattr(candidate, name))} contra {_number(getattr(chosen, name))}"


def _number(value: float | None) -> str:
    return "sem medida" if value is None else format_number(value, 3)


def _percent(value: float | None) -> str:
    return "uma parte não medida" if value is None else format_percent(value)
