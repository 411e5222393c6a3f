"""`b2shift effects` on the demo: what campaigns changed, as text and as JSON."""

import json
from pathlib import Path

from tests.unit.cli.conftest import Run


def test_campaigns_are_told_with_their_intervals(run: Run, demo_home: Path) -> None:
    code, out, _err = run("effects", "--home", demo_home, "--json")
    told = json.loads(out)
    assert code == 0
    assert len(told["campaigns"]) > 10
    assert {one["measure"] for one in told["together"]} >= {"bought", "lost", "mrr_change"}
    for one in told["together"]:
        assert one["always_low"] < one["low"] < one["difference"] < one["high"] < one["always_high"]
    arms = told["campaigns"][-1]["arms"]
    assert [arm["variant"] for arm in arms] == ["A", "B", "control"]
    assert arms[-1]["sent"] == 0 < arms[0]["sent"]
    code, out, _err = run("effects", "--home", demo_home)
    assert code == 0
    assert "Todas as campanhas terminadas, juntas" in out


def test_one_campaign_and_one_there_is_not(run: Run, demo_home: Path) -> None:
    code, out, _err = run("effects", "C003", "--home", demo_home)
    assert (code, "Campanha C003" in out) == (0, True)
    code, out, err = run("effects", "C999", "--home", demo_home)
    assert (code, out) == (2, "")
    assert "Não existe campanha com este nome: C999" in err
