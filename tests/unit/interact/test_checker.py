"""The checker finds every seeded defect, and nothing in policies without one."""

import json
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from tests.unit.interact.world import Row, archetype, rule

from b2shift.identify.api import keep_units, product_units, read_units
from b2shift.interact.api import (
    adopt_policy_text,
    check_policy,
    check_policy_text,
    load_policy,
    policy_text,
    policy_versions,
    rules_reaching_nobody,
)
from b2shift.interact.contracts import Category, PolicyCheck
from b2shift.interact.policy.checker.check import inspect
from b2shift.interact.policy.document import read
from b2shift.kernel.errors import PolicyError

HERE = Path(__file__).parent
ON = date(2025, 3, 12)
SECTIONS = ("caps", "silences", "capacities")


def cases(file: str) -> list[Any]:
    """The entries of a file, read with the product's own scalars: `3_10` is a word."""
    found: list[Any] = read((HERE / file).read_bytes()).data
    return found


def written(told: Row) -> bytes:
    """A short entry as a whole policy."""
    groups = {"pessoas", "mensagens"} - {cap["group"] for cap in told.get("caps", ())}
    free = [{"group": group, "open_per_customer": 5} for group in sorted(groups)]
    archetypes = told.get("archetypes", [{"id": "todos", "profile": {"contract_bands": ["5_20k"]}}])
    shaped = {
        "version": "t1",
        "name": told["case"],
        "themes": ["a", "b", "c"],
        **{section: told[section] for section in SECTIONS if section in told},
        "caps": [*told.get("caps", ()), *free],
        "archetypes": [archetype(one["id"], profile=one["profile"]) for one in archetypes],
        "rules": [
            rule(one["trigger"], one.get("id", "r1"), **{k: v for k, v in one.items() if k not in {"trigger", "id"}})
            for one in told["rules"]
        ],
    }
    return json.dumps(shaped, ensure_ascii=False, indent=1).encode()


def checked(told: Row) -> PolicyCheck:
    return inspect(written(told), "regua.yaml", ON, product_units())


CLEAN, SEEDED = cases("clean_policies.yaml"), cases("seeded_defects.yaml")


def test_the_sets_are_whole() -> None:
    assert (len(CLEAN), len(SEEDED)) == (20, 30)
    assert {told["category"] for told in SEEDED} == set(Category) - {Category.ESCRITA}


@pytest.mark.parametrize("told", CLEAN, ids=[told["case"] for told in CLEAN])
def test_nothing_is_found_where_nothing_is_wrong(told: Row) -> None:
    assert checked(told).findings == ()


@pytest.mark.parametrize("told", SEEDED, ids=[told["case"] for told in SEEDED])
def test_every_seeded_defect_is_found_and_nothing_else(told: Row) -> None:
    findings = checked(told).findings
    assert findings, "not found"
    assert {(one.category, one.rule) for one in findings} == {(told["category"], told["rule"])}
    assert all(one.line > 1 and one.what for one in findings)


def test_the_product_own_policy_is_clean(tmp_path: Path) -> None:
    assert check_policy(tmp_path, on=ON).findings == ()


@pytest.mark.parametrize("role", ["", "owner_role: null\n", "owner_role: ninguem\n"])
def test_a_rule_without_owner_is_shown_as_such(tmp_path: Path, role: str) -> None:
    good = (HERE / "good_policy.yaml").read_text(encoding="utf-8")
    (tmp_path / "regua.yaml").write_text(good.replace("    owner_role: gestor\n", f"    {role}" if role else "", 1))
    [found] = check_policy(tmp_path, tmp_path / "regua.yaml").findings
    assert (found.category, found.rule) == (Category.SEM_RESPONSAVEL, "lojas.nps_baixo")


def test_an_unreadable_text_is_a_finding() -> None:
    [found] = inspect(b"version: [", "regua.yaml", ON, product_units()).findings
    assert found.category is Category.ESCRITA


def test_a_unit_nobody_declared_is_refused_with_those_there_are(tmp_path: Path) -> None:
    """Units of the product are known in every house, so that its rules for them may stay and reach nobody."""
    own = read_units("units: [{key: sul, name: Sul, default: true}]", "unidades.yaml")
    keep_units(tmp_path, own, datetime(2026, 1, 1, tzinfo=UTC))
    product = policy_text(tmp_path)
    (tmp_path / "regua.yaml").write_text(product)
    assert check_policy(tmp_path, tmp_path / "regua.yaml", on=ON).findings == ()
    named = product.replace("business_units: [rd_station]", "business_units: [sul]")
    assert check_policy_text(tmp_path, named, on=ON).findings == ()
    [found] = check_policy_text(tmp_path / "other", named, on=ON).findings
    assert (found.what, found.value, found.rule) == (
        "unidade de negócio desconhecida", "sul", "rd_station.revisao_de_funil",
    )  # fmt: skip
    assert found.hint == "As que existem: totvs_gestao, rd_station, techfin"
    with pytest.raises(PolicyError, match="unidade de negócio desconhecida: sul"):
        adopt_policy_text(tmp_path / "other", named, datetime(2026, 1, 1, tzinfo=UTC))
    assert policy_versions(tmp_path / "other") == ()


def test_the_unit_of_credit_is_the_one_the_limits_name(tmp_path: Path) -> None:
    moved = policy_text(tmp_path).replace("credit_unit: techfin", "credit_unit: rd_station")
    [found] = check_policy_text(tmp_path, moved, on=ON).findings
    assert (found.what, found.rule) == ("oferta de crédito fora da unidade de crédito", "techfin.credito_prudente")
    assert found.hint == "Limite business_units a [rd_station]"
    followed = moved.replace("business_units: [techfin]", "business_units: [rd_station]")
    assert check_policy_text(tmp_path, followed, on=ON).findings == ()
    nobody = followed.replace("credit_unit: rd_station", "credit_unit: banco")
    assert "unidade de negócio desconhecida" in {one.what for one in check_policy_text(tmp_path, nobody).findings}


def test_rules_of_units_the_house_lacks_are_told(tmp_path: Path) -> None:
    policy = load_policy()
    silent = rules_reaching_nobody(policy, ["sul", "techfin"])
    assert [rule.id for rule in silent] == ["rd_station.revisao_de_funil"]
    assert rules_reaching_nobody(policy, product_units().keys) == ()
