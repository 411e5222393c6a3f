"""What is still to do for a declared source stays on its pages until it is loaded."""

import html
import re
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client
from tests.unit.web.test_sources_pages import INVOICES, as_shown, send, table

from b2shift.identify.api import drop_at, ingest
from b2shift.lake.api import writing
from b2shift.web.accounts.roles import Role

SignIn = Callable[[Role], Client]


@pytest.fixture
def home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A home whose path a shell would take for two words."""
    home = tmp_path / "a casa"
    home.mkdir()
    monkeypatch.setattr(settings, "HOME", home)
    return home


@pytest.fixture
def browser(signed_in: SignIn, home: Path) -> Client:
    """An analyst who declared a source in the wizard."""
    browser = signed_in(Role.ANALYST)
    address = send(browser, table("invoices.csv", INVOICES.content()))
    form = as_shown(browser, address) | {"0-files": "invoices*.csv"}
    assert browser.post(address, form | {"do": "save"}).headers["Location"] == "/fontes/"
    return browser


def load(home: Path) -> None:
    with writing(home) as session:
        ingest(session, drop_at(str(home / "inbox")))
        session.commit(date(2025, 3, 31))


def test_what_to_do_next_stays_on_the_page(browser: Client, home: Path) -> None:
    for address in ("/fontes/", "/fontes/", "/fontes/invoices/"):
        page = browser.get(address)
        assert "Falta carregar" in page.text
        assert "invoices.csv</span> espera na pasta" in page.text
        command = html.unescape(re.sub(r"</?span[^>]*>", "", page.text))
        assert f">b2shift run '{home}/inbox' --home '{home}'</code>" in command
    assert "Falta carregar" not in browser.get("/fontes/tickets/").text


def test_what_was_loaded_is_no_longer_asked_for(browser: Client, home: Path) -> None:
    load(home)
    browser.get("/fontes/")
    assert "Falta carregar" not in browser.get("/fontes/").text
    page = browser.get("/fontes/invoices/").text
    assert "Como carregar de novo" in page
    assert 'os próximos arquivos se chamam <span class="data-value">invoices*.csv' in page


def test_a_newer_file_and_a_changed_declaration_are_told(browser: Client, home: Path) -> None:
    load(home)
    text = browser.get("/fontes/invoices/editar/").context["shown"]
    browser.post("/fontes/invoices/editar/", {"text": text.replace("owner: ", "owner: Vendas e "), "shown": text})
    assert "a declaração mudou depois da última carga" in browser.get("/fontes/").text
    (home / "inbox" / "invoices_2.csv").write_bytes(INVOICES.content())
    page = browser.get("/fontes/").text
    assert "invoices_2.csv</span> espera na pasta" in page
    assert "invoices.csv, " not in page


def test_a_source_without_a_file_says_which_it_waits_for(browser: Client, home: Path) -> None:
    (home / "inbox" / "invoices.csv").unlink()
    assert 'falta um arquivo chamado <span class="data-value">invoices*.csv' in browser.get("/fontes/").text
