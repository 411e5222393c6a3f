"""The product's own policy: the owner's facts, every archetype, every market segment, words fit to be read."""

import re
from math import inf
from pathlib import Path

import pytest
from tests.unit.interact.world import AS_OF, World, evaluated

from b2shift.interact.api import load_policy
from b2shift.interact.contracts import (
    CadenceTrigger,
    Channel,
    Condition,
    EventName,
    EventTrigger,
    Kind,
    LifeStage,
    MarketSegment,
    NpsTrigger,
    Rule,
    TelemetryTrigger,
)
from b2shift.interact.policy.bounds import interval

POLICY = load_policy()
# What the owner asked for, per segment: cadences, the two cuts of the NPS, telemetry thresholds.
CADENCES = {
    "gigantes_da_industria": ["inicio_de_ciclo", "trimestral", "semestral", "anual"],
    "servicos_em_ascensao": ["mensal", "bimestral", "semestral"],
    "manufatura_consolidada": ["trimestral", "semestral", "anual"],
    "varejo_popular": ["mensal", "bimestral", "semestral"],
    "novatos_do_varejo": ["semana_1", "mes_1", "trimestral"],
    "elite_corporativa": ["inicio_de_ciclo", "trimestral", "semestral", "anual"],
}
NPS = {
    "gigantes_da_industria": (30, 60),
    "servicos_em_ascensao": (25, 55),
    "manufatura_consolidada": (20, 50),
    "varejo_popular": (20, 50),
    "novatos_do_varejo": (15, 40),
    "elite_corporativa": (40, 70),
}
TELEMETRY = {
    "gigantes_da_industria": {"usage_ratio<0.2", "days_disconnected>7", "usage_percentile>80", "telemetry_modules>=3"},
    "servicos_em_ascensao": {"usage_ratio<0.15", "duration_growth>0.4"},
    "manufatura_consolidada": {"days_disconnected>10", "usage_percentile>70"},
    "varejo_popular": {"usage_ratio<0.15", "usage_percentile>60"},
    "novatos_do_varejo": {"usage_ratio<=0.05", "usage_percentile>50"},
    "elite_corporativa": {"usage_ratio<0.25", "usage_percentile>90"},
}


def own(archetype: str) -> list[Rule]:
    return [rule for rule in POLICY.rules if archetype in rule.audience.archetypes]


def written(condition: Condition) -> str:
    signs = {"below": "<", "at_most": "<=", "above": ">", "at_least": ">="}
    said = [
        f"{sign}{getattr(condition, name):g}" for name, sign in signs.items() if getattr(condition, name) is not None
    ]
    return condition.metric + "".join(said)


def test_it_is_about_as_large_as_people_can_oversee() -> None:
    of_orders = [rule for rule in POLICY.rules if rule.id.startswith("pedidos.")]
    assert len(of_orders) == 7, "only for a house that sells by order, which few of the others reach"
    assert 60 <= len(POLICY.rules) - len(of_orders) <= 100
    assert len(POLICY.archetypes) == 19
    assert {rule.kind for rule in POLICY.rules} == set(Kind)
    assert {channel for rule in POLICY.rules for channel in rule.channels} == set(Channel)


@pytest.mark.parametrize("archetype", CADENCES)
def test_the_owners_cadences(archetype: str) -> None:
    told = [rule.trigger.every for rule in own(archetype) if isinstance(rule.trigger, CadenceTrigger)]
    assert told == CADENCES[archetype]


@pytest.mark.parametrize("archetype", NPS)
def test_the_owners_nps_bands_meet_without_overlap(archetype: str) -> None:
    bands = [interval(rule.trigger) for rule in own(archetype) if isinstance(rule.trigger, NpsTrigger)]
    low, high = NPS[archetype]
    assert [(b.low, b.high, b.low_open, b.high_open) for b in bands] == [
        (-inf, low, False, True), (low, high, False, False), (high, inf, True, False),
    ]  # fmt: skip


