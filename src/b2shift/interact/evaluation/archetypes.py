"""Assignment of segments to archetypes by similarity of their members to the declared profile."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

import pyarrow as pa

from b2shift.interact.contracts import Archetype, MarketSegment, Policy, Profile
from b2shift.interact.evaluation.clock import register
from b2shift.interact.evaluation.words import listed
from b2shift.kernel.money import format_percent
from b2shift.lake.api import Session, literal

REVENUE_LINES = ("saas", "cdu", "sms", "cloud", "consultoria", "outros")
# An archetype that names no market segment serves any: worth as much as a segment of which two in five belong to it.
ANY_MARKET = 0.4
_MARKETS = {
    MarketSegment.AGROINDUSTRIA: "agroindústria",
    MarketSegment.CONSTRUCAO_E_PROJETOS: "construção e projetos",
    MarketSegment.DISTRIBUICAO: "distribuição",
    MarketSegment.EDUCACIONAL: "educação",
    MarketSegment.FINANCIAL_SERVICES: "serviços financeiros",
    MarketSegment.HOSPITALITY: "hospitalidade",
    MarketSegment.JURIDICO: "jurídico",
    MarketSegment.LOGISTICA: "logística",
    MarketSegment.MANUFATURA: "manufatura",
    MarketSegment.SAUDE: "saúde",
    MarketSegment.SERVICOS: "serviços",
    MarketSegment.VAREJO: "varejo",
}
_CONTRACTS = {
    "negativo": "negativo", "zero": "zero", "ate_5k": "de até 5 mil", "5_20k": "de 5 a 20 mil",
    "20_100k": "de 20 a 100 mil", "100_500k": "de 100 a 500 mil", "500k_1m": "de 500 mil a 1 milhão",
    "acima_1m": "acima de 1 milhão",
}  # fmt: skip
_REVENUES = {
    "ate_15m": "de até 15 milhões", "15_50m": "de 15 a 50 milhões", "50_150m": "de 50 a 150 milhões",
    "acima_150m": "acima de 150 milhões", "sem_info": "não informado",
}  # fmt: skip
_TENURES = {"ate_3": "até 3 anos", "3_10": "3 a 10 anos", "mais_10": "mais de 10 anos"}
_LINES = {
    "saas": "SaaS", "cdu": "licença (CDU)", "sms": "manutenção (SMS)", "cloud": "Cloud",
    "consultoria": "consultoria e serviços", "outros": "outras linhas",
}  # fmt: skip


class Trait(NamedTuple):
    """One trait of a profile: its weight, the share of members that have it (SQL), its phrase."""

    name: str
    weight: float
    share: str
    phrase: str


def traits(profile: Profile) -> list[Trait]:
    """The traits of a profile, heaviest first."""
    found = [
        _among("market_segment", 3, profile.market_segments, lambda v: _MARKETS[MarketSegment(v)], "do segmento de"),
        _among("contract_band", 2, profile.contract_bands, _CONTRACTS.__getitem__, "com contrato"),
        _among("revenue_band", 1, profile.revenue_bands, _REVENUES.__getitem__, "com faturamento"),
        _among("tenure_band", 1, profile.tenure_bands, _TENURES.__getitem__, "clientes há"),
    ]
    if profile.revenue_lines:
        shares = " + ".join(f"avg(CAST(line_{line} AS INTEGER))" for line in profile.revenue_lines)
        words = f"com {listed([_LINES[line] for line in profile.revenue_lines], 'e')}"
        found.append(Trait("lines", 1, f"({shares}) / {len(profile.revenue_lines)}", words))
    if profile.onboarding is not None:
        words = "no primeiro ano de casa" if profile.onboarding else "já fora do primeiro ano de casa"
        found.append(Trait("onboarding", 2, _share(f"onboarding = {str(profile.onboarding).upper()}"), words))
    return [trait for trait in found if trait is not None]


def assign_archetypes(session: Session, policy: Policy) -> pa.Table:
    """Write `rule_cells` (segment × market segment → archetype) from `rule_standing`; return one row per segment.

    A customer whose market segment its segment's archetype does not serve follows the archetype nearest to the
    customers of that market segment in its segment: a school among shops gets no invitation to a retail webinar.
    """
    shares = ", ".join(
        f"coalesce({trait.share}, 0) AS {_key(index, trait)}"
        for index, archetype in enumerate(policy.archetypes)
        for trait in traits(archetype.profile)
    )
    rows = session.query(
        f"SELECT segment_id, market_segment, grouping(market_segment) AS whole, {shares} "
        "FROM rule_standing GROUP BY GROUPING SETS ((segment_id), (segment_id, market_segment)) "
        "ORDER BY whole DESC, segment_id, market_segment"
    ).to_pylist()
    governing: dict[str | None, tuple[Archetype, float, str]] = {}
    cells = []
    for row in rows:
        ranked = _ranked(policy.archetypes, row)
        if row["whole"]:
            governing[row["segment_id"]] = ranked[0]
            continue
        own = governing[row["segment_id"]][0]
        serves = own if _serves(own, row["market_segment"]) else _served(ranked, row["market_segment"]) or own
        cells.append({"segment_id": row["segment_id"], "market_segment": row["market_segment"], "archetype": serves.id})
    text, number = pa.string(), pa.float64()
    register(session, "rule_cells", _table(cells, segment_id=text, market_segment=text, archetype=text))
    rows = [
        {"segment_id": segment, "archetype": archetype.name, "similarity": similarity, "why": why}
        for segment, (archetype, similarity, why) in governing.items()
        if segment is not None
    ]
    return _table(rows, segment_id=text, archetype=text, similarity=number, why=text)


def _ranked(archetypes: Sequence[Archetype], row: dict[str, float]) -> list[tuple[Archetype, float, str]]:
    """Archetypes by similarity (0 to 1) to a group of customers; ties keep the policy's order."""
    found = [(a, *_similarity(a, [(t, row[_key(i, t)]) for t in traits(a.profile)])) for i, a in enumerate(archetypes)]
    return sorted(found, key=lambda one: -one[1])


