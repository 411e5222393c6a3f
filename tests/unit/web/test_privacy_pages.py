"""The pages of privacy: only who looks after it enters; reads, exports and requests leave their line."""

import io
import json
import re
import shutil
import zipfile
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from tests.unit.web import factory

from b2shift.interact.contracts import Effect, Stage
from b2shift.lake.api import writing
from b2shift.web.accounts.models import User
from b2shift.web.accounts.roles import Role
from b2shift.web.console.templatetags.formats import stored
from b2shift.web.crm.models import Publication
from b2shift.web.ledger.models import AuditEvent
from b2shift.web.outbox import gate
from b2shift.web.outbox.models import Message, Permission
from b2shift.web.privacy.models import RightsRequest

pytestmark = pytest.mark.records
SignIn = Callable[[Role], Client]
People = dict[Role, User]
PAGES = (
    "/lgpd/", "/lgpd/titulares/", "/lgpd/titulares/contacts/k6/", "/lgpd/titulares/contacts/k6/previa/",
    "/lgpd/pedidos/", "/lgpd/operacoes/", "/lgpd/operacoes/exportar/", "/lgpd/leituras/",
)  # fmt: skip
DEEDS = (
    "/lgpd/titulares/contacts/k6/exportar/", "/lgpd/titulares/contacts/k6/apagar/", "/lgpd/prazos/",
    "/lgpd/pedidos/2026-000001/assumir/", "/lgpd/pedidos/2026-000001/responder/",
)  # fmt: skip
AUTOMATIC = Effect.model_validate({
    "customer_id": "10006", "person_id": "k6", "channel": "in_app", "kind": "educacao", "group": "mensagens",
    "unit": "totvs_gestao", "proposer": "regua",
})  # fmt: skip
REQUEST = {"kind": "revisao", "requester": "Maria, por e-mail", "customer": "10006", "told": "por que recebi isto?"}


def refused() -> set[str]:
    """Why an automatic contact may not be queued now."""
    return {one.code for one in gate.judge_now(AUTOMATIC, Stage.FILA, timezone.now()).refusals}


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.ADMINISTRATOR])
def test_nobody_else_enters_or_does_anything(signed_in: SignIn, role: Role) -> None:
    browser = signed_in(role)
    assert {browser.get(page).status_code for page in PAGES} == {403}
    assert {browser.post(deed, {"confirm": "k6", "reason": "pedido 1"}).status_code for deed in DEEDS} == {403}
    assert not AuditEvent.objects.exists()
    assert not RightsRequest.objects.exists()


def test_one_opposition_is_shown_as_one_and_two_as_two(signed_in: SignIn) -> None:
    for customer, told in (("10006", "1 oposição em vigor ou passada"), ("10007", "2 oposições em vigor ou passadas")):
        Permission.objects.create(
            customer_id=customer, person_id="k6", channel="email", purpose="campanha", given=False, origin="telefone",
            at=timezone.now(), by="ana@empresa.example",
        )  # fmt: skip
        assert told in signed_in(Role.ADMINISTRATOR).get("/lgpd/").content.decode()


def test_every_page_opens(signed_in: SignIn) -> None:
    browser = signed_in(Role.ADMINISTRATOR)
    assert {page: browser.get(page).status_code for page in PAGES} == dict.fromkeys(PAGES, 200)
    assert "Legítimo interesse" in browser.get("/lgpd/operacoes/").content.decode()
    told = json.loads(browser.get("/lgpd/operacoes/exportar/?formato=json").content)
    assert {"purpose", "fields", "subjects", "files"} == set(told[0])


def test_a_person_is_found_without_the_address_saying_whom_one_looked_for(signed_in: SignIn) -> None:
    browser = signed_in(Role.ADMINISTRATOR)
    found = browser.post("/lgpd/titulares/", {"q": "PESSOA6@"}).content.decode()
    assert "/lgpd/titulares/contacts/k6/" in found
    assert "ao menos três sinais" in browser.post("/lgpd/titulares/", {"q": "a"}).content.decode()
    assert "Ninguém encontrado" in browser.post("/lgpd/titulares/", {"q": "zzzzz"}).content.decode()


def test_a_report_is_read_with_a_trace_and_goes_along_as_a_package(signed_in: SignIn) -> None:
    browser = signed_in(Role.ADMINISTRATOR)
    page = browser.get("/lgpd/titulares/contacts/k6/").content.decode()
    assert "Renovação, " in page
    assert "renovacao" not in page
    answer = browser.post("/lgpd/titulares/contacts/k6/exportar/")
    with zipfile.ZipFile(io.BytesIO(answer.content)) as package:
        told = json.loads(package.read("dados.json"))
        assert "pessoa6@segredo.example" in package.read("contacts.csv").decode()
    assert told["persons"][0]["person_id"] == "k6"
    actions = list(AuditEvent.objects.order_by("sequence").values_list("action", "object_id"))
    assert actions == [("personal_read", "contacts/k6"), ("personal_read", "contacts/k6"), ("export", "contacts/k6")]
    assert "Administrator" in browser.get("/lgpd/leituras/").content.decode()


