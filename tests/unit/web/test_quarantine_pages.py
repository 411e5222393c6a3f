"""Loads in quarantine on the quality page: who sees them, who lets one in, and what stays of it."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.test import Client
from tests.unit.identify.sources.small import TICKETS, deliver, write_small
from tests.unit.identify.test_rules import MANY

from b2shift.identify.api import loads_in_quarantine, release_load
from b2shift.lake.api import Lake, open_lake
from b2shift.web.accounts.roles import Role
from b2shift.web.console.quality import quarantine
from b2shift.web.ledger.models import AuditEvent

SignIn = Callable[[Role], Client]
ASKED = {"source": "tickets", "answer": "release", "reason": "a base encolheu mesmo"}


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home whose newest tickets are in quarantine; that part of the page reads it."""
    for name, tickets in (("a", MANY), ("b", TICKETS)):
        deliver(tmp_path / "home", write_small(tmp_path / name, tickets=tickets))
    monkeypatch.setattr(quarantine, "settings", SimpleNamespace(HOME=tmp_path / "home"))
    monkeypatch.setattr(quarantine, "lake", lambda: open_lake(tmp_path / "home"))
    return tmp_path / "home"


def opened(home: Path) -> Lake:
    return open_lake(home)


def test_only_analysts_let_a_load_in_and_a_refusal_does_nothing(signed_in: SignIn, home: Path) -> None:
    for role in Role:
        if role is not Role.ANALYST:
            assert signed_in(role).post("/qualidade/quarentena/", ASKED).status_code == 403, role
    assert Client().post("/qualidade/quarentena/", ASKED).status_code == 302
    assert signed_in(Role.ANALYST).get("/qualidade/quarentena/").status_code == 405
    assert loads_in_quarantine(opened(home), home)[0].release is None
    assert not AuditEvent.objects.filter(action=AuditEvent.Action.LOAD_RELEASED).exists()


def test_a_load_is_let_in_with_a_reason_that_stays(signed_in: SignIn, home: Path) -> None:
    browser = signed_in(Role.ANALYST)
    assert "linhas contra a carga anterior: 20% (mínimo 80%)" in browser.get("/qualidade/").text
    answer = browser.post("/qualidade/quarentena/", ASKED, follow=True)
    assert "A próxima execução desta entrega a carrega" in answer.text
    [waiting] = loads_in_quarantine(opened(home), home)
    assert waiting.release is not None
    event = AuditEvent.objects.get(action=AuditEvent.Action.LOAD_RELEASED)
    assert (event.object_id, event.purpose, event.details["released"]) == ("tickets", "a base encolheu mesmo", True)
    browser.post("/qualidade/quarentena/", ASKED | {"answer": "hold"})
    assert loads_in_quarantine(opened(home), home)[0].release is None
    assert AuditEvent.objects.filter(action=AuditEvent.Action.LOAD_RELEASED).count() == 2


@pytest.mark.parametrize(
    "wrong", [{"answer": "talvez"}, {"reason": " "}, {"source": "mrr"}, {"answer": "hold"}], ids=str
)
def test_a_wrong_answer_is_refused_and_leaves_nothing(signed_in: SignIn, home: Path, wrong: dict[str, str]) -> None:
    assert signed_in(Role.ANALYST).post("/qualidade/quarentena/", ASKED | wrong).status_code in (302, 400)
    assert loads_in_quarantine(opened(home), home)[0].release is None
    assert not AuditEvent.objects.filter(action=AuditEvent.Action.LOAD_RELEASED).exists()


def test_a_reason_of_blanks_is_asked_again_where_it_is_written(signed_in: SignIn, home: Path) -> None:
    page = signed_in(Role.ANALYST).post("/qualidade/quarentena/", ASKED | {"reason": "   "}, follow=True)
    assert page.redirect_chain == [("/qualidade/", 302)]
    assert "Escreva o motivo em 3 a 500 caracteres" in page.text
    assert 'name="reason"' in page.text


def test_who_may_not_decide_sees_what_waits_and_what_was_decided(signed_in: SignIn, home: Path) -> None:
    page = signed_in(Role.ADMINISTRATOR).get("/qualidade/").text
    assert "À espera de uma pessoa que cuida dos dados" in page
    assert "/qualidade/quarentena/" not in page
    at = datetime(2025, 4, 1, tzinfo=UTC)
    release_load(opened(home), home, "tickets", reason="conferido com o suporte", by="ana@empresa.example", at=at)
    assert (
        "Liberada por ••• em 01/04/2025: conferido com o suporte"
        in signed_in(Role.ADMINISTRATOR).get("/qualidade/").text
    )
