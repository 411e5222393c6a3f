"""Campaigns on pages: written beside a preview, counted, approved, watched; cost and deals with their rows."""

import re
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from tests.unit.web.campaigns.world import WORDS, base_of, begun, counted
from tests.unit.web.outreach.world import CUSTOMER, NOW, doer

from b2shift.interact.api import load_contact_costs
from b2shift.interact.contracts import Channel
from b2shift.kernel.errors import PolicyError
from b2shift.web.accounts.models import User
from b2shift.web.accounts.roles import Role
from b2shift.web.campaigns import accounting, control_group, proposing
from b2shift.web.campaigns.models import Campaign
from b2shift.web.campaigns.serving import count, serve_campaigns
from b2shift.web.console.campaigns import composing
from b2shift.web.crm.models import Proposal
from b2shift.web.ledger.trail import Doer
from b2shift.web.outbox.models import Message
from b2shift.web.outreach import inbound

pytestmark = pytest.mark.records
FORM: dict[str, Any] = {
    "name": WORDS.name, "kind": WORDS.kind, "written_for": WORDS.kind, "group": WORDS.group, "channels": ["in_app"],
    "subject": WORDS.subject, "text": WORDS.text, "short": WORDS.short, "message": WORDS.message, "per_hour": "0",
    "control_share": "0",
}  # fmt: skip
SignedIn = Callable[[Role], Client]


def test_the_preview_says_how_the_first_customer_gets_it_and_a_wrong_field_is_named(signed_in: SignedIn) -> None:
    browser = signed_in(Role.MANAGER)
    page = browser.post("/campanhas/nova/", {**FORM, "preview": "1"}).content.decode()
    assert "A apuração nova já está no ar." in page
    assert "{mensagem}" in page, "the form keeps the fields"
    wrong = browser.post("/campanhas/nova/", {**FORM, "short": "Olá {pesoa}, veja", "preview": "1"}).content.decode()
    assert "Quis dizer pessoa" in wrong
    told = browser.post("/campanhas/nova/", {**FORM, "channels": [], "send": "1"})
    assert "Escolha ao menos um canal" in told.content.decode()
    assert not Campaign.objects.exists()


@pytest.mark.parametrize(
    "env", [{}, {"B2SHIFT_SMTP_HOST": "mail.example", "B2SHIFT_SMTP_FROM": "b2shift@mail.example"}]
)
def test_a_new_one_begins_with_the_channels_that_can_send(
    signed_in: SignedIn, monkeypatch: pytest.MonkeyPatch, env: dict[str, str]
) -> None:
    for name in ("B2SHIFT_SMTP_HOST", "B2SHIFT_SMTP_FROM", "B2SHIFT_MAIL_FOLDER"):
        monkeypatch.delenv(name, raising=False)
    for name, value in env.items():
        monkeypatch.setenv(name, value)
    page = signed_in(Role.MANAGER).get("/campanhas/nova/?situation=ativo").content.decode()
    chosen = re.findall(r'name="channels"\s+value="(\w+)"\s+checked', page)
    assert chosen == (["email", "in_app"] if env else ["in_app"])


