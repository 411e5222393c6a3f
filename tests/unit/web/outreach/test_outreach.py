"""From a proposal to the outbox: what the guard wants, who may say yes, and that nothing else gets through."""

from datetime import timedelta

import pytest
from tests.unit.web.outreach.world import CUSTOMER, NOW, PERSON, PROPOSAL, doer

from b2shift.interact.contracts import Channel
from b2shift.kernel.errors import AccessError, InputError, UnknownNameError
from b2shift.web.accounts.models import User
from b2shift.web.accounts.roles import Role
from b2shift.web.crm.models import Customer, Proposal
from b2shift.web.crm.reading import proposed
from b2shift.web.ledger.models import AuditEvent
from b2shift.web.ledger.trail import Doer, verify
from b2shift.web.outbox import permissions as permissions
from b2shift.web.outbox.models import Message
from b2shift.web.outreach import approve, compose, content, tasks
from b2shift.web.outreach.in_app import TaskSender
from b2shift.web.outreach.models import Draft, Incoming, Outcome, Task

pytestmark = pytest.mark.records
State = Draft.State


def wanted(who: Doer, proposal: Proposal, channel: Channel = Channel.EMAIL, **over: str) -> content.Wanted:
    subject, text = content.standard(proposal, channel)
    person = compose.recipients(who, proposal)[0]
    return content.Wanted(channel, person, over.get("subject", subject), over.get("text", text))


def propose(who: Doer, proposal: Proposal, channel: Channel = Channel.EMAIL, **over: str) -> Draft:
    return compose.propose(who, proposal, wanted(who, proposal, channel, **over), NOW)


def dear(proposal: Proposal) -> Proposal:
    Proposal.objects.filter(pk=proposal.pk).update(mrr_at_stake=20_000)
    return Proposal.objects.get(pk=proposal.pk)


def test_a_contact_nobody_has_to_approve_is_queued_as_it_was_shown(executor: Doer, due: Proposal) -> None:
    seen = compose.preview(executor, due, wanted(executor, due), NOW)
    draft = propose(executor, due)
    message = Message.objects.get()
    assert (draft.state, message.state, message.dedupe_key) == (State.QUEUED, "pending", f"contato:{PROPOSAL}:email")
    assert message.payload["subject"] == seen.written.subject
    assert message.payload["text"].startswith(seen.written.text)
    assert "SAIR" in message.payload["text"]
    assert message.payload["to"] == seen.address == "pessoa24@segredo.example"
    assert "Maria" in message.payload["text"]
    assert "{" not in message.payload["text"]
    event = AuditEvent.objects.filter(action="outreach").get()
    assert (event.object_kind, event.details["what"]) == ("draft", "proposed")
    assert verify().intact


def test_the_guards_refusal_is_told_whole_and_leaves_nothing(executor: Doer, due: Proposal) -> None:
    permissions.oppose(CUSTOMER, "SAIR", NOW, channel="email", person_id=PERSON)
    seen = compose.preview(executor, due, wanted(executor, due), NOW)
    assert [one.code for one in seen.judgement.refusals] == ["oposicao", "sem_consentimento"]
    with pytest.raises(InputError, match="se opôs"):
        propose(executor, due)
    assert not Draft.objects.exists()
    assert not Message.objects.exists()


@pytest.mark.parametrize(
    ("text", "error", "told"),
    [
        ("Olá {pesoa}", UnknownNameError, "Quis dizer pessoa"),
        ("Olá {", InputError, "chave sem par"),
        ("Até {valor_em_atraso}", InputError, "Falta um valor"),
    ],
)
def test_a_wrong_field_is_refused_with_its_near_names(
    executor: Doer, due: Proposal, text: str, error: type[InputError], told: str
) -> None:
    Customer.objects.filter(customer_id=CUSTOMER).update(overdue_amount=0)
    with pytest.raises(error, match=told):
        propose(executor, Proposal.objects.get(pk=due.pk), text=text)
    assert not Draft.objects.exists()


def test_a_proposal_has_one_contact_by_channel(executor: Doer, due: Proposal) -> None:
    propose(executor, due)
    with pytest.raises(InputError, match="já foi preparado"):
        propose(executor, due)
    assert Message.objects.count() == 1


def test_money_waits_for_one_yes_of_somebody_else(
    executor: Doer, manager: Doer, people: dict[Role, User], due: Proposal
) -> None:
    draft = propose(executor, dear(due))
    assert (draft.state, approve.missing_of(draft, NOW)) == (State.WAITING, 1)
    assert not Message.objects.exists()
    for role in (Role.EXECUTOR, Role.MARKETING, Role.ANALYST, Role.ADMINISTRATOR):
        with pytest.raises(AccessError):
            approve.approve(doer(people[role]), draft.pk, NOW)
    assert Draft.objects.get().approvals == []
    approved = approve.approve(manager, draft.pk, NOW)
    assert approved.state == State.QUEUED
    [message] = Message.objects.all()
    assert message.effect["approvals"][0]["person"] == f"u{people[Role.MANAGER].pk}"
    with pytest.raises(InputError, match="já não espera"):
        approve.approve(manager, draft.pk, NOW)
    assert Message.objects.count() == 1


