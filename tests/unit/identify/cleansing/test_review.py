"""Rare categories that look like a frequent one wait for a person; what is decided is applied by the next run."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from tests.unit.identify.sources.small import LINES, write_small

from b2shift.identify.api import category_decisions, category_doubts, decide_category, ingest
from b2shift.identify.cleansing.decisions import journal
from b2shift.identify.cleansing.similar_categories import similar_categories
from b2shift.identify.contracts import Answer, Decision
from b2shift.kernel.errors import StateError, UnknownNameError
from b2shift.lake.api import open_lake, writing

HEAD = (
    "CD_CLIENTE;DS_PROD;DS_SEGMENTO;DS_SUBSEGMENTO;SITUACAO_CONTRATO;VL_TOTAL_CONTRATO;DT_ASSINATURA_CONTRATO;CIDADE\n"
)
PAIR = ("sub_segment", "PROVEDOR DE SERVICOS", "PROVEDOR SERVICOS")
NOON = datetime(2025, 4, 1, 12, tzinfo=UTC)


def lines(word: str, city: str, rows: int, start: int = 0) -> str:
    return "".join(f"TFAAA1;ERP {start + n};VAREJO;{word};ATIVO;{n + 1},5;2020-05-17;{city}\n" for n in range(rows))


def load(home: Path, folder: Path) -> None:
    told = HEAD + lines("PROVEDOR SERVICOS", "SANTOS", 40) + lines("PROVEDOR DE SERVICOS", "SANTOS", 3, 50)
    with writing(home) as session:
        ingest(session, write_small(folder, dados_clientes=told))
        session.commit(date(2025, 3, 31))


def say(home: Path, answer: Answer, pair: tuple[str, str, str] = PAIR) -> None:
    names = dict(zip(("vocabulary", "delivered", "spelling"), pair, strict=True))
    decide_category(open_lake(home), home, Decision(**names, answer=answer, by="ana", at=NOON))


def words(home: Path) -> dict[str, int]:
    rows = open_lake(home).query("SELECT sub_segment AS word, count(*) AS n FROM contract_lines GROUP BY 1").to_pylist()
    return {row["word"]: row["n"] for row in rows}


def test_a_doubt_changes_nothing_until_somebody_accepts_it(tmp_path: Path) -> None:
    home = tmp_path / "home"
    load(home, tmp_path / "drop")
    [doubt] = category_doubts(open_lake(home), home)
    assert (doubt.vocabulary, doubt.delivered, doubt.spelling, doubt.rows, doubt.rows_of_spelling) == (*PAIR, 3, 40)
    assert words(home) == {"PROVEDOR SERVICOS": 40, "PROVEDOR DE SERVICOS": 3}
    say(home, Answer.ACCEPTED)
    assert category_doubts(open_lake(home), home) == ()
    load(home, tmp_path / "drop")
    assert words(home) == {"PROVEDOR SERVICOS": 43}
    rows = open_lake(home).query("SELECT DISTINCT rule, confidence FROM repairs WHERE after = 'PROVEDOR SERVICOS'")
    assert rows.to_pylist() == [{"rule": "decidido por ana em 01/04/2025", "confidence": 1.0}]


def test_what_is_taken_back_is_as_before(tmp_path: Path) -> None:
    home = tmp_path / "home"
    load(home, tmp_path / "drop")
    say(home, Answer.ACCEPTED)
    load(home, tmp_path / "drop")
    say(home, Answer.OPEN)
    assert category_decisions(home) == ()
    load(home, tmp_path / "drop")
    assert words(home) == {"PROVEDOR SERVICOS": 40, "PROVEDOR DE SERVICOS": 3}
    assert len(category_doubts(open_lake(home), home)) == 1
    assert len(journal(home).read_text().splitlines()) == 2, "the journal only grows"


def test_a_rejected_pair_is_not_asked_again(tmp_path: Path) -> None:
    home = tmp_path / "home"
    load(home, tmp_path / "drop")
    say(home, Answer.REJECTED)
    load(home, tmp_path / "drop")
    assert category_doubts(open_lake(home), home) == ()
    assert words(home)["PROVEDOR DE SERVICOS"] == 3
    [kept] = category_decisions(home)
    assert (kept.by, kept.answer) == ("ana", Answer.REJECTED)


def test_only_what_is_in_doubt_can_be_decided(tmp_path: Path) -> None:
    home = tmp_path / "home"
    load(home, tmp_path / "drop")
    with pytest.raises(UnknownNameError, match="Quis dizer"):
        say(home, Answer.ACCEPTED, ("sub_segment", "PROVEDOR DE SERVICO", "PROVEDOR SERVICOS"))
    with pytest.raises(UnknownNameError):
        say(home, Answer.OPEN)
    assert not journal(home).exists()


def test_a_city_is_decided_for_every_row(tmp_path: Path) -> None:
    home = tmp_path / "home"
    told = HEAD + lines("X", "VILAVELHA", 30) + lines("X", "VILAVELHO", 4, 60).replace("TFAAA1", "TFBBB2")
    drop = write_small(tmp_path / "drop", dados_clientes=told)
    for _ in range(2):
        with writing(home) as session:
            ingest(session, drop)
            session.commit(date(2025, 3, 31))
        cities = open_lake(home).query("SELECT DISTINCT city FROM contract_lines ORDER BY 1").column(0).to_pylist()
        if cities == ["VILAVELHA", "VILAVELHO"]:
            say(home, Answer.ACCEPTED, ("city", "VILAVELHO", "VILAVELHA"))
    assert cities == ["VILAVELHA"]


def test_a_damaged_journal_is_reported_with_its_line(tmp_path: Path) -> None:
    home = tmp_path / "home"
    journal(home).parent.mkdir(parents=True)
    journal(home).write_text("{\n")
    with pytest.raises(StateError, match="linha 1"), writing(home) as session:
        ingest(session, write_small(tmp_path / "drop", dados_clientes=LINES))


@pytest.mark.parametrize(
    ("rare", "frequent", "alike"),
    [
        ("PROVEDOR DE SERVICOS", "PROVEDOR SERVICOS", True),
        ("UTILITES", "UTILITIES", True),
        ("Faixa 01 - ate 5 M", "Faixa 02 - ate 5 M", False),
        ("Comercio atacadista de joias", "Comercio varejista de joias", False),
        ("Importacao de vidro", "Importacao de leite", False),
        ("gato", "pato", False),
    ],
)
def test_only_one_letter_or_a_linking_word_may_differ(rare: str, frequent: str, alike: bool) -> None:
    found = similar_categories({rare: 2, frequent: 100, "outra coisa": 50})
    assert [(one.rare, one.frequent) for one in found] == ([(rare, frequent)] if alike else [])


def test_two_frequent_forms_are_two_categories() -> None:
    assert similar_categories({"UTILITES": 80, "UTILITIES": 100}) == []