def _similarity(archetype: Archetype, shares: Sequence[tuple[Trait, float]]) -> tuple[float, str]:
    weight, sum_ = sum(t.weight for t, _ in shares), sum(t.weight * share for t, share in shares)
    parts = [f"{format_percent(share, 0)} {trait.phrase}" for trait, share in shares]
    if not archetype.profile.market_segments:
        weight, sum_ = weight + 3, sum_ + 3 * ANY_MARKET
        parts.append("o arquétipo atende qualquer segmento de mercado")
    similarity = round(sum_ / weight, 4)
    return similarity, f"Semelhança de {format_percent(similarity, 0)} com {archetype.name}: {'; '.join(parts)}."


def _serves(archetype: Archetype, market: str | None) -> bool:
    markets = archetype.profile.market_segments
    return not markets or market in markets


def _served(ranked: Sequence[tuple[Archetype, float, str]], market: str | None) -> Archetype | None:
    return next((archetype for archetype, _, _ in ranked if _serves(archetype, market)), None)


def _among(column: str, weight: float, values: Sequence[str], word: Callable[[str], str], phrase: str) -> Trait | None:
    if not values:
        return None
    chosen = ", ".join(map(literal, values))
    return Trait(column, weight, _share(f"{column} IN ({chosen})"), f"{phrase} {listed([word(v) for v in values])}")


def _share(condition: str) -> str:
    return f"avg(CAST(coalesce({condition}, FALSE) AS INTEGER))"


def _key(index: int, trait: Trait) -> str:
    return f"a{index}_{trait.name}"


def _table(rows: Sequence[dict[str, object]], **types: pa.DataType) -> pa.Table:
    return pa.Table.from_pylist(list(rows), schema=pa.schema(list(types.items())))
