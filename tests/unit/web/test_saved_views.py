"""A person's own views of the list: what they keep, whose they are, and that every change can be taken back."""

import re
from collections.abc import Callable
from datetime import timedelta
from html import unescape
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from b2shift.web.accounts.models import SavedView, User
from b2shift.web.accounts.roles import Role
from b2shift.web.console.customers import columns
from b2shift.web.console.customers.saved import MOST_VIEWS
from b2shift.web.crm.models import Customer

pytestmark = pytest.mark.records

SignIn = Callable[[Role], Client]
SEES = (Role.EXECUTIVE, Role.MARKETING, Role.ANALYST, Role.MANAGER, Role.EXECUTOR)
WAYS = ("", "nome/", "abrir-primeiro/", "apagar/")


def heads(page: str) -> list[str]:
    """The headings of the list, in order."""
    told = re.search(r"<thead>(.*?)</thead>", page, re.DOTALL)
    assert told
    return [re.sub(r"<[^>]+>|\s{2,}", "", one).strip() for one in re.findall(r"<th.*?</th>", told[1], re.DOTALL)]


def tabs(page: str) -> dict[str, bool]:
    """The own views offered, and whether each is the current one."""
    found = re.findall(r'<a href="/clientes/recortes/(\d+)/"\s*(aria-current)?', page)
    return {SavedView.objects.get(pk=key).name: bool(current) for key, current in found}


def way_back(page: str) -> str:
    """The address of the undo that the page offers."""
    told = re.search(r'action="(/clientes/recortes/desfazer/[^"]+)"', page)
    assert told
    return unescape(told[1])


def states() -> list[dict[str, Any]]:
    """Everything kept of every view."""
    return list(SavedView.objects.order_by("pk").values())


@pytest.fixture
def kept(signed_in: SignIn) -> tuple[Client, SavedView]:
    """The analyst's browser with one view saved through the pages."""
    browser = signed_in(Role.ANALYST)
    browser.post("/clientes/colunas/", {"columns": ["cnpj", "mrr", "health"]})
    browser.post(
        "/clientes/recortes/?churn_band=alto&q=padaria&sort=-health&cursor=", {"name": "  Padarias  em risco "}
    )
    return browser, SavedView.objects.get()


def test_a_view_keeps_filters_sort_and_columns_in_their_order(kept: tuple[Client, SavedView]) -> None:
    browser, view = kept
    assert view.name == "Padarias em risco"
    assert view.asks == {"q": "padaria", "churn_band": "alto", "sort": "-health"}
    assert view.columns == "cnpj.mrr.health"
    browser.post("/clientes/colunas/", {"usual": "1"})
    answer = browser.get(f"/clientes/recortes/{view.pk}/")
    assert parse_qs(urlsplit(answer.url).query) == {"q": ["padaria"], "churn_band": ["alto"], "sort": ["-health"]}
    page = browser.get(answer.url).text
    assert heads(page) == ["Cliente", "CNPJ", "MRR", "Saúde"]
    assert tabs(page) == {"Padarias em risco": True}
    part = browser.get(answer.url, headers={"HX-Request": "true"}).text
    assert part.count('aria-current="page"') == 1, "of the ready views and the own ones"
    assert tabs(browser.get("/clientes/?sort=name").text) == {"Padarias em risco": False}
    browser.post("/clientes/colunas/", {"columns": ["mrr", "cnpj", "health"]})
    assert tabs(browser.get(answer.url).text) == {"Padarias em risco": False}, "another order of columns"


def test_a_name_one_has_is_kept_anew_and_that_can_be_taken_back(kept: tuple[Client, SavedView]) -> None:
    browser, view = kept
    browser.post("/clientes/recortes/?state=PR&sort=name", {"name": "Padarias em risco"})
    assert SavedView.objects.get().asks == {"state": "PR", "sort": "name"}
    page = browser.get("/clientes/?sort=name").text
    assert "Recorte Padarias em risco atualizado." in page
    browser.post(way_back(page))
    assert states() == [SavedView.objects.filter(pk=view.pk).values().get()]
    assert SavedView.objects.get().asks == view.asks


def test_a_view_is_renamed_and_called_as_before(kept: tuple[Client, SavedView]) -> None:
    browser, view = kept
    browser.post(f"/clientes/recortes/{view.pk}/nome/?sort=name", {"name": "Outras"})
    assert SavedView.objects.get().name == "Outras"
    answer = browser.post(way_back(browser.get("/clientes/?sort=name").text))
    assert answer.url.startswith("/clientes/?")
    assert SavedView.objects.get().name == "Padarias em risco"


