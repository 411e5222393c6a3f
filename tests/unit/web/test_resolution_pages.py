"""Companies that repeat, as pages: who may, the answers that are kept, and that nothing happens to who may not."""

from collections.abc import Callable
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client
from tests.unit.identify.resolution.population import resolved

from b2shift.identify.api import MergedPage, merged_companies
from b2shift.lake.api import Lake
from b2shift.web.accounts.roles import Role
from b2shift.web.console.resolution import prospects, views
from b2shift.web.crm import similar_companies

SignIn = Callable[[Role], Client]
PAGE = "/empresas-repetidas/"


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Lake]:
    home = tmp_path_factory.mktemp("repeated")
    return home, resolved(home)


@pytest.fixture
def home(base: tuple[Path, Lake], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """The answers go to a home of their own; the lake is read where it is."""
    monkeypatch.setattr(settings, "HOME", tmp_path)
    for reader in (views, similar_companies):
        monkeypatch.setattr(reader, "lake", lambda: base[1])
    return tmp_path


def journal(home: Path) -> str:
    path = home / "decisions" / "companies.jsonl"
    return path.read_text() if path.exists() else ""


@pytest.mark.parametrize("path", ["", "?ver=decididas", "?ver=unidas", "parecidas/?name=x", "empresa/C00007/"])
def test_only_analysts_enter(signed_in: SignIn, home: Path, path: str) -> None:
    for role in Role:
        assert signed_in(role).get(PAGE + path).status_code == (200 if role is Role.ANALYST else 403), role
    assert Client().get(PAGE + path).status_code == 302
    assert PAGE in signed_in(Role.ANALYST).get("/").text
    assert PAGE not in signed_in(Role.EXECUTOR).get("/").text


def test_answers_are_kept_for_analysts_only(signed_in: SignIn, home: Path) -> None:
    told = {"prospect_id": "P90002", "same_as": "C00007", "answer": "rejected"}
    parted = {"entity": "P00300", "prospect": "P90000"}
    for role in set(Role) - {Role.ANALYST}:
        assert signed_in(role).post(f"{PAGE}resposta/", told).status_code == 403, role
        assert signed_in(role).post(f"{PAGE}separar/", parted).status_code == 403, role
    assert journal(home) == ""
    browser = signed_in(Role.ANALYST)
    assert browser.get(f"{PAGE}resposta/").status_code == 405
    assert browser.post(f"{PAGE}resposta/", told).status_code == 302
    assert browser.post(f"{PAGE}separar/", parted).status_code == 302
    assert journal(home).count("analyst@empresa.example") == 2
    decided = browser.get(f"{PAGE}?ver=decididas")
    page = decided.text
    (pair, _reasons), *_others = decided.context["pairs"]
    assert f"{pair.one.name} <span" in page.replace("\n", ""), "a pair is called by its names"
    assert "São empresas diferentes" in page
    assert "a próxima execução aplica" in page
    assert browser.post(f"{PAGE}resposta/", told | {"answer": "open"}).status_code == 302
    assert browser.get(f"{PAGE}?ver=decididas").context["total"] == 1


@pytest.mark.parametrize(
    ("path", "told"),
    [
        ("resposta/", {"prospect_id": "P90002", "same_as": "C00007", "answer": "talvez"}),
        ("resposta/", {"prospect_id": "P90002", "answer": "accepted"}),
        ("resposta/", {"prospect_id": "P90002", "same_as": "C99999", "answer": "accepted"}),
        ("separar/", {"entity": "C00007"}),
        ("separar/", {"entity": "C00007", "prospect": "P90000"}),
    ],
)
def test_an_answer_to_nothing_is_refused(signed_in: SignIn, home: Path, path: str, told: dict[str, str]) -> None:
    assert signed_in(Role.ANALYST).post(PAGE + path, told).status_code == 400
    assert journal(home) == ""


def test_a_company_states_why_it_is_one(signed_in: SignIn, home: Path) -> None:
    page = signed_in(Role.ANALYST).get(f"{PAGE}empresa/C00007/").text
    for words in (
        "P90002",
        "Forma jurídica",
        "Ponto de partida",
        "a mesma empresa",
        "São diferentes",
        "<td>Varejo</td>",
    ):
        assert words in page


def test_what_is_typed_finds_what_there_is(signed_in: SignIn, home: Path, base: tuple[Path, Lake]) -> None:
    [known] = base[1].query("SELECT name FROM customers WHERE customer_id = 'C00020'").to_pylist()
    browser = signed_in(Role.ANALYST)
    assert "C00020" in browser.get(f"{PAGE}parecidas/", {"name": known["name"].upper()}).text
    assert "Nenhuma empresa conhecida" in browser.get(f"{PAGE}parecidas/", {"name": "Zzyzx Quuxly"}).text
    assert browser.get(f"{PAGE}parecidas/").text.strip() == ""


@pytest.mark.parametrize("query", ["?ver=nada", "?cursor=0", "?cursor=x"])
def test_a_list_that_does_not_exist_is_refused(signed_in: SignIn, home: Path, query: str) -> None:
    assert signed_in(Role.ANALYST).get(PAGE + query).status_code == 400


def test_new_companies_are_no_customers_and_told_once(
    signed_in: SignIn, base: tuple[Path, Lake], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(prospects, "lake", lambda: base[1])
    page = signed_in(Role.ANALYST).get("/prospects/")
    companies = [one for one, _owner in page.context["rows"]]
    assert page.context["total"] == 100
    assert not {"P90000", "P90001", "P90002", "P90003"} & {one.entity for one in companies}
    assert {one.records for one in companies} <= {1, 2}


def test_a_customers_prospects_are_told_to_who_follows_it(
    signed_in: SignIn, home: Path, base: tuple[Path, Lake], monkeypatch: pytest.MonkeyPatch
) -> None:
    known = merged_companies(base[1], limit=1, customer="C00007")

    def merged(lake: Lake, *, limit: int, customer: str) -> MergedPage:
        return known if customer in ("10000", "10001") else MergedPage(companies=(), total=0)

    monkeypatch.setattr(views, "merged_companies", merged)
    told = signed_in(Role.ANALYST).get(f"{PAGE}cliente/10000/").text
    assert "P90002" in told
    assert "/empresa/C00007/" in told
    seller = signed_in(Role.EXECUTOR)
    own = seller.get(f"{PAGE}cliente/10000/").text
    assert "P90002" in own
    assert "/empresa/" not in own
    assert seller.get(f"{PAGE}cliente/10001/").status_code == 404
    assert signed_in(Role.ADMINISTRATOR).get(f"{PAGE}cliente/10000/").status_code == 403
    assert signed_in(Role.ANALYST).get(f"{PAGE}cliente/10002/").text.strip() == ""
