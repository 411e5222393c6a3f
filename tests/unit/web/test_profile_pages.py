"""The profile as a page: for analysts only, of tables with rows, never a personal value."""

from collections.abc import Callable

import pytest
from django.test import Client

from b2shift.web.accounts.roles import Role

SignIn = Callable[[Role], Client]
PART = {"HX-Request": "true"}
PAGES = ("/catalogo/customers/perfil/", "/catalogo/customers/perfil/relatorio.html")


@pytest.mark.parametrize("path", PAGES)
def test_only_analysts_see_how_values_are_spread(signed_in: SignIn, path: str) -> None:
    for role in Role:
        answer = signed_in(role).get(path)
        assert answer.status_code == (200 if role is Role.ANALYST else 403), role
        assert role is Role.ANALYST or "SAOPAULO" not in answer.text
    assert Client().get(path).status_code == 302


def test_the_page_comes_at_once_and_the_profile_follows(signed_in: SignIn) -> None:
    browser = signed_in(Role.ANALYST)
    page = browser.get(PAGES[0]).text
    assert 'hx-trigger="load"' in page
    assert "SAOPAULO" not in page
    part = browser.get(PAGES[0], headers=PART)
    assert "<html" not in part.text
    assert part.context["profile"].rows == 60
    assert "SAOPAULO" in part.text
    assert "sem versão anterior" in part.text
    assert "SAOPAULO" in browser.get(f"{PAGES[0]}?inteiro").text


def test_personal_values_are_on_no_page_and_in_no_report(signed_in: SignIn) -> None:
    browser = signed_in(Role.ANALYST)
    part = browser.get("/catalogo/contacts/perfil/", headers=PART)
    report = browser.get("/catalogo/contacts/perfil/relatorio.html")
    assert report.headers["Content-Disposition"] == 'attachment; filename="perfil-contacts.html"'
    for told in (part.text, report.text):
        assert "contact_id" in told
        assert "Maria" not in told
        assert "segredo.example" not in told
    assert part.context["personal"] > 3


def test_meanings_are_shown_in_the_language_of_the_page_and_the_report_in_portuguese(signed_in: SignIn) -> None:
    browser = signed_in(Role.ANALYST)
    table, column = "O registro único de cada cliente", "nome fantasia"
    page, part = browser.get(PAGES[0]).text, browser.get(PAGES[0], headers=PART).text
    assert table in page
    assert column in part
    browser.post("/preferencias/", {"language": "en"})
    page, part = browser.get(PAGES[0]).text, browser.get(PAGES[0], headers=PART).text
    assert "Golden record of every customer" in page
    assert "trade name (nome fantasia)" in part
    report = browser.get(PAGES[1]).text
    assert table in report
    assert "trade name" not in report


@pytest.mark.parametrize("name", ["nada", "prospects", "rejects", "repairs"])
def test_without_rows_or_of_what_was_delivered_there_is_no_profile(signed_in: SignIn, name: str) -> None:
    for path in (f"/catalogo/{name}/perfil/", f"/catalogo/{name}/perfil/relatorio.html"):
        assert signed_in(Role.ANALYST).get(path).status_code == 404


def test_columns_that_go_together_are_drawn(signed_in: SignIn) -> None:
    told = signed_in(Role.ANALYST).get(PAGES[0], headers=PART).context
    heat = told["heat"]
    strongest = max(row[2] for row in heat.table.rows if row[0] != row[1])
    assert strongest == abs(told["profile"].relations[0].strength)


def test_yes_no_and_figures_of_the_pictures_are_english_on_english_pages(signed_in: SignIn) -> None:
    browser = signed_in(Role.ANALYST)
    portuguese = browser.get(PAGES[0], headers=PART).text
    assert ">sim " in portuguese or ">não " in portuguese
    browser.post("/preferencias/", {"language": "en"})
    part = browser.get(PAGES[0], headers=PART).text
    assert ">yes " in part or ">no " in part
    for told in (">sim ", ">não ", "Valores mais", "Histograma", ">De "):
        assert told in portuguese
        assert told not in part