def test_a_review_of_a_decision_is_recorded_with_its_reasons_and_worked_by_a_person(
    signed_in: SignIn, people: People
) -> None:
    seller, keeper = signed_in(Role.EXECUTOR), signed_in(Role.ADMINISTRATOR)
    assert seller.post("/lgpd/pedidos/novo/", REQUEST).status_code == 302
    kept = RightsRequest.objects.get()
    assert (kept.protocol, kept.state) == (f"{timezone.localdate().year}-000001", "aberto")
    assert kept.due_on == timezone.localdate() + timedelta(days=15)
    assert kept.decision["reasons"][0]["phrase"] == "Uso caiu"
    assert kept.decision["due"]
    assert "em_revisao" in refused()
    page = f"/lgpd/pedidos/{kept.protocol}/"
    assert "Uso caiu" in keeper.get(page).content.decode()
    keeper.post(f"{page}assumir/")
    assert keeper.post(f"{page}responder/", {"answer": "não", "granted": "1"}).status_code == 422
    keeper.post(f"{page}responder/", {"answer": "O risco vinha de um erro de uso; corrigido.", "granted": "1"})
    kept.refresh_from_db()
    assert "em_revisao" not in refused()
    assert (kept.state, kept.answered_by, kept.assignee) == ("atendido", people[Role.ADMINISTRATOR], kept.answered_by)
    again = keeper.post(f"{page}responder/", {"answer": "Outra resposta qualquer.", "granted": "0"})
    assert again.status_code == 422
    kept.refresh_from_db()
    assert kept.state == "atendido"
    told = [event.details["what"] for event in AuditEvent.objects.filter(action="rights_request").order_by("sequence")]
    assert told == ["opened", "taken", "atendido"]


@pytest.mark.parametrize(
    ("role", "customer", "status"),
    [
        (Role.EXECUTOR, "10001", 403),
        (Role.EXECUTOR, "", 403),
        (Role.ANALYST, "10006", 403),
        (Role.EXECUTIVE, "10006", 403),
    ],
)
def test_a_request_of_anothers_customer_is_not_written(
    signed_in: SignIn, role: Role, customer: str, status: int
) -> None:
    assert signed_in(role).post("/lgpd/pedidos/novo/", REQUEST | {"customer": customer}).status_code == status
    assert not RightsRequest.objects.exists()
    assert not AuditEvent.objects.exists()


def test_a_request_of_no_customer_is_not_written_and_says_so(signed_in: SignIn) -> None:
    answer = signed_in(Role.ADMINISTRATOR).post("/lgpd/pedidos/novo/", REQUEST | {"customer": "99999"})
    assert answer.status_code == 422
    assert "Nenhum cliente tem este código" in answer.content.decode()
    assert not RightsRequest.objects.exists()


def written_down(browser: Client, kind: str) -> RightsRequest:
    """A request about the person k6, registered from their page."""
    told = {"kind": kind, "requester": "Pessoa 6, por telefone", "customer": "10006", "person": "contacts/k6"}
    assert browser.post("/lgpd/pedidos/novo/", told).status_code == 302
    return RightsRequest.objects.get()


@pytest.mark.parametrize(("granted", "left"), [("1", {"oposicao"}), ("0", set())])
def test_an_opposition_holds_contacts_back_until_it_is_answered_and_for_good_when_granted(
    signed_in: SignIn, granted: str, left: set[str]
) -> None:
    keeper = signed_in(Role.ADMINISTRATOR)
    before = refused()
    kept = written_down(signed_in(Role.EXECUTOR), "oposicao")
    assert refused() - before == {"em_revisao"}
    page = f"/lgpd/pedidos/{kept.protocol}/"
    assert "nenhum contato automático chega" in keeper.get(page).text
    keeper.post(f"{page}responder/", {"answer": "Ninguém mais escreve à senhora.", "granted": granted})
    assert refused() - before == left
    words = Permission.objects.filter(given=False).values_list("person_id", "channel", "purpose", "proof")
    assert list(words) == [("k6", "*", "*", kept.protocol)] * int(granted)