def test_a_deleted_view_comes_back_whole(kept: tuple[Client, SavedView]) -> None:
    browser, view = kept
    browser.post(f"/clientes/recortes/{view.pk}/abrir-primeiro/", {"wanted": "1"})
    browser.get("/clientes/?sort=name")
    before = states()
    answer = browser.post(f"/clientes/recortes/{view.pk}/apagar/?sort=name")
    assert answer.url == "/clientes/?sort=name"
    assert states() == []
    page = browser.get(answer.url).text
    assert "Recorte Padarias em risco apagado." in page
    assert 'aria-keyshortcuts="Z"' in page
    undo = way_back(page)
    restored = browser.post(undo)
    assert states() == before
    assert heads(browser.get(restored.url).text) == ["Cliente", "CNPJ", "MRR", "Saúde"]
    browser.post(undo)
    assert states() == before, "twice is once"


def test_the_list_opens_with_the_view_chosen_for_it(kept: tuple[Client, SavedView]) -> None:
    browser, view = kept
    assert browser.get("/clientes/").status_code == 200
    browser.post("/clientes/recortes/?state=PR&sort=name", {"name": "Paraná"})
    other = SavedView.objects.get(name="Paraná")
    for key in (view.pk, other.pk):
        browser.post(f"/clientes/recortes/{key}/abrir-primeiro/", {"wanted": "1"})
    assert list(SavedView.objects.filter(opens_first=True)) == [other]
    assert browser.get("/clientes/").url == "/clientes/?sort=name&state=PR"
    assert browser.get("/clientes/?churn_band=alto").status_code == 200, "an address that asks is answered"
    assert browser.get("/clientes/", headers={"HX-Request": "true"}).status_code == 200
    assert '<a href="/clientes/?sort=-mrr"' in browser.get("/clientes/?sort=-mrr").text, "everybody: one click away"
    browser.post(f"/clientes/recortes/{view.pk}/abrir-primeiro/", {"wanted": "1"})
    browser.get("/clientes/?sort=-mrr")
    browser.post(f"/clientes/recortes/{other.pk}/abrir-primeiro/", {"wanted": "1"})
    browser.post(way_back(browser.get("/clientes/?sort=-mrr").text))
    assert list(SavedView.objects.filter(opens_first=True)) == [view], "the undo gives the first place back"
    browser.post(f"/clientes/recortes/{view.pk}/abrir-primeiro/", {"wanted": "0"})
    assert not SavedView.objects.filter(opens_first=True).exists()
    assert browser.get("/clientes/").status_code == 200


@pytest.mark.parametrize("role", SEES)
def test_another_persons_view_does_not_exist(
    kept: tuple[Client, SavedView], signed_in: SignIn, people: dict[Role, User], role: Role
) -> None:
    _browser, view = kept
    if role is Role.ANALYST:
        other = Client()
        other.force_login(User.objects.create_user("a2@empresa.example", "x" * 12, name="A", role=role))
    else:
        other = signed_in(role)
    before = states()
    unknown = view.pk + 1000
    for way in WAYS:
        ask = other.get if way == "" else other.post
        answers = [
            ask(f"/clientes/recortes/{key}/{way}", {"name": "Minha", "wanted": "1"}) for key in (view.pk, unknown)
        ]
        assert [answer.status_code for answer in answers] == [404, 404]
        assert "Padarias" not in answers[0].text
        assert columns.COOKIE not in answers[0].cookies
    assert states() == before
    assert "Padarias" not in other.get("/clientes/").text
    other.post("/clientes/recortes/?sort=name", {"name": "Padarias em risco"})
    assert [one for one in states() if one["id"] == view.pk] == before


def test_nobody_takes_back_for_another(kept: tuple[Client, SavedView], signed_in: SignIn) -> None:
    browser, view = kept
    browser.post(f"/clientes/recortes/{view.pk}/apagar/?sort=name")
    undo = way_back(browser.get("/clientes/?sort=name").text)
    assert signed_in(Role.MANAGER).post(undo).status_code == 404
    assert states() == []
    for wrong in ("/clientes/recortes/desfazer/", undo[:-3], "/clientes/recortes/desfazer/?antes=x"):
        assert browser.post(wrong).status_code == 400
    with time_machine.travel(timezone.now() + timedelta(hours=2)):
        assert browser.post(undo).status_code == 400
    assert states() == []


def test_who_sees_no_customers_keeps_no_views(signed_in: SignIn) -> None:
    for browser, refused in ((signed_in(Role.ADMINISTRATOR), 403), (Client(), 302)):
        assert browser.post("/clientes/recortes/", {"name": "X"}).status_code == refused
    assert signed_in(Role.ANALYST).get("/clientes/recortes/").status_code == 405
    assert states() == []


