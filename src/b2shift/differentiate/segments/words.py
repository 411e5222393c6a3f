"""The sentences of the catalogue, each figure computed from the members."""

from collections.abc import Sequence
from decimal import Decimal

from b2shift.differentiate.segments.profiles import Prevalence
from b2shift.kernel.money import format_brl, format_number, format_percent

TRAITS = 6
_SAID_SHARE = 0.4


def top_traits(profile: Sequence[Prevalence], many: int = TRAITS) -> list[Prevalence]:
    """What sets the segment apart: common among members, beyond chance more than elsewhere; one for each theme."""
    told: dict[str, Prevalence] = {}
    for row in profile:
        if row.share >= _SAID_SHARE and row.marked and row.lift >= 1.1:
            told.setdefault(row.trait.variable.theme, row)
    return list(told.values())[:many]


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
    """A few sentences on a segment, pt-BR; what is unknown is not said."""
    noun = "cliente" if customers == 1 else "clientes"
    size = f"{format_number(customers)} {noun} ({format_percent(share)} da base)"
    told = [f"{size}, com {format_brl(mrr)} de receita recorrente mensal."]
    if traits:
        said = [
            f"{format_percent(row.share)} {row.trait.level.phrase} ({format_percent(row.overall)} na base)"
            for row in traits[:4]
        ]
        told.append(f"Destacam-se: {_joined(said)}.")
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
        sentence = _joined(figures)
        told.append(sentence[0].upper() + sentence[1:] + ".")
    return " ".join(told)


def _joined(parts: Sequence[str]) -> str:
    return parts[0] if len(parts) == 1 else ", ".join(parts[:-1]) + " e " + parts[-1]
