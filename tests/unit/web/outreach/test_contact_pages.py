"""The pages of contacts: who enters, what they show, and that a closed door also changes nothing."""

import re
from collections.abc import Callable

import pytest
from django.test import Client
from tests.unit.web.channels.test_inbound import from_slack
from tests.unit.web.outreach.world import CUSTOMER, NOW, PERSON, PROPOSAL

from b2shift.web.accounts.models import User
from b2shift.web.accounts.roles import Role
from b2shift.web.crm.models import Proposal
from b2shift.web.ledger.models import AuditEvent
from b2shift.web.outbox.models import Message, Switch
from b2shift.web.outreach.in_app import TaskSender
from b2shift.web.outreach.models import Draft, Outcome, Receipt, Task

pytestmark = pytest.mark.records
SignIn = Callable[[Role], Client]
COMPOSE = f"/contatos-devidos/{PROPOSAL}/contato/"
E, M, A, G, X, D = (
    Role.EXECUTIVE, Role.MARKETING, Role.ANALYST, Role.MANAGER, Role.EXECUTOR, Role.ADMINISTRATOR,
)  # fmt: skip
FORM = {
    "channel": "email", "person": PERSON, "written_for": "email", "subject": "{cliente}: oi", "text": "Oi, {pessoa}.",
    "send": "1",
}  # fmt: skip


def dear(due: Proposal) -> None:
    Proposal.objects.filter(pk=due.pk).update(mrr_at_stake=20_000)


def message(key: str, state: str = "sent", customer: str = CUSTOMER, **over: object) -> Message:
    told = {"due_at": NOW, "created_at": NOW, "sent_at": NOW if state == "sent" else None, "channel": "email"} | over
    payload = {"to": "pessoa24@segredo.example", "subject": "Assunto", "text": "Texto escrito", "rule_id": "r9"}
    return Message.objects.create(
        dedupe_key=key, customer_id=customer, person_id=PERSON, group="pessoas", effect={"kind": "retencao"},
        payload=payload, state=state, **told,
    )  # fmt: skip


def test_each_door_opens_for_its_roles_only(signed_in: SignIn, due: Proposal) -> None:
    task = Task.objects.create(key="t", customer_id=CUSTOMER, channel="telefone", title="Ligar", created_at=NOW)
    dead = message("k:dead", "dead")
    doors: dict[tuple[str, str], set[Role]] = {
        ("get", "/aprovacoes/"): {E, G},
        ("get", "/aprovacoes/meus/"): {M, G, X},
        ("get", "/tarefas/"): {M, G, X},
        ("get", "/envios/"): {E, M, A, G, X},
        ("get", f"/envios/{dead.pk}/"): {E, A, G, X},
        ("get", "/envios/paradas/"): {E, G, D},
        ("get", COMPOSE): {G, X},
        ("post", "/aprovacoes/1/resposta/"): set(),
        ("post", "/aprovacoes/1/retirar/"): set(),
    }
    for (method, path), roles in doors.items():
        for role in Role:
            status = getattr(signed_in(role), method)(path).status_code
            if role in roles:
                assert status == 200, (role, path)
            else:
                assert status in (400, 403, 404), (role, path, status)
        assert getattr(Client(), method)(path).status_code == 302
    forbidden = {
        f"/tarefas/{task.pk}/resultado/": ({"outcome": "aceitou"}, {E, M, A, D}),
        f"/envios/{dead.pk}/resposta/": ({"answer": "again"}, {E, M, A, X, D}),
        "/envios/paradas/mudar/": ({"name": "*", "stopped": "1"}, {M, A, X}),
        COMPOSE: (FORM, {E, M, A, D}),
    }
    for path, (told, roles) in forbidden.items():
        for role in roles:
            assert signed_in(role).post(path, told).status_code in (403, 404), (role, path)
    assert not Outcome.objects.exists()
    assert not Switch.objects.exists()
    assert not Draft.objects.exists()
    assert Message.objects.get().state == Message.State.DEAD
    assert not AuditEvent.objects.filter(action__in=["outreach", "switch"]).exists()


def test_the_form_previews_and_queues_what_it_showed(signed_in: SignIn, due: Proposal) -> None:
    browser = signed_in(X)
    page = browser.get(COMPOSE, {"channel": "email"}).content.decode()
    assert "Olá, Maria." in page
    assert "Olá, {pessoa}." in page
    assert "pessoa24@segredo.example" in page
    assert "sem configuração" in page, "a channel that cannot send says so"
    assert "B2SHIFT_SMTP_HOST" not in page, "which settings is for who can set them"
    wrong = browser.post(COMPOSE, {**FORM, "text": "Olá, {pesoa}."}).content.decode()
    assert "Quis dizer pessoa" in wrong
    assert not Draft.objects.exists()
    part = browser.post(COMPOSE, {**FORM, "send": ""}, headers={"HX-Request": "true"})
    assert "<html" not in part.content.decode()
    reads = AuditEvent.objects.filter(action="personal_read")
    assert set(reads.values_list("object_id", "purpose")) == {(CUSTOMER, "renovacao")}


