"""The catalogue as pages: who enters, search, a table, a lineage drawn from the same rows as its twin."""

from collections.abc import Callable
from itertools import pairwise
from typing import Any

import pytest
from django.test import Client

from b2shift.identify.api import CatalogueTable, Lineage, LineageNode
from b2shift.metrics.api import load_dictionary
from b2shift.web.accounts.roles import Role
from b2shift.web.console.catalogue.picture import WIDTH, picture

SignIn = Callable[[Role], Client]
PAGES = ("/catalogo/", "/catalogo/customers/", "/catalogo/customers/linhagem/?coluna=mrr", "/catalogo/metrica/nrr/")
ENTER = (Role.ANALYST, Role.ADMINISTRATOR)


def found(page: Any) -> list[CatalogueTable]:
    """The tables of a page of the catalogue, in its order."""
    return [table for group in page.context["groups"] for table, _personal in group.tables]


@pytest.mark.parametrize("path", PAGES)
def test_who_looks_after_data_enters(signed_in: SignIn, path: str) -> None:
    for role in Role:
        assert signed_in(role).get(path).status_code == (200 if role in ENTER else 403), role
    assert Client().get(path).status_code == 302
    assert signed_in(Role.ANALYST).post(path).status_code == 405


def test_tables_are_found_by_words_without_accents(signed_in: SignIn) -> None:
    browser = signed_in(Role.ANALYST)
    page = browser.get("/catalogo/", {"q": "RECEITA mensal"}, headers={"HX-Request": "true"})
    names = [table.name for table in found(page)]
    assert "revenue_monthly" in names
    assert "<html" not in page.text
    assert "Nenhuma tabela" in browser.get("/catalogo/", {"q": "zzzz"}).text
    metrics = [metric.name for metric, _unit in browser.get("/catalogo/", {"q": "retencao"}).context["metrics"]]
    assert len(metrics) < len(browser.get("/catalogo/").context["metrics"])


def test_tables_stand_in_their_layers_and_only_the_first_open(signed_in: SignIn) -> None:
    browser = signed_in(Role.ANALYST)
    groups = browser.get("/catalogo/").context["groups"]
    assert [(one.layer, one.shown) for one in groups] == [("refined", True), ("analytics", False), ("trusted", False)]
    assert all(table.layer == one.layer for one in groups for table, _personal in one.tables)
    asked = browser.get("/catalogo/", {"q": "cliente"}).context["groups"]
    assert len(asked) > 1
    assert all(one.shown for one in asked), "what was asked for is not hidden"


def test_meanings_are_shown_in_the_language_of_the_page(signed_in: SignIn) -> None:
    browser = signed_in(Role.ANALYST)
    told = [
        ("/catalogo/", "Faturas (faturas).", "Invoices (faturas)."),
        ("/catalogo/", "mensal, inteira", "monthly, whole"),
        ("/catalogo/invoices/", "Faturas (faturas).", "Invoices (faturas)."),
        ("/catalogo/invoices/", "uma fatura", "one invoice"),
        ("/catalogo/invoices/", "pagamento; nulo quando não foi paga", "payment; null when unpaid"),
        ("/catalogo/invoices/", "mensal, inteira", "monthly, whole"),
        (
            "/catalogo/metrica/nrr/",
            load_dictionary().metrics["nrr"].definition,
            load_dictionary().metrics["nrr"].definition_en,
        ),
    ]
    for path, portuguese, english in told:
        page = browser.get(path).text
        assert portuguese in page, path
        assert english not in page, path
    browser.post("/preferencias/", {"language": "en"})
    for path, portuguese, english in told:
        page = browser.get(path).text
        assert english in page, path
        assert portuguese not in page, path


def test_tables_are_found_by_their_meaning_in_either_language(signed_in: SignIn) -> None:
    browser = signed_in(Role.ANALYST)
    for words in ("risco medio de cancelamento", "mean churn RISK"):
        names = [table.name for table in found(browser.get("/catalogo/", {"q": words}))]
        assert names == ["segment_catalogue"], words


def test_filters_keep_what_they_say(signed_in: SignIn) -> None:
    browser = signed_in(Role.ANALYST)
    page = browser.get("/catalogo/", {"personal": "personal"})
    assert {table.personal for table in found(page)} == {"personal"}
    assert "contacts" in page.text
    assert page.context["metrics"] == []
    raw = found(browser.get("/catalogo/", {"layer": "raw"}))
    assert {table.layer for table in raw} == {"raw"}


def test_a_table_tells_its_columns_and_only_analysts_get_the_profile(signed_in: SignIn) -> None:
    page = signed_in(Role.ANALYST).get("/catalogo/contacts/").text
    for words in ("email", "Pessoal", "contatos.csv", "/catalogo/contacts/perfil/"):
        assert words in page
    assert "/perfil/" not in signed_in(Role.ADMINISTRATOR).get("/catalogo/contacts/").text


@pytest.mark.parametrize(
    "path",
    [
        "/catalogo/nada/",
        "/catalogo/nada/linhagem/",
        "/catalogo/customers/linhagem/?coluna=nada",
        "/catalogo/metrica/x/",
    ],
)
def test_what_is_not_in_the_catalogue_is_not_found(signed_in: SignIn, path: str) -> None:
    assert signed_in(Role.ANALYST).get(path).status_code == 404


def test_a_lineage_is_shown_as_a_graph_and_as_a_table(signed_in: SignIn) -> None:
    page = signed_in(Role.ANALYST).get("/catalogo/metrica/health_score/")
    assert "?coluna=health" in page.text
    assert ("health_score", "metric", ["scores.health"]) in page.context["twin"]
    assert len(page.context["picture"].lines) == len(page.context["lineage"].edges)


def node(place: str, depth: int) -> LineageNode:
    table, _, column = place.partition(".")
    return LineageNode(id=place, kind="column" if column else "table", holder=table, name=column, depth=depth)


def test_boxes_stand_by_their_steps_and_never_on_one_another() -> None:
    before = [node(f"t{n % 3}.c{n}", -1) for n in range(40)]
    told = Lineage(
        start="a.x",
        nodes=(node("a.x", 0), *before, node("z", 1)),
        edges=(*((one.id, "a.x") for one in before), ("a.x", "z")),
    )
    drawn = picture(told)
    for depth, x in ((-1, 12), (0, 12 + WIDTH + 56), (1, 12 + 2 * (WIDTH + 56))):
        column = sorted((box for box in drawn.boxes if box.depth == depth), key=lambda box: box.y)
        assert {box.x for box in column} == {x}
        assert all(one.y + one.height < two.y for one, two in pairwise(column))
        assert all(box.y >= 0 and box.y + box.height <= drawn.height for box in column)
    [first] = [box for box in drawn.boxes if box.title == "t0"]
    assert len(first.rows) == 9
    assert "mais 6" in first.rows[-1].name
    [start] = [row for box in drawn.boxes for row in box.rows if row.current]
    assert start.name == "x"
