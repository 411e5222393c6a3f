"""`lake retain`, `quality report`, `quality review` and `quality decide`, as people and programs call them."""

import json
from datetime import date
from pathlib import Path

import pytest
from tests.unit.cli.conftest import Run
from tests.unit.identify.sources.small import write_small

from b2shift.identify.api import build_customers, build_quality, ingest
from b2shift.lake.api import kept_versions, writing

HEAD = "CD_CLIENTE;DS_PROD;DS_SEGMENTO;DS_SUBSEGMENTO;SITUACAO_CONTRATO;VL_TOTAL_CONTRATO;DT_ASSINATURA_CONTRATO\n"
PAIR = ("sub_segment", "PROVEDOR DE SERVICOS", "PROVEDOR SERVICOS")


def lines(word: str, rows: int, start: int) -> str:
    return "".join(f"TFAAA1;ERP {start + n};VAREJO;{word};ATIVO;{n + 1},5;2020-05-17\n" for n in range(rows))


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A home with two loads; in both a rare category waits for a person."""
    for load in (1, 2):
        told = HEAD + lines("PROVEDOR SERVICOS", 40, 0) + lines("PROVEDOR DE SERVICOS", 2 + load, 50)
        with writing(tmp_path / "home") as session:
            ingest(session, write_small(tmp_path / "drop", dados_clientes=told))
            build_quality(session)
            session.commit(date(2025, 2 + load, 28))
    return tmp_path / "home"


def test_retain_keeps_what_is_asked_and_says_what_went(home: Path, run: Run) -> None:
    code, out, _ = run("lake", "retain", "--home", home, "--versions", 1, "--month-ends", 0, "--json")
    assert code == 0
    assert json.loads(out) == {"versions": 1, "month_ends": 0, "dropped": [1], "kept": [2]}
    assert [manifest.version for manifest in kept_versions(home)] == [2]
    _, _, told = run("lake", "retain", "--home", home)
    assert "Ficam as mais novas (1)" in told


@pytest.mark.parametrize(("asked", "version"), [((), 2), (("--version", 1), 1), (("--on", "2025-04-27"), 1)])
def test_the_past_is_read_by_version_or_by_day(home: Path, run: Run, asked: tuple[object, ...], version: int) -> None:
    _, out, _ = run("quality", "report", "--home", home, "--json", *asked)
    assert json.loads(out)["version"] == version
    _, out, _ = run("profile", "contract_lines", "--home", home, "--json", *asked)
    [told] = json.loads(out)
    assert (told["version"], told["rows"], told["before"]) == (version, 42 + version, 1 if version > 1 else None)


def test_a_day_before_all_versions_and_a_version_with_a_day_are_refused(home: Path, run: Run) -> None:
    code, _, told = run("profile", "contract_lines", "--home", home, "--on", "2025-03-01")
    assert code == 3
    assert "28/03/2025" in told
    assert run("profile", "contract_lines", "--home", home, "--on", "2025-03-28", "--version", 1)[0] == 2


def test_the_report_tells_rules_scores_and_loads(home: Path, run: Run, tmp_path: Path) -> None:
    _, out, _ = run("quality", "report", "--home", home, "--json")
    [source] = [s for s in json.loads(out)["sources"] if s["source"] == "dados_clientes"]
    assert [load["new"] for load in source["loads"]] == [43, 1]
    assert [score["load"] for score in source["scores"]] == [1, 2]
    assert {rule["rule"] for rule in source["rules"]} == {"volume", "known", "complete", "steady"}
    page = tmp_path / "report.html"
    assert run("quality", "report", "--home", home, "--html", page)[0] == 0
    assert "<h2>dados_clientes</h2>" in page.read_text(encoding="utf-8")


def test_defects_are_shown_in_words(run: Run, tmp_path: Path) -> None:
    home, page = tmp_path / "home", tmp_path / "report.html"
    told = HEAD + lines("X", 40, 0) + "TFAAA1;ERP;VAREJO;X;ATIVO;R$ 1.234,56;2020-05-17\n"
    with writing(home) as session:
        ingest(session, write_small(tmp_path / "drop", dados_clientes=told))
        build_quality(session)
        session.commit(date(2025, 3, 28))
    screen = run("quality", "report", "--home", home)[1]
    run("quality", "report", "--home", home, "--html", page)
    for text in (" ".join(screen.split()), page.read_text(encoding="utf-8")):
        assert "Decimal em outro formato" in text
        assert "mixed_decimal" not in text


def test_a_doubt_is_listed_decided_and_taken_back(home: Path, run: Run) -> None:
    _, out, _ = run("quality", "review", "--home", home, "--json")
    assert [(d["vocabulary"], d["delivered"], d["spelling"]) for d in json.loads(out)["doubts"]] == [PAIR]
    code, _, told = run("quality", "decide", *PAIR, "--accept", "--by", "ana", "--home", home)
    assert (code, "aceita" in told) == (0, True)
    _, out, _ = run("quality", "review", "--home", home)
    assert "PROVEDOR DE SERVICOS" in out
    assert run("quality", "decide", *PAIR, "--undo", "--by", "ana", "--home", home, "--json")[0] == 0
    assert run("quality", "decide", *PAIR, "--by", "ana", "--home", home)[0] == 2
    assert run("quality", "decide", "sub_segment", "X", "Y", "--accept", "--by", "ana", "--home", home)[0] == 2


def test_what_was_changed_of_one_customer_is_explained(run: Run, tmp_path: Path) -> None:
    clean = "TFAAA1;ERP;VAREJO;X;ATIVO;1,5;2020-05-17\n"
    told = HEAD + clean + clean.replace("TFAAA1;ERP;VAREJO", "TFBBB2;ERP; Varejo")
    home = tmp_path / "home"
    with writing(home) as session:
        ingest(session, write_small(tmp_path / "drop", dados_clientes=told))
        build_customers(session, date(2025, 3, 31))
        session.commit(date(2025, 3, 31))
    _, out, _ = run("quality", "explain", "tfbbb2 ", "--home", home, "--json")
    assert [(one["row"], one["column"], one["before"], one["after"], one["treatment"]) for one in json.loads(out)] == [
        (1, "DS_SEGMENTO", " Varejo", "VAREJO", "repaired")
    ]
    _, out, _ = run("quality", "explain", "TFBBB2", "--home", home)
    assert "« Varejo» → «VAREJO»" in " ".join(out.split())
    assert "dados_clientes.csv:2" in out
    _, out, told = run("quality", "explain", "TFAAA1", "--home", home)
    assert (out, "Nada do que veio sobre TFAAA1" in told) == ("", True)
    code, _, told = run("quality", "explain", "TFAAA9", "--home", home)
    assert (code, "Não há cliente com este código: TFAAA9" in told) == (2, True)
