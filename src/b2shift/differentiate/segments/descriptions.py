"""Sentences of the catalogue, in pt-BR, computed from the members."""

from collections.abc import Sequence
from decimal import Decimal

from b2shift.differentiate.segments.profiles import Prevalence
from b2shift.kernel.money import format_brl, format_number, format_percent

MAX_TRAITS = 6
_MIN_SHARE = 0.4


def top_traits(profile: Sequence[Prevalence], limit: int = MAX_TRAITS) -> list[Prevalence]:
    """Distinguishing traits: common among members and significantly more frequent than overall; one per theme."""
    by_theme: dict[str, Prevalence] = {}
    for row in profile:
        if row.share >= _MIN_SHARE and row.significant and row.lift >= 1.1:
            by_theme.setdefault(row.trait.variable.theme, row)
    return list(by_theme.values())[:limit]


def paragraph(
    *,
    customers: int,
    share: float,
    mrr: Decimal,
    mrr_median: Decimal | None,
    churn: float | None,
    health: float | None,
    nps: float | None,
    traits: Sequence[Prevalence],
) -> str:
    """A few sentences on a segment, pt-BR; unknown figures are omitted."""
    noun = "cliente" if customers == 1 else "clientes"
    size = f"{format_number(customers)} {noun} ({format_percent(share)} da base)"
    sentences = [f"{size}, com {format_brl(mrr)} de receita recorrente mensal."]
    if traits:
        facts = [
            f"{format_percent(row.share)} {row.trait.level.phrase} ({format_percent(row.overall)} na base)"
            for row in traits[:4]
        ]
        sentences.append(f"Destacam-se: {_enumerated(facts)}.")
    figures = []
    if mrr_median is not None:
        figures.append(f"receita mediana de {format_brl(mrr_median)} entre os que têm receita")
    if churn is not None:
        figures.append(f"risco médio de cancelamento de {format_percent(churn)}")
    if health is not None:
        figures.append(f"saúde média de {format_number(health)} em 100")
    if nps is not None:
        figures.append(f"NPS de {format_number(nps)}")
    if figures:
        sentence = _enumerated(figures)
        sentences.append(sentence[0].upper() + sentence[1:] + ".")
    return " ".join(sentences)


def _enumerated(parts: Sequence[str]) -> str:
    return parts[0] if len(parts) == 1 else ", ".join(parts[:-1]) + " e " + parts[-1]
