"""`b2shift effects`: what campaigns changed, as text and as JSON."""

import json
from datetime import date
from pathlib import Path

from tests.unit.cli.conftest import Run
from tests.unit.learn.world import lake_of, two_campaigns


def test_campaigns_are_told_with_their_intervals(run: Run, tmp_path: Path) -> None:
    two_campaigns(tmp_path)
    code, out, _err = run("effects", "--home", tmp_path, "--json")
    told = json.loads(out)
    assert code == 0
    assert [one["campaign_id"] for one in told["campaigns"]] == ["late", "early"]
    (together,) = told["together"]
    assert together["always_low"] < together["low"] < together["difference"] < together["high"]
    arms = told["campaigns"][0]["arms"]
    assert [(arm["variant"], arm["customers"], arm["bought"]) for arm in arms] == [
        ("A", 400, 80),
        ("B", 200, 40),
        ("control", 200, 20),
    ]
    code, out, _err = run("effects", "--home", tmp_path)
    assert code == 0
    assert "Todas as campanhas terminadas, juntas" in out
    assert "+10,00" in out


def test_a_house_without_campaigns_is_told_how_to_get_one(run: Run, tmp_path: Path) -> None:
    lake_of(tmp_path, ["T00001"], contract_lines=[{"customer_id": "T00001", "signed_on": date(2020, 1, 1)}])
    code, out, _err = run("effects", "--home", tmp_path)
    assert code == 0
    assert "variant = control" in out


def test_one_campaign_and_one_there_is_not(run: Run, demo_home: Path) -> None:
    code, out, _err = run("effects", "C003", "--home", demo_home)
    assert (code, "Campanha C003" in out) == (0, True)
    code, out, err = run("effects", "C999", "--home", demo_home)
    assert (code, out) == (2, "")
    assert "Não existe campanha com este nome: C999" in err
