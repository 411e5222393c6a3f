"""`b2shift experiment` on files as people have them."""

import csv
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.unit.cli.conftest import Run


def _write(path: Path, rows: int = 6_000, seed: int = 1) -> Path:
    """Message or none by lot; those of the North are persuaded, those of the South put off; `clicou` came after."""
    rng = np.random.default_rng(seed)
    north, got = rng.random(rows) < 0.5, rng.random(rows) < 0.6
    bought = rng.random(rows) < 0.3 + got * np.where(north, 0.2, -0.15)
    clicked = got & (rng.random(rows) < 0.4)
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, delimiter=";")
        writer.writerow(["cliente", "região", "funcionários", "mensagem", "comprou", "clicou", "gasto"])
        for i in range(rows):
            size = rng.integers(1, 300)
            spent = f"{bought[i] * rng.exponential(200):.2f}".replace(".", ",")
            writer.writerow(
                [f"C{i:05d}", "Norte" if north[i] else "Sul", size, "sim" if got[i] else "não",
                 "Sim" if bought[i] else "Não", int(clicked[i]), spent]
            )  # fmt: skip
    return path


def _said(run: Run, *words: object) -> str:
    code, out, err = run("experiment", *words)
    assert code == 0, err
    return out


def _told(run: Run, *words: object) -> dict[str, Any]:
    return json.loads(_said(run, *words, "--json"))


def _refused(run: Run, *words: object) -> str:
    code, _out, err = run("experiment", *words)
    assert code == 2
    return " ".join(err.split())


@pytest.fixture(scope="module")
def table(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return _write(tmp_path_factory.mktemp("experiment") / "teste.csv")


def test_effects_are_told_and_what_came_after_is_left_out(run: Run, table: Path) -> None:
    words = ("effects", "--table", str(table), "--arm", "mensagem", "--control", "não", "--value", "comprou")
    found = _told(run, *words, "--value", "gasto")
    assert [one["measure"] for one in found["effects"]] == ["comprou", "gasto"]
    assert any("clicou" in note for note in found["notes"])
    adjusted = found["effects"][0]["adjusted"]
    assert adjusted["low"] < 0.025 < adjusted["high"]
    said = _said(run, *words)
    assert "ficou de fora: clicou" in said
    assert "comprou" in said


def test_who_is_persuaded_is_told_and_written_row_by_row(run: Run, table: Path, tmp_path: Path) -> None:
    out = tmp_path / "quem.csv"
    words = ("uplift", "--table", str(table), "--arm", "mensagem", "--treated", "sim", "--control", "não")
    found = _told(run, *words, "--value", "comprou", "--unused", "gasto", "--id", "cliente", "--out", str(out))
    assert found["tells_apart"]
    assert found["groups"][0]["effect"]["low"] > 0
    assert found["harmed"] > 1_000
    written = list(csv.DictReader(out.open(encoding="utf-8")))
    assert len(written) == 6_000
    regions = {row["cliente"]: row["região"] for row in csv.DictReader(table.open(encoding="utf-8"), delimiter=";")}
    first = [regions[row["cliente"]] for row in written if float(row["place"]) < 0.3]
    assert first.count("Norte") / len(first) > 0.95
    said = _said(run, *words, "--value", "comprou", "--unused", "gasto")
    assert "convence uns mais do que outros" in said
    assert "não lhes dê" in said


def test_less_of_a_harmful_value_is_better(run: Run, table: Path) -> None:
    words = ("uplift", "--table", str(table), "--arm", "mensagem", "--treated", "sim", "--control", "não")
    found = _told(run, *words, "--value", "comprou", "--unused", "gasto", "--less-is-better")
    assert found["groups"][0]["effect"]["high"] < 0
    assert found["groups"][-1]["effect"]["low"] > 0
    assert found["gain"]["value"] > 0


def test_a_choice_is_learnt_and_written(run: Run, table: Path, tmp_path: Path) -> None:
    out = tmp_path / "escolha.csv"
    words = ("policy", "--table", str(table), "--arm", "mensagem", "--value", "comprou", "--unused", "gasto")
    found = _told(run, *words, "--id", "cliente", "--out", str(out))
    assert found["is_better"]
    assert {row["arm"] for row in csv.DictReader(out.open(encoding="utf-8"))} == {"sim", "não"}
    assert sum(one["chosen"] for one in found["arms"]) == 6_000
    dear = _said(run, *words, "--cost", "sim=2")
    assert "Sem evidência" in dear


def _log(path: Path, rows: int = 4_000) -> Path:
    rng = np.random.default_rng(3)
    arm = rng.random(rows) < 0.3
    value = rng.random(rows) < np.where(arm, 0.4, 0.1)
    lines = [f"{'B' if b else 'A'},{int(v)},{0.3 if b else 0.7},B" for b, v in zip(arm, value, strict=True)]
    path.write_text("\n".join(["oferta,clicou,chance,nova", *lines]), encoding="utf-8")
    return path


@pytest.mark.parametrize("rule", [("--rule", "B"), ("--rule-column", "nova")])
def test_a_better_rule_is_told_from_a_log(run: Run, tmp_path: Path, rule: tuple[str, str]) -> None:
    words = ("evaluate", "--table", str(_log(tmp_path / "log.csv")), "--arm", "oferta", "--value", "clicou")
    found = _told(run, *words, "--chance", "chance", *rule)
    told = found["estimates"][-1]["value"]
    assert told["low"] < 0.4 < told["high"]
    assert found["may_go_live"]
    assert "é melhor, com 90% de confiança" in _said(run, *words, "--chance", "chance", *rule)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--arm", "nada"), "Não existe coluna com este nome: nada"),
        (("--arm", "mensagem", "--treated", "talvez"), "Não existe braço com este nome: talvez"),
        (("--arm", "cliente"), "A coluna tem mais de 100 braços"),
        (("--arm", "comprou"), "A mesma coluna tem dois papéis: comprou"),
        (("--arm", "mensagem", "--value", "região"), "A coluna não tem números: região"),
    ],
)
def test_what_cannot_be_read_is_refused_with_its_name(run: Run, table: Path, words: tuple[str, ...], said: str) -> None:
    given = {"--treated": "sim", "--control": "não", "--value": "comprou"} | dict(
        zip(words[::2], words[1::2], strict=True)
    )
    refusal = _refused(run, "uplift", "--table", str(table), *[one for pair in given.items() for one in pair])
    assert said in refusal