def test_an_erasure_is_not_said_to_be_done_while_the_person_is_there(signed_in: SignIn) -> None:
    keeper = signed_in(Role.ADMINISTRATOR)
    page = f"/lgpd/pedidos/{written_down(signed_in(Role.EXECUTOR), 'eliminacao').protocol}/"
    assert "/lgpd/titulares/contacts/k6/" in keeper.get(page).text
    answer = {"answer": "Os dados foram apagados hoje.", "granted": "1"}
    told = keeper.post(f"{page}responder/", answer)
    assert (told.status_code, RightsRequest.objects.get().state) == (422, "aberto")
    assert "Os dados da pessoa ainda estão aqui" in told.text
    RightsRequest.objects.update(person_ref="contacts/k-gone")
    assert "/lgpd/titulares/contacts/k-gone/" not in keeper.get(page).text, "no door to where nobody is"
    keeper.post(f"{page}responder/", answer)
    assert RightsRequest.objects.get().state == "atendido"


def test_a_request_is_registered_from_the_page_of_a_person(signed_in: SignIn) -> None:
    page = signed_in(Role.ADMINISTRATOR).get("/lgpd/titulares/contacts/k6/").text
    assert "/lgpd/pedidos/novo/?customer=10006&amp;person=contacts/k6" in page
    gone = signed_in(Role.ADMINISTRATOR).get("/lgpd/titulares/contacts/k-gone/").text
    assert "pode ter sido apagada" in gone


def test_retention_counts_first_and_ends_what_is_over_when_asked(signed_in: SignIn) -> None:
    now = timezone.now()
    for key, days in (("new", 10), ("old", 400)):
        Message.objects.create(
            dedupe_key=key, customer_id="10006", channel="email", group="g", effect={}, payload={"to": "a@b.example"},
            state="sent", due_at=now, created_at=now - timedelta(days=days), sent_at=now,
        )  # fmt: skip
    browser = signed_in(Role.ADMINISTRATOR)
    page = browser.get("/lgpd/")
    assert Message.objects.exclude(payload={}).count() == 2, "looking ends nothing"
    assert page.context["retention_over"] == sum(rule.over for rule in page.context["retention"]) >= 1
    assert "não dá para desfazer" in page.text
    browser.post("/lgpd/prazos/")
    assert set(Message.objects.values_list("dedupe_key", "payload__to")) == {("new", "a@b.example"), ("old", None)}
    assert AuditEvent.objects.get(action="retention").details["messages"] == 1


def test_what_is_held_of_a_person_is_shown_in_words(signed_in: SignIn) -> None:
    page = signed_in(Role.ADMINISTRATOR).get("/lgpd/titulares/contacts/k6/").text
    assert ">Pessoas de contato</h2>" in page
    assert '<th scope="row">Nome</th>' in page
    assert "Refinada ·" in page


def test_where_nobody_read_both_halves_of_the_page_say_so(signed_in: SignIn) -> None:
    page = signed_in(Role.ADMINISTRATOR).get("/lgpd/leituras/").text
    assert "Ninguém leu dados pessoais" in page
    assert "Nenhuma finalidade foi declarada: ninguém leu." in page


def test_days_are_written_as_people_write_them(
    signed_in: SignIn, people: People, tmp_path: Path, lake_home: Path, settings: Any
) -> None:
    shutil.copytree(lake_home / "lake", tmp_path / "home" / "lake")
    settings.HOME = tmp_path / "home"
    with writing(tmp_path / "home") as session:
        rows = session.query("SELECT * REPLACE (DATE '2025-02-01' AS consented_on) FROM contacts")
        session.write(factory.specs()["identify"]["contacts"], rows)
        Publication.objects.update(lake_version=session.commit(date(2026, 11, 30)))
    browser = signed_in(Role.ADMINISTRATOR)
    browser.post("/lgpd/pedidos/novo/", REQUEST)
    pages = ["/lgpd/titulares/contacts/k6/", f"/lgpd/pedidos/{RightsRequest.objects.get().protocol}/"]
    shown = [browser.get(page).text for page in pages]
    assert "01/02/2025" in shown[0]
    assert "como era em 31/10/2026" in shown[1]
    assert not [page for page in shown if re.search(r">[^<]*\b20\d\d-\d\d-\d\d\b", page)]
    User.objects.filter(pk=people[Role.ADMINISTRATOR].pk).update(language="en")
    assert "1 Feb 2025" in browser.get(pages[0]).text
    assert "31 Oct 2026" in browser.get(pages[1]).text


@pytest.mark.parametrize(
    ("kept", "shown"),
    [
        ("2025-02-01", "01/02/2025"),
        ("2025-02-01 10:05:00", "01/02/2025 10:05:00"),
        ("2025-02-01T10:05:00+00:00", "01/02/2025 10:05:00"),
        ("2025-02-30", "2025-02-30"),
        ("sim", "sim"),
        ("12.50", "12.50"),
        (12, 12),
    ],
)
def test_values_kept_as_text_are_told_as_people_do(kept: object, shown: object) -> None:
    assert stored(kept) == shown