def test_a_campaign_walks_from_the_list_of_customers_to_the_outbox(signed_in: SignedIn, due: Proposal) -> None:
    manager, executive = signed_in(Role.MANAGER), signed_in(Role.EXECUTIVE)
    listed = manager.get("/clientes/?situation=ativo").content.decode()
    assert "/campanhas/nova/?situation=ativo" in listed
    answer = manager.post("/campanhas/nova/?situation=ativo", {**FORM, "send": "1"})
    one = Campaign.objects.get()
    assert answer["Location"] == f"/campanhas/{one.pk}/"
    assert (one.audience, one.state) == ({"situation": "ativo"}, "ready"), "a small one is counted at once"
    page = manager.get(f"/campanhas/{one.pk}/").content.decode()
    assert "Propor" in page
    assert executive.post(f"/campanhas/{one.pk}/resposta/", {"answer": "propose"}).status_code in {400, 403}
    manager.post(f"/campanhas/{one.pk}/resposta/", {"answer": "propose"})
    assert "Aprovar" not in manager.get(f"/campanhas/{one.pk}/").content.decode(), "not one's own"
    assert "Aprovar" in executive.get(f"/campanhas/{one.pk}/").content.decode()
    executive.post(f"/campanhas/{one.pk}/resposta/", {"answer": "approve"})
    serve_campaigns(timezone.now())
    sent = Message.objects.filter(switch=one.code).count()
    assert sent == one.all_recipients.filter(state="queued").count() > 0
    queued = manager.get(f"/campanhas/{one.pk}/clientes/?estado=queued").content.decode()
    assert queued.count("data-row-link") == sent
    assert "Pausar" in manager.get(f"/campanhas/{one.pk}/").content.decode()
    manager.post(f"/campanhas/{one.pk}/resposta/", {"answer": "pause"})
    assert Campaign.objects.get().state == "paused"
    assert one.name in manager.get("/campanhas/").content.decode()
    part = manager.get(f"/campanhas/{one.pk}/", headers={"HX-Request": "true"}).content.decode()
    assert part.lstrip().startswith('<div class="stack"')


def test_each_reason_opens_its_customers(signed_in: SignedIn, manager: Doer) -> None:
    one = counted(manager, channels=("sms",))
    page = signed_in(Role.MANAGER).get(f"/campanhas/{one.pk}/").content.decode()
    code = one.all_recipients.values_list("code", flat=True)[0]
    assert f"/campanhas/{one.pk}/clientes/?motivo={code}" in page
    rows = signed_in(Role.MANAGER).get(f"/campanhas/{one.pk}/clientes/?motivo={code}").content.decode()
    assert rows.count("data-row-link") == min(50, one.all_recipients.filter(code=code).count())


def test_a_campaign_that_is_being_counted_says_of_how_many_it_tells(signed_in: SignedIn, manager: Doer) -> None:
    one = begun(manager)
    count(one, NOW, most=3)
    assert one.recipients > 3
    reached = one.all_recipients.filter(state="reachable").count()
    address = f"/campanhas/{one.pk}/"
    assert f"alcança {reached} dos 3 já contados." in signed_in(Role.MANAGER).get(address).content.decode()
    count(one, NOW, most=one.recipients)
    assert "já contados" not in signed_in(Role.MANAGER).get(address).content.decode()


def test_who_may_not_see_them_does_not(signed_in: SignedIn, manager: Doer) -> None:
    one = counted(manager)
    assert signed_in(Role.ADMINISTRATOR).get("/campanhas/").status_code == 403
    assert signed_in(Role.EXECUTIVE).get("/campanhas/999/").status_code == 404
    seen = signed_in(Role.EXECUTOR).get(f"/campanhas/{one.pk}/clientes/").content.decode()
    assert 0 < seen.count("data-row-link") < one.recipients