@pytest.mark.parametrize("name", ["", "   ", "x" * 61, "\x00"])
def test_a_view_needs_a_name(kept: tuple[Client, SavedView], name: str) -> None:
    browser, view = kept
    before = states()
    for url in ("/clientes/recortes/?sort=name", f"/clientes/recortes/{view.pk}/nome/"):
        answer = browser.post(url, {"name": name})
        assert answer.status_code == 400
        assert "precisa de um nome" in answer.text
    assert states() == before


def test_two_views_do_not_share_a_name(kept: tuple[Client, SavedView]) -> None:
    browser, view = kept
    browser.post("/clientes/recortes/?sort=name", {"name": "Outra"})
    assert browser.post(f"/clientes/recortes/{view.pk}/nome/", {"name": "Outra"}).status_code == 400
    browser.post(f"/clientes/recortes/{view.pk}/apagar/?sort=name")
    undo = way_back(browser.get("/clientes/?sort=name").text)
    browser.post("/clientes/recortes/?sort=name", {"name": "Padarias em risco"})
    assert browser.post(undo).status_code == 400
    assert [one["asks"] for one in states()] == [{"sort": "name"}] * 2


def test_there_is_an_end_to_them(kept: tuple[Client, SavedView], people: dict[Role, User]) -> None:
    browser, view = kept
    owner = people[Role.ANALYST]
    SavedView.objects.bulk_create(SavedView(owner=owner, name=f"r{n}") for n in range(MOST_VIEWS - 1))
    assert browser.post("/clientes/recortes/?sort=name", {"name": "mais um"}).status_code == 400
    assert browser.post("/clientes/recortes/?sort=name", {"name": view.name}).status_code == 302, "one there is"
    assert owner.saved_views.count() == MOST_VIEWS


def test_filters_that_cannot_be_read_are_not_kept(signed_in: SignIn) -> None:
    browser = signed_in(Role.ANALYST)
    assert browser.post("/clientes/recortes/?mrr_min=muito", {"name": "X"}).status_code == 400
    assert browser.post("/clientes/recortes/?sort=cor", {"name": "X"}).status_code == 400
    assert states() == []


def test_a_view_shows_each_person_only_their_customers(signed_in: SignIn) -> None:
    browser = signed_in(Role.EXECUTOR)
    browser.post("/clientes/recortes/?owner=U0003&sort=name", {"name": "Do colega"})
    page = browser.get(browser.get(f"/clientes/recortes/{SavedView.objects.get().pk}/").url).text
    assert Customer.objects.filter(owner="U0003").exists()
    assert "data-row-link" not in page


# ------------------------------------------------------------------ order of columns


def test_columns_move_one_place_and_the_menu_stays(signed_in: SignIn) -> None:
    browser = signed_in(Role.ANALYST)
    told = ["cnpj", "mrr", "health"]
    answer = browser.post(
        "/clientes/colunas/?sort=name", {"columns": told, "move": "health:up"}, headers={"HX-Request": "true"}
    )
    assert heads(answer.text) == ["Cliente", "CNPJ", "Saúde", "MRR"]
    assert re.search(r'<details class="menu-box"\s+data-menu\s+open', answer.text)
    assert 'id="earlier-health"' in answer.text
    assert heads(browser.get("/clientes/?sort=name").text) == ["Cliente", "CNPJ", "Saúde", "MRR"]
    shown = browser.post("/clientes/colunas/", {"columns": told}, headers={"HX-Request": "true"}).text
    assert heads(shown) == ["Cliente", "CNPJ", "MRR", "Saúde"]
    assert not re.search(r"data-menu\s+open", shown)


@pytest.mark.parametrize(
    ("name", "step", "told"),
    [("b", -1, "bac"), ("b", 1, "acb"), ("a", -1, "abc"), ("c", 1, "abc"), ("z", 1, "abc"), ("", 1, "abc")],
)
def test_a_column_at_an_end_stays(name: str, step: int, told: str) -> None:
    assert columns.moved(["a", "b", "c"], name, step) == list(told)


def test_the_file_has_the_columns_in_their_order(signed_in: SignIn) -> None:
    browser = signed_in(Role.ANALYST)
    browser.post("/clientes/colunas/", {"columns": ["health", "cnpj", "mrr", "cnpj"]})
    text = b"".join(browser.post("/clientes/exportar/?sort=name").streaming_content).decode("utf-8-sig")
    assert text.splitlines()[0] == "Código;Cliente;Saúde;CNPJ;MRR"