def test_who_prepares_does_not_approve_and_executives_take_two(
    manager: Doer, another_manager: Doer, people: dict[Role, User], due: Proposal
) -> None:
    Customer.objects.filter(customer_id=CUSTOMER).update(contract_band="acima_1m")
    draft = propose(manager, Proposal.objects.get(pk=due.pk))
    with pytest.raises(InputError, match="Quem prepara"):
        approve.approve(manager, draft.pk, NOW)
    assert approve.approve(another_manager, draft.pk, NOW).state == State.WAITING
    with pytest.raises(InputError, match="Você já aprovou"):
        approve.approve(another_manager, draft.pk, NOW)
    assert approve.approve(doer(people[Role.EXECUTIVE]), draft.pk, NOW).state == State.QUEUED


def test_what_changed_between_the_asking_and_the_yes_is_seen(executor: Doer, manager: Doer, due: Proposal) -> None:
    draft = propose(executor, dear(due))
    permissions.oppose(CUSTOMER, "SAIR", NOW)
    approve.approve(manager, draft.pk, NOW)
    message = Message.objects.get()
    assert message.state == Message.State.SUPPRESSED
    assert "se opôs" in message.reason


def test_a_no_has_its_reason_and_a_waiting_contact_ends(executor: Doer, manager: Doer, due: Proposal) -> None:
    draft = propose(executor, dear(due))
    with pytest.raises(InputError, match="motivo da recusa"):
        approve.reject(manager, draft.pk, " ", NOW)
    assert approve.reject(manager, draft.pk, "tom errado", NOW).state == State.REJECTED
    again = propose(executor, dear(due))
    late = NOW + timedelta(days=8)
    with pytest.raises(InputError, match="já não espera"):
        approve.approve(manager, again.pk, late)
    assert approve.expire(late) == 1
    third = propose(executor, dear(due))
    assert approve.withdraw(executor, third.pk, NOW).state == State.WITHDRAWN
    assert not Message.objects.exists()


def test_an_approval_is_of_the_words_that_were_shown(executor: Doer, manager: Doer, due: Proposal) -> None:
    draft = propose(executor, dear(due))
    approve.approve(manager, draft.pk, NOW)
    kept = Message.objects.get()
    Draft.objects.filter(pk=draft.pk).update(state=State.WAITING, effect=draft.effect | {"content": "outra coisa"})
    assert approve.missing_of(Draft.objects.get(), NOW) == 1
    assert kept.effect["content"] != "outra coisa"


def test_who_may_not_contact_and_others_customers(people: dict[Role, User], due: Proposal) -> None:
    for role in (Role.EXECUTIVE, Role.ANALYST, Role.ADMINISTRATOR):
        with pytest.raises(AccessError):
            compose.preview(doer(people[role]), due, content.Wanted(Channel.EMAIL, None, "", ""), NOW)
    assert proposed(people[Role.EXECUTOR], PROPOSAL) == due
    assert proposed(people[Role.EXECUTOR], "p_1") is None
    assert not AuditEvent.objects.exists()


def test_a_telephone_call_is_a_task_whose_outcome_takes_one_word(
    executor: Doer, people: dict[Role, User], due: Proposal
) -> None:
    propose(executor, due, Channel.TELEFONE)
    message = Message.objects.get()
    for _twice in range(2):
        TaskSender("telefone").send(message.dedupe_key, message.payload)
    task = Task.objects.get()
    assert (task.owner_id, task.title, task.rule_id) == ("U0002", "Ligar para o cliente", "retencao.risco_alto")
    with pytest.raises(UnknownNameError, match="aceitou"):
        tasks.finish(executor, task.pk, "aceito", NOW)
    with pytest.raises(AccessError):
        tasks.finish(doer(people[Role.MARKETING]), task.pk, "aceitou", NOW)
    assert not Outcome.objects.exists()
    tasks.finish(executor, task.pk, "aceitou", NOW)
    with pytest.raises(InputError, match="já tem resultado"):
        tasks.finish(executor, task.pk, "recusou", NOW)
    tasks.reopen(executor, task.pk, NOW)
    tasks.finish(executor, task.pk, "recusou", NOW)
    assert list(Outcome.objects.values_list("value", flat=True)) == ["aceitou", "reaberta", "recusou"]
    assert Outcome.objects.last().by == people[Role.EXECUTOR].email  # type: ignore[union-attr]


def test_who_has_no_number_is_answered_under_the_id_they_wrote_with(executor: Doer, due: Proposal) -> None:
    Proposal.objects.filter(pk=due.pk).update(channels=["whatsapp"])
    proposal = Proposal.objects.get(pk=due.pk)
    person = compose.recipients(executor, proposal)[0].model_copy(update={"phone": None})
    assert content.address_of(Channel.WHATSAPP, person) == ""
    wrote = {"customer_id": CUSTOMER, "person_id": PERSON, "channel": "whatsapp", "text": "Oi", "at": NOW}
    Incoming.objects.create(external_id="w1", sender="BR.abc123", **wrote)
    assert content.address_of(Channel.WHATSAPP, person) == "BR.abc123"
    assert content.address_of(Channel.SMS, person) == ""
    permissions.allow(CUSTOMER, "whatsapp", "conversa", NOW, person_id=PERSON)
    subject, text = content.standard(proposal, Channel.WHATSAPP)
    draft = compose.propose(executor, proposal, content.Wanted(Channel.WHATSAPP, person, subject, text), NOW)
    assert draft.payload["recipient"] == "BR.abc123"
    assert "to" not in draft.payload