def test_cost_and_the_deals_after_are_those_of_the_rows(
    manager: Doer, people: dict[Role, User], signed_in: SignedIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = timezone.now()
    first = counted(manager, CUSTOMER, channels=("in_app",))
    second = counted(manager, CUSTOMER, channels=("in_app",), name="Outra")
    for one in (first, second):
        proposing.propose(manager, one.pk, NOW)
        proposing.approve(doer(people[Role.EXECUTIVE]), one.pk, NOW)
    serve_campaigns(NOW)
    days = {first.code: 40, second.code: 10}
    for message in Message.objects.all():
        at = now - timedelta(days=days[message.switch])
        Message.objects.filter(pk=message.pk).update(state="sent", sent_at=at, created_at=at, channel="telefone")
    message = Message.objects.get(switch=second.code)
    inbound.outcome(message, "aceitou", "tarefa", now)
    day = now.date()
    won = [
        ("deal-1", day - timedelta(days=30), 100), ("deal-2", day, 1000), ("deal-3", day - timedelta(days=60), 7),
    ]  # fmt: skip
    rows = [
        {"opportunity_id": code, "customer_id": CUSTOMER, "kind": "upsell", "product_family": "erp",
         "value": Decimal(value), "closed_on": on}
        for code, on, value in won
    ]  # fmt: skip
    monkeypatch.setattr(accounting, "_won", lambda _since: rows)
    person = people[Role.MANAGER]
    person.unit_in_view = ""
    told = {one.origin: one for one in accounting.accounts(person, now - timedelta(days=90))}
    assert {name: [deal.code for deal in one.deals] for name, one in told.items()} == {
        first.code: ["deal-1"], second.code: ["deal-2"],
    }, "each once, of the last contact before it; none of before any contact"  # fmt: skip
    costs = load_contact_costs()
    call = costs.channels[Channel.TELEFONE]
    assert told[first.code].cost == Decimal(str(call.cost)) + Decimal(str(call.minutes * costs.hour / 60))
    assert (told[second.code].accepted, told[second.code].minutes) == (1, call.minutes)
    browser = signed_in(Role.MANAGER)
    page = browser.get("/envios/contas/?dias=90").content.decode()
    assert "1.000,00" in page
    assert "Outra" in page
    deals = browser.get(f"/envios/contas/negocios/?origem={second.code}&passo=&dias=90").content.decode()
    assert "deal-2" in deals
    assert f"/envios/{message.pk}/" in deals
    assert "deal-1" not in deals
    assert browser.get("/envios/contas/?dias=12").status_code == 404
    assert "Negócios depois" not in signed_in(Role.MARKETING).get("/envios/contas/").content.decode()


def test_every_channel_has_its_cost(tmp_path: Any) -> None:
    assert set(load_contact_costs().channels) == set(Channel)
    wrong = tmp_path / "costs.yaml"
    wrong.write_text('version: "1"\nhour: 1\nchannels: {email: {cost: 1, minutes: 0}}\n', encoding="utf-8")
    with pytest.raises(PolicyError, match="Falta o custo"):
        load_contact_costs(wrong)


def test_the_form_says_about_how_many_stay_out_and_warns_of_too_few(signed_in: SignedIn, manager: Doer) -> None:
    browser, total = signed_in(Role.MANAGER), len(base_of(manager.person))  # type: ignore[arg-type]
    page = browser.get("/campanhas/nova/").content.decode()
    assert re.search(r'name="control_share"\s+value="10"', page)
    assert f"Cerca de {control_group.expected(total, 10)} dos {total} clientes" in page
    assert "não se distingue do acaso" in page
    none = browser.post("/campanhas/nova/", {**FORM, "preview": "1"}).content.decode()
    assert "não se distingue do acaso" not in none
    assert "não se saberá se a campanha teve efeito" in none


def test_the_form_does_not_warn_where_there_are_enough(
    signed_in: SignedIn, manager: Doer, monkeypatch: pytest.MonkeyPatch
) -> None:
    total = len(base_of(manager.person))  # type: ignore[arg-type]
    monkeypatch.setattr(composing, "FEWEST_CUSTOMERS", control_group.expected(total, 10))
    page = signed_in(Role.MANAGER).get("/campanhas/nova/").content.decode()
    assert "Cerca de" in page
    assert "não se distingue do acaso" not in page


@pytest.mark.parametrize(
    ("share", "told"),
    [("51", "vai de 0 a 50%"), ("x", "número inteiro"), ("-3", "número inteiro"), ("", "número inteiro")],
)
def test_a_wrong_share_is_refused_on_the_page(signed_in: SignedIn, share: str, told: str) -> None:
    answer = signed_in(Role.MANAGER).post("/campanhas/nova/", {**FORM, "control_share": share, "send": "1"})
    page = answer.content.decode()
    assert told in page
    assert re.search(rf'name="control_share"\s+value="{share}"', page), "what was typed stays"
    assert WORDS.message in page
    assert not Campaign.objects.exists()


def test_a_pace_that_is_no_number_keeps_what_was_written(signed_in: SignedIn) -> None:
    answer = signed_in(Role.MANAGER).post("/campanhas/nova/", {**FORM, "per_hour": "muitos", "send": "1"})
    page = answer.content.decode()
    assert "O ritmo pede um número inteiro por hora: muitos" in page
    assert WORDS.message in page
    assert not Campaign.objects.exists()


@pytest.mark.parametrize("drawn", [0.0, 0.99])
def test_the_preview_says_whether_the_first_customer_stays_out(
    signed_in: SignedIn, monkeypatch: pytest.MonkeyPatch, drawn: float
) -> None:
    monkeypatch.setattr(control_group, "lot", lambda _theme, _customer: drawn)
    form = {**FORM, "control_share": "50", "preview": "1"}
    page = signed_in(Role.MANAGER).post("/campanhas/nova/", form).content.decode()
    assert ("o sorteio o deixa no grupo de controle" in page) is (drawn < 0.5)
    assert ("O primeiro cliente é alcançado por" in page) is (drawn >= 0.5)
    assert "A apuração nova já está no ar." in page


def test_the_control_group_is_a_figure_that_opens_its_customers(signed_in: SignedIn, manager: Doer) -> None:
    one = counted(manager, channels=("in_app",), control_share=50)
    browser, address = signed_in(Role.MANAGER), f"/campanhas/{one.pk}/"
    held = one.all_recipients.filter(state="control").count()
    page = browser.get(address).content.decode()
    assert f"{one.recipients} clientes; alcança {one.recipients - held}; {held} ficam no grupo de controle." in page
    assert "Grupo de controle: 50% dos alcançáveis." in page, "who approves sees what the yes is of"
    assert f'href="{address}clientes/?estado=control"' in page
    rows = browser.get(f"{address}clientes/?estado=control").content.decode()
    assert f"Grupo de controle: {held}." in rows
    assert rows.count("data-row-link") == held > 3
    assert rows.count("Grupo de controle") > held, "each in words"
    assert f"{address}clientes/?estado=control" in browser.get("/campanhas/").content.decode()
    User.objects.filter(role=Role.MANAGER).update(language="en")
    english = browser.get(address).content.decode()
    assert f"{one.recipients} customers; reaches {one.recipients - held}; {held} stay in the control group." in english


def test_a_campaign_without_control_group_speaks_of_none(signed_in: SignedIn, manager: Doer) -> None:
    one = counted(manager, channels=("in_app",))
    page = signed_in(Role.MANAGER).get(f"/campanhas/{one.pk}/").content.decode()
    assert f"{one.recipients} clientes; alcança {one.recipients}." in page
    assert "Sem grupo de controle." in page
    assert "estado=control" not in page


def test_the_page_of_a_campaign_walked_with_control_leaves_them_out(signed_in: SignedIn, due: Proposal) -> None:
    """From the form to the outbox, on pages alone."""
    manager, executive = signed_in(Role.MANAGER), signed_in(Role.EXECUTIVE)
    manager.post("/campanhas/nova/?situation=ativo", {**FORM, "control_share": "50", "send": "1"})
    one = Campaign.objects.get()
    assert one.control_share == 50
    control = set(one.all_recipients.filter(state="control").values_list("customer_id", flat=True))
    manager.post(f"/campanhas/{one.pk}/resposta/", {"answer": "propose"})
    executive.post(f"/campanhas/{one.pk}/resposta/", {"answer": "approve"})
    serve_campaigns(timezone.now())
    contacted = set(Message.objects.filter(switch=one.code).values_list("customer_id", flat=True))
    assert contacted
    assert control
    assert not contacted & control
