"""Templates on pages: unknown fields are refused with near names, one sees how it arrives, versions come back."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from tests.unit.web.outreach.world import CUSTOMER

from b2shift.interact.api import templates_in_force, templates_number
from b2shift.interact.contracts import Kind
from b2shift.web.accounts.roles import Role
from b2shift.web.crm.models import Proposal
from b2shift.web.ledger.models import AuditEvent
from b2shift.web.outreach import content

pytestmark = pytest.mark.records
SignedIn = Callable[[Role], Client]
PAGE = "/modelos-de-mensagem/educacao/"


@pytest.fixture(autouse=True)
def own_templates(published: Any) -> Iterator[None]:
    """The home of all tests is left without templates of its own."""
    yield
    shutil.rmtree(Path(settings.HOME) / "templates", ignore_errors=True)


def form(**over: str) -> dict[str, str]:
    one = next(one for one in templates_in_force(Path(settings.HOME)) if one.kind is Kind.EDUCACAO)
    told = {name: getattr(one, name) or "" for name in ("name", "subject", "text", "short", "whatsapp")}
    return told | {"number": str(templates_number(Path(settings.HOME))), "customer": CUSTOMER} | over


def test_a_field_there_is_not_is_refused_where_it_stands(signed_in: SignedIn) -> None:
    answer = signed_in(Role.MARKETING).post(PAGE, form(short="Olá {pesoa}", whatsapp="Com Espaço", keep="1"))
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "Quis dizer pessoa" in page
    assert "como o WhatsApp o conhece" in page
    assert templates_number(Path(settings.HOME)) == 0


def test_one_sees_how_it_arrives_before_it_is_in_force(signed_in: SignedIn) -> None:
    browser = signed_in(Role.MANAGER)
    browser.post("/unidade/", {"unit": ""})
    assert browser.get(PAGE).status_code == 403, "who reads the rules does not write them"
    marketing = signed_in(Role.MARKETING)
    page = marketing.post(PAGE, form(text="Veja isto, {pessoa}:\n\n{mensagem}", customer="", look="1")).content.decode()
    assert "Veja isto, " in page
    assert page.count("Veja isto, ") == 3, "the form, the letter and its plain twin"
    assert "SMS" in page
    assert AuditEvent.objects.filter(action="personal_read").exists()
    assert templates_number(Path(settings.HOME)) == 0
    unknown = marketing.post(PAGE, form(customer="999999", look="1")).content.decode()
    assert "que você acompanha" in unknown


def test_versions_are_kept_compared_and_put_back(signed_in: SignedIn) -> None:
    browser, home = signed_in(Role.MARKETING), Path(settings.HOME)
    first = browser.post(PAGE, form(subject="{cliente}: leia", keep="1"))
    assert first["Location"] == "/modelos-de-mensagem/"
    second = form(subject="{cliente}: leia já", keep="1")
    browser.post(PAGE, second)
    assert templates_number(home) == 2
    late = browser.post(PAGE, form(subject="Outro", number="1", keep="1"))
    assert (late.status_code, "Outra pessoa salvou" in late.content.decode()) == (422, True)
    page = browser.get("/modelos-de-mensagem/versoes/").content.decode()
    assert "educacao, subject: - {cliente}: leia" in page
    assert "educacao, subject: + {cliente}: leia já" in page
    assert "leia já" in browser.get("/modelos-de-mensagem/").content.decode()
    proposal = Proposal(kind="educacao")
    assert content.template_of(proposal).subject == "{cliente}: leia já", "contacts are written with it"
    browser.post("/modelos-de-mensagem/versoes/1/")
    assert content.template_of(proposal).subject == "{cliente}: leia"
    browser.post("/modelos-de-mensagem/versoes/0/")
    assert "dica" in content.template_of(proposal).subject
    assert browser.post("/modelos-de-mensagem/versoes/9/").status_code == 404
    told = AuditEvent.objects.filter(object_kind="templates").values_list("details__what", flat=True)
    assert sorted(told) == ["kept", "kept", "restored", "restored"]


def test_nothing_new_is_no_version_and_a_kind_there_is_not_is_not_found(signed_in: SignedIn) -> None:
    browser = signed_in(Role.MARKETING)
    browser.post(PAGE, form(keep="1"))
    assert templates_number(Path(settings.HOME)) == 0
    assert browser.get("/modelos-de-mensagem/nada/").status_code == 404
    assert "Editar" not in signed_in(Role.EXECUTOR).get("/modelos-de-mensagem/").content.decode()
