"""`b2shift policy check` tells every finding with its line, on the screen and in JSON, and by its exit code."""

import json
import shutil
from pathlib import Path

import pytest

from b2shift.cli.main import main

GOOD = Path(__file__).parents[1] / "interact" / "good_policy.yaml"


def said(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str]:
    try:
        main(["policy", "check", *arguments])
    except SystemExit as ended:
        return int(str(ended.code)), capsys.readouterr().out
    return 0, capsys.readouterr().out


def test_the_product_own_policy_is_sound(capsys: pytest.CaptureFixture[str]) -> None:
    code, text = said(capsys)
    assert (code, text.startswith("Régua sem defeitos: Régua padrão do B2Shift")) == (0, True)


def test_findings_are_reported_with_their_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    wrong = tmp_path / "regua.yaml"
    wrong.write_text(GOOD.read_text(encoding="utf-8").replace("[lojas]", "[fabricas]"), encoding="utf-8")
    code, text = said(capsys, str(wrong))
    assert (code, "arquétipo sem regra: lojas" in text) == (2, True)
    code, text = said(capsys, str(wrong), "--json")
    told = json.loads(text)
    assert code == 2
    assert {"category": "sem_regra", "line": 10, "rule": None} in [
        {key: one[key] for key in ("category", "line", "rule")} for one in told["findings"]
    ]


def test_a_season_that_is_over_is_told_on_a_later_day(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    season = tmp_path / "regua.yaml"
    text = GOOD.read_text(encoding="utf-8")
    season.write_text(text.rstrip() + "\n    valid_until: 2025-06-30\n", encoding="utf-8")
    before = [line for line in said(capsys, str(season), "--on", "2025-06-01")[1].splitlines() if "validade" in line]
    after = [line for line in said(capsys, str(season), "--on", "2025-07-01")[1].splitlines() if "validade" in line]
    assert (len(before), len(after)) == (0, 1)


@pytest.mark.slow
def test_the_policies_of_a_home_are_adopted_compared_and_looked_ahead(
    tmp_path: Path, demo_home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    home = tmp_path / "home"
    shutil.copytree(demo_home, home)
    mine = tmp_path / "regua.yaml"
    mine.write_text(GOOD.read_text(encoding="utf-8").replace("2025-12-31", "2125-12-31"), encoding="utf-8")

    def told(*arguments: str) -> str:
        main(["policy", *arguments, "--home", str(home)])
        return capsys.readouterr().out

    assert "a régua do produto (versão 0)" in told("versions")
    assert told("adopt", str(mine)).startswith("Em vigor: versão 1 (Régua de teste, 1)")
    assert "+ regra lojas.uso" in told("diff", "0", "1")
    assert told("rollback", "1").startswith("Em vigor: versão 1")
    ahead = json.loads(told("preview", "--days", "7", "--json"))
    assert ahead["forecast"]
    assert ahead["policy"] == "Régua de teste"
    assert "mais de uma vez em sete dias" in told("preview", "--days", "7")
    record = tmp_path / "decisoes.jsonl"
    assert "o teto é R$" in told("next", "--record", str(record))
    assert record.read_text().count("\n") > 0
