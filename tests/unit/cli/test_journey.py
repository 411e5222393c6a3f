"""`b2shift journey check` tells every finding with its line and exit code; what it cannot read it says so."""

import json
from pathlib import Path

from tests.unit.cli.conftest import Run

from b2shift.interact.api import ready_journeys


def test_the_ready_journeys_are_sound(run: Run, tmp_path: Path) -> None:
    code, out, _err = run("journey", "check", "--home", tmp_path, "--json")
    assert code == 0
    assert [(len(one["findings"]), one["version"]) for one in json.loads(out)] == [(0, one) for one in ready_journeys()]
    code, out, _err = run("journey", "check", "--home", tmp_path)
    assert "Sem defeitos: Recuperar detratores, 10 passos." in out


def test_a_finding_has_its_line_and_the_exit_is_2(run: Run, tmp_path: Path) -> None:
    wrong = tmp_path / "minha.yaml"
    wrong.write_text(ready_journeys()["detrator"].replace("next: ligar", "next: ligr"), encoding="utf-8")
    code, out, _err = run("journey", "check", wrong, "--home", tmp_path, "--json")
    [found] = json.loads(out)[0]["findings"]
    line = next(n for n, text in enumerate(wrong.read_text(encoding="utf-8").split("\n"), 1) if "ligr" in text)
    assert (code, found["line"], found["what"], found["hint"]) == (2, line, "passo desconhecido", "Quis dizer ligar?")
    assert run("journey", "check", wrong, "--home", tmp_path)[1].count("ligr") == 1
    code, _out, err = run("journey", "check", tmp_path / "nada.yaml", "--home", tmp_path)
    assert (code, "não pode ser lida" in err) == (2, True)


def test_a_unit_nobody_declared_is_told_with_those_there_are(run: Run, tmp_path: Path) -> None:
    wrong = tmp_path / "minha.yaml"
    named = ready_journeys()["detrator"].replace("enter:\n", "enter:\n  audience: {business_units: [sul]}\n", 1)
    wrong.write_text(named, encoding="utf-8")
    code, out, _err = run("journey", "check", wrong, "--home", tmp_path, "--json")
    [found] = json.loads(out)[0]["findings"]
    assert (code, found["what"], found["value"]) == (2, "unidade de negócio desconhecida", "sul")
    units = tmp_path / "unidades.yaml"
    units.write_text("units: [{key: sul, name: Sul, default: true}]")
    assert run("units", "set", units, "--home", tmp_path)[0] == 0
    assert run("journey", "check", wrong, "--home", tmp_path)[0] == 0


def test_a_journey_there_is_not_offers_the_near_ones(run: Run, tmp_path: Path) -> None:
    code, _out, err = run("journey", "simulate", "detratr", "--home", tmp_path)
    assert (code, "detrator" in err) == (2, True)
