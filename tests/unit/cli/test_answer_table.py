"""Answers in the terminal: words before figures, each column and value as people call and write it."""

from datetime import date
from typing import Any

from b2shift.cli.answer_table import table_of
from b2shift.insight.contracts import Answer
from b2shift.metrics.contracts import TypedQuery


def answer(rows: list[dict[str, Any]], intent: str = "metric", **told: Any) -> Answer:
    """An answer about MRR and active customers."""
    units = {"mrr": "brl", "active_customers": "count", "nps": "points"}
    query = TypedQuery(intent=intent, metrics=("mrr",))
    return Answer(query=query, rows=tuple(rows), units=units, as_of=date(2025, 4, 30), version=1, **told)


def test_words_come_first_and_figures_have_their_unit() -> None:
    row = {"mrr": 1234.5, "active_customers": 26.0, "mrr_change_pct": 1.3, "nps": 75.0, "segment": "varejo",
           "bucket": "main"}  # fmt: skip
    headings, [told], words = table_of(answer([row], labels={"segment": {"varejo": "Varejo"}}))
    assert (words, headings[:3]) == (1, ["Segmento", "MRR", "Clientes ativos"])
    assert [one.replace("\xa0", " ") for one in told] == ["Varejo", "R$ 1.234,50", "26", "1,3%", "75,0"]


def test_months_and_what_nobody_knows() -> None:
    rows = [{"bucket": "2025-03-01", "mrr": 10.0, "ahead": False}, {"bucket": "2025-04-01", "mrr": None, "ahead": True}]
    headings, told, _words = table_of(answer(rows))
    assert headings == ["Mês", "MRR"]
    assert [row[0] for row in told] == ["mar/2025", "abr/2025"]
    assert told[1][1] == "—"


def test_a_portrait_has_a_unit_a_line() -> None:
    rows = [
        {"metric": "mrr", "label": "MRR", "value": 10.0, "base": 20.0},
        {"trait": "x", "label": "varejo", "value": 27.0, "base": 7.6},
    ]
    headings, told, _words = table_of(answer(rows, intent="profile"))
    assert headings == ["Traço", "Grupo", "Base"]
    assert told[0][1].startswith("R$")
    assert told[1][1:] == ["27,0%", "7,6%"]