def test_arms_that_nobody_drew_are_refused(run: Run, tmp_path: Path) -> None:
    """Salespeople chose whom to call: what was known before differs."""
    rng = np.random.default_rng(4)
    path = tmp_path / "ligacoes.csv"
    lines = ["ligou,comprou,porte,receita,idade"]
    for _ in range(2_000):
        size = rng.normal()
        called = size + rng.normal() > 0
        lines.append(f"{int(called)},{int(rng.random() < 0.3)},{size:.3f},{size + rng.normal():.3f},{size * 2:.3f}")
    path.write_text("\n".join(lines), encoding="utf-8")
    refusal = _refused(run, "effects", "--table", str(path), "--arm", "ligou", "--value", "comprou")
    assert "não parecem sorteados" in refusal


def test_nothing_is_written_where_the_experiment_cannot_be_read(run: Run, table: Path, tmp_path: Path) -> None:
    out = tmp_path / "quem.csv"
    _refused(
        run,
        "uplift",
        "--table",
        str(table),
        "--arm",
        "mensagem",
        "--treated",
        "sim",
        "--control",
        "x",
        "--value",
        "comprou",
        "--out",
        str(out),
    )
    assert not list(tmp_path.iterdir())


def test_arms_of_few_rows_and_chances_beyond_one_are_refused(run: Run, tmp_path: Path) -> None:
    few = _write(tmp_path / "poucos.csv", rows=70)
    refusal = _refused(run, "effects", "--table", str(few), "--arm", "mensagem", "--value", "comprou")
    assert "Um braço tem linhas de menos" in refusal
    log = tmp_path / "log.csv"
    log.write_text("oferta,clicou,chance\n" + "A,1,1.5\nB,0,0.5\n" * 200, encoding="utf-8")
    refusal = _refused(
        run,
        "evaluate",
        "--table",
        str(log),
        "--arm",
        "oferta",
        "--value",
        "clicou",
        "--chance",
        "chance",
        "--rule",
        "A",
    )
    assert "Uma chance não está entre 0 e 1: 1,500000" in refusal