@pytest.mark.parametrize("archetype", TELEMETRY)
def test_the_owners_telemetry_thresholds(archetype: str) -> None:
    triggers = [rule.trigger for rule in own(archetype) if isinstance(rule.trigger, TelemetryTrigger)]
    assert {written(c) for trigger in triggers for c in (*trigger.any, *trigger.all)} == TELEMETRY[archetype]


@pytest.mark.parametrize("archetype", [a.id for a in POLICY.archetypes])
def test_every_archetype_is_served_in_good_and_bad_times(archetype: str) -> None:
    rules = own(archetype)
    assert any(isinstance(rule.trigger, CadenceTrigger) for rule in rules)
    assert sum(isinstance(rule.trigger, NpsTrigger) for rule in rules) == 3
    assert sum(isinstance(rule.trigger, TelemetryTrigger) for rule in rules) >= 2
    assert {rule.kind for rule in rules} >= {Kind.RECUPERACAO, Kind.EXPANSAO}


def test_every_market_segment_life_stage_and_event_has_its_rules() -> None:
    served = {market for archetype in POLICY.archetypes for market in archetype.profile.market_segments}
    assert served == set(MarketSegment)
    assert {stage for rule in POLICY.rules for stage in rule.audience.life_stages} == set(LifeStage)
    heard = {rule.trigger.event for rule in POLICY.rules if isinstance(rule.trigger, EventTrigger)}
    assert heard == set(EventName)


def test_its_words_are_sentences_of_their_own() -> None:
    for rule in POLICY.rules:
        assert re.fullmatch(r"[A-ZÀ-Ú].*\.", rule.action), rule.id
        assert not rule.name.endswith("."), rule.id
    for told in ([rule.action for rule in POLICY.rules], [a.message for a in POLICY.archetypes]):
        assert len(set(told)) == len(told)


@pytest.fixture(scope="module")
def every_market(tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, str], dict[str, float]]:
    """Governing archetype and similarity of one segment per market segment and contract band."""
    world = World()
    for market in MarketSegment:
        for band in ("zero", "ate_5k", "5_20k", "20_100k", "100_500k", "500k_1m", "acima_1m"):
            key = f"{market}/{band}"
            world.customer(key, segment=key, market_segment=market.value, contract_band=band)
    with evaluated(tmp_path_factory.mktemp("markets"), world, POLICY, AS_OF) as session:
        rows = session.query("SELECT * FROM segment_archetypes").to_pylist()
    return {r["segment_id"]: r["archetype"] for r in rows}, {r["segment_id"]: r["similarity"] for r in rows}


def test_every_market_segment_finds_an_archetype_that_serves_it(
    every_market: tuple[dict[str, str], dict[str, float]],
) -> None:
    governed, similarity = every_market
    profiles = {archetype.name: archetype.profile for archetype in POLICY.archetypes}
    assert len(governed) == 7 * len(MarketSegment)
    for segment, archetype in governed.items():
        assert profiles[archetype].market_segments in ((), (MarketSegment(segment.split("/")[0]),)), (
            segment,
            archetype,
        )
        assert 0.5 < similarity[segment] <= 1, segment


def test_the_owners_segments_find_their_own_archetype(every_market: tuple[dict[str, str], dict[str, float]]) -> None:
    governed, _ = every_market
    assert governed["SERVICOS/5_20k"] == "Serviços em Ascensão"
    assert governed["MANUFATURA/5_20k"] == "Manufatura Consolidada"
    assert governed["VAREJO/5_20k"] == "Varejo Popular"
    assert governed["SAUDE/acima_1m"] == "Saúde Conectada"


def test_a_copy_of_it_can_be_edited(tmp_path: Path) -> None:
    source = Path(load_policy.__globals__["_load"].DEFAULT).read_text(encoding="utf-8")
    copy = tmp_path / "minha-regua.yaml"
    copy.write_text(source.replace('version: "1.2"', 'version: "minha"'), encoding="utf-8")
    assert load_policy(copy) == POLICY.model_copy(update={"version": "minha"})