def test_an_executor_asks_a_manager_answers(signed_in: SignIn, due: Proposal) -> None:
    dear(due)
    assert signed_in(X).post(COMPOSE, {**FORM, "text": "Oi, {pessoa}.\r\n\r\nAté."}).status_code == 302
    draft = Draft.objects.get()
    assert draft.state == Draft.State.WAITING
    assert "\r" not in draft.text, "browsers send their own ends of line"
    own = signed_in(X).get("/aprovacoes/meus/").content.decode()
    assert "não pode ser você" in own
    assert "answer" not in re.sub(r"data-[a-z-]+", "", own), "no buttons for who may not"
    page = signed_in(G).get("/aprovacoes/").content.decode()
    assert "<ins>Oi, Maria.</ins>" in page
    assert "<del>" in page, "what the template said and was taken out"
    assert signed_in(X).post(f"/aprovacoes/{draft.pk}/resposta/", {"answer": "approve"}).status_code == 403
    assert not Message.objects.exists()
    assert signed_in(G).post(f"/aprovacoes/{draft.pk}/resposta/", {"answer": "approve"}).status_code == 302
    assert Message.objects.get().state == Message.State.PENDING
    assert "Na saída" in signed_in(G).get("/aprovacoes/?ver=decididos").content.decode()


def test_a_slack_button_is_the_yes_of_its_person(
    due: Proposal, signed_in: SignIn, people: dict[Role, User], client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    dear(due)
    monkeypatch.setenv("B2SHIFT_SLACK_SIGNING_SECRET", "s")
    monkeypatch.setenv("B2SHIFT_SLACK_PEOPLE", f"U1={people[G].email}, U2={people[X].email}")
    signed_in(X).post(COMPOSE, FORM)
    draft = Draft.objects.get()

    def press(who: str) -> str:
        from urllib.parse import urlencode

        payload = f'{{"user": {{"id": "{who}"}}, "actions": [{{"action_id": "approve", "value": "{draft.pk}"}}]}}'
        return str(from_slack(client, urlencode({"payload": payload})).json()["text"])

    assert "não está ligado" in press("U9")
    assert "papel não permite" in press("U2")
    assert not Message.objects.exists()
    assert "na saída" in press("U1")
    assert "já não espera" in press("U1")
    assert Message.objects.count() == 1


def test_a_task_ends_with_one_key_and_its_toast_takes_it_back(signed_in: SignIn, due: Proposal) -> None:
    told = {"customer_id": CUSTOMER, "subject": "Ligar", "text": "Roteiro", "kind": "retencao", "due_on": "2026-11-01"}
    TaskSender("telefone").send("t:1", told)
    task, browser = Task.objects.get(), signed_in(X)
    page = browser.get("/tarefas/").content.decode()
    assert re.findall(r'data-key="(\d)"', page) == ["1", "2", "3", "4"]
    assert "atrasada" in page
    after = browser.post(f"/tarefas/{task.pk}/resultado/", {"outcome": "aceitou"}, follow=True).content.decode()
    assert f"/tarefas/{task.pk}/reabrir/" in after
    assert "Aceitou" in browser.get("/tarefas/?ver=feitas").content.decode()
    assert browser.post(f"/tarefas/{task.pk}/resultado/", {"outcome": "recusou"}).status_code == 400
    browser.post(f"/tarefas/{task.pk}/reabrir/")
    assert Task.objects.get().outcome == ""


def test_where_nothing_was_sent_no_figure_or_filter_is_shown(signed_in: SignIn, due: Proposal) -> None:
    page = signed_in(X).get("/envios/").content.decode()
    assert 'class="tile"' not in page
    assert "data-filters" not in page
    assert "Nada foi enviado ainda" in page
    assert "Nenhuma mensagem preparada ou enviada." in page
    assert "Nenhuma mensagem com estes filtros." in signed_in(X).get("/envios/?state=dead").content.decode()


def test_every_figure_of_the_console_opens_its_rows(signed_in: SignIn, due: Proposal) -> None:
    states = ["sent", "sent", "in_doubt", "dead", "suppressed", "expired", "pending"]
    made = [message(f"k:{n}", state, reason=f"motivo {n}") for n, state in enumerate(states)]
    message("k:other", "sent", customer="10001")
    Receipt.objects.create(message=made[0], kind="clicked", at=NOW)
    Outcome.objects.create(key="k:1", customer_id=CUSTOMER, channel="email", value="aceitou", origin="tarefa", at=NOW)
    page = signed_in(X).get("/envios/").content.decode()
    tiles = re.findall(r'class="tile"\s+href="(\?[^"]+)".*?tile-value[^>]*>(\d+)<', page, re.DOTALL)
    assert len(tiles) == 12
    for address, count in tiles:
        rows = signed_in(X).get(f"/envios/{address}").content.decode()
        assert rows.count("<tr data-row>") == int(count), address
    assert dict(tiles)["?state=sent"] == "2", "another's customer is not counted"
    assert "motivo 4" in signed_in(X).get("/envios/?state=suppressed").content.decode()
    assert signed_in(X).get("/envios/?state=nada").status_code == 400


def test_the_words_of_a_message_are_for_who_may_read_them_and_leave_a_trace(signed_in: SignIn, due: Proposal) -> None:
    sent = message("k:1")
    assert "Texto escrito" not in signed_in(A).get(f"/envios/{sent.pk}/").content.decode()
    assert not AuditEvent.objects.filter(action="personal_read").exists()
    assert "Texto escrito" in signed_in(X).get(f"/envios/{sent.pk}/").content.decode()
    assert AuditEvent.objects.filter(action="personal_read", object_id=CUSTOMER, purpose="renovacao").count() == 1
    assert signed_in(X).get(f"/envios/{message('k:2', customer='10001').pk}/").status_code == 404


def test_what_died_is_sent_again_and_what_is_in_doubt_is_settled(signed_in: SignIn, due: Proposal) -> None:
    dead, doubt = message("k:dead", "dead"), message("k:doubt", "in_doubt")
    browser = signed_in(G)
    assert "Enviar de novo" in browser.get(f"/envios/{dead.pk}/").content.decode()
    browser.post(f"/envios/{dead.pk}/resposta/", {"answer": "again"})
    browser.post(f"/envios/{doubt.pk}/resposta/", {"answer": "sent"})
    assert dict(Message.objects.values_list("dedupe_key", "state")) == {"k:dead": "pending", "k:doubt": "sent"}
    assert browser.post(f"/envios/{dead.pk}/resposta/", {"answer": "again"}).status_code == 400
    told = AuditEvent.objects.filter(action="outreach").values_list("details__what", flat=True)
    assert set(told) == {"replayed", "settled_sent"}


def test_a_switch_says_who_stopped_what(signed_in: SignIn, people: dict[Role, User], due: Proposal) -> None:
    browser = signed_in(D)
    browser.post("/envios/paradas/mudar/", {"name": "*", "stopped": "1"})
    page = browser.get("/envios/paradas/").content.decode()
    assert people[D].email in page
    assert "Retomar os envios" in page
    assert "B2SHIFT_WHATSAPP_TOKEN" in page
    refused = signed_in(X).post(COMPOSE, FORM).content.decode()
    assert "Todos os envios estão parados" in refused
    browser.post("/envios/paradas/mudar/", {"name": "*", "stopped": "0"})
    assert browser.post("/envios/paradas/mudar/", {"name": "pombo", "stopped": "1"}).status_code == 400
    assert Switch.objects.get().stopped is False
    assert AuditEvent.objects.filter(action="switch").count() == 2


def test_the_customers_page_shows_what_was_said(signed_in: SignIn, due: Proposal, people: dict[Role, User]) -> None:
    from b2shift.web.outreach import inbound

    inbound.reply(
        message("k:1"), inbound.InboundMessage("<x@y>", "ana@cliente.example", "Podem ligar às 15 h", NOW), NOW
    )
    page = signed_in(X).get(f"/clientes/{CUSTOMER}/").content.decode()
    assert "Podem ligar às 15 h" in page
    assert COMPOSE in page
    other = signed_in(A).get(f"/clientes/{CUSTOMER}/").content.decode()
    assert "Podem ligar" not in other
    assert "Contato enviado" in other
    assert COMPOSE not in other


def test_a_task_is_rung_with_one_press_and_the_reading_is_written_down(signed_in: SignIn, due: Proposal) -> None:
    told = {"key": "t", "customer_id": CUSTOMER, "kind": "retencao", "channel": "telefone", "title": "Ligar"}
    task = Task.objects.create(**told, created_at=NOW)
    page = signed_in(X).get("/tarefas/").content.decode()
    assert f"/tarefas/{task.pk}/ligar/" in page
    assert "tel:" not in page, "numbers are shown to who asks"
    answer = signed_in(X).post(f"/tarefas/{task.pk}/ligar/").content.decode()
    assert re.search(r'href="tel:\+\d+"', answer)
    event = AuditEvent.objects.filter(action="personal_read").latest("sequence")
    assert (event.object_id, event.purpose) == (CUSTOMER, "renovacao")
    Task.objects.update(person_id="outra")
    assert "Ninguém deste cliente tem telefone" in signed_in(X).post(f"/tarefas/{task.pk}/ligar/").content.decode()
    assert signed_in(A).post(f"/tarefas/{task.pk}/ligar/").status_code == 403
