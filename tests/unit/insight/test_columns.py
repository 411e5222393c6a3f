"""What a column of an answer is, told once for the terminal and the pages."""

from datetime import date

import pytest

from b2shift.insight.api import Locale, heading_of, unit_of
from b2shift.insight.contracts import Answer
from b2shift.metrics.contracts import TypedQuery


@pytest.mark.parametrize(
    ("column", "portuguese", "english"),
    [
        ("mrr", "MRR", "MRR"),
        ("segment", "Segmento", "Segment"),
        ("mrr_before", "MRR, antes", "MRR, before"),
        ("nps_low", "NPS, de", "NPS, from"),
        ("mrr_change_pct", "MRR, mudança em %", "MRR, change, %"),
        ("low", "De (80%)", "From (80%)"),
        ("customers", "Clientes", "Customers"),
        ("else", "else", "else"),
    ],
)
def test_a_column_is_called_by_what_it_tells(column: str, portuguese: str, english: str) -> None:
    assert (heading_of(column, Locale()), heading_of(column, Locale("en"))) == (portuguese, english)


def test_labels_of_a_portrait_are_traits() -> None:
    assert [heading_of("label", Locale(), intent) for intent in ("profile", "explain")] == ["Traço", "Grupo"]


@pytest.mark.parametrize(
    ("column", "unit"),
    [
        ("nrr", "percent"),
        ("nrr_before", "percent"),
        ("nrr_change", "percentage_points"),
        ("nrr_change_pct", "percent"),
        ("contribution", "percentage_points"),
        ("low", "percent"),
        ("mrr_change", "brl"),
        ("mrr_share", "percent"),
        ("bucket", "month"),
        ("segment", ""),
        ("else", ""),
    ],
)
def test_a_column_has_the_unit_of_what_it_tells(column: str, unit: str) -> None:
    query = TypedQuery(intent="explain", metrics=("nrr", "mrr"))
    told = Answer(query=query, units={"nrr": "percent", "mrr": "brl"}, as_of=date(2025, 4, 30), version=1)
    assert unit_of(told, column) == unit


def test_a_line_of_a_portrait_has_a_unit_of_its_own() -> None:
    told = Answer(query=TypedQuery(intent="profile"), as_of=date(2025, 4, 30), version=1)
    assert [unit_of(told, "value", row) for row in ({"metric": "mrr"}, {"trait": "x"})] == ["brl", "percent"]
