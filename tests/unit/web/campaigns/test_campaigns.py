"""One contact to many: counted before, approved by others, sent once each, paused and ended at once."""

from collections import Counter
from datetime import timedelta

import pytest
from tests.unit.web.campaigns.world import base_of, begun, counted
from tests.unit.web.outreach.world import CUSTOMER, NOW, PERSON, doer

from b2shift.interact.api import limits_of, load_policy
from b2shift.kernel.errors import AccessError, InputError, UnknownNameError
from b2shift.web.accounts.models import User
from b2shift.web.accounts.roles import Role
from b2shift.web.campaigns import proposing, reaching, running
from b2shift.web.campaigns.models import Campaign, Recipient
from b2shift.web.campaigns.serving import serve_campaigns
from b2shift.web.crm.models import Customer, Proposal
from b2shift.web.ledger.models import AuditEvent
from b2shift.web.ledger.trail import Doer, verify
from b2shift.web.outbox import permissions as permissions
from b2shift.web.outbox import worker
from b2shift.web.outbox.models import Message
from b2shift.web.outbox.senders import Pace
from b2shift.web.outreach.in_app import NoticeSender
from b2shift.web.outreach.models import Notice

pytestmark = pytest.mark.records
State = Campaign.State


@pytest.fixture(autouse=True)
def one_connection(monkeypatch: pytest.MonkeyPatch) -> None:
    """This test's transaction is on it."""
    monkeypatch.setattr(worker, "close_old_connections", lambda: None)


@pytest.fixture
def executive(people: dict[Role, User]) -> Doer:
    return doer(people[Role.EXECUTIVE])


def running_one(author: Doer, approver: Doer, *codes: str, **over: object) -> Campaign:
    made = counted(author, *codes, **over)
    proposing.propose(author, made.pk, NOW)
    return proposing.approve(approver, made.pk, NOW)


def delivered(now: object = None) -> int:
    return worker.deliver({"in_app": NoticeSender("in_app")}, "w1", lambda: NOW, Pace())


def test_who_would_be_reached_is_counted_before_anybody_is_asked(manager: Doer, due: Proposal) -> None:
    made = counted(manager, channels=("email",))
    rows = Counter(made.all_recipients.values_list("state", "code"))
    assert rows.pop(("reachable", "")) == 1, "only one person consented to e-mail"
    assert {code for _state, code in rows} <= {"sem_consentimento", "sem_endereco", "oposicao"}
    assert sum(rows.values()) == made.recipients - 1
    assert made.all_recipients.filter(state="left_out", reason="").count() == 0, "each says why"
    assert (made.state, Message.objects.count()) == (State.READY, 0)


def test_nobody_says_yes_to_their_own_and_nothing_goes_out_before(manager: Doer, executive: Doer) -> None:
    made = counted(manager)
    with pytest.raises(InputError, match="já não está assim"):
        proposing.approve(executive, made.pk, NOW)
    proposing.propose(manager, made.pk, NOW)
    with pytest.raises(InputError, match="não a aprova"):
        proposing.approve(manager, made.pk, NOW)
    serve_campaigns(NOW)
    assert Message.objects.count() == 0
    assert proposing.approve(executive, made.pk, NOW).state == State.RUNNING
    serve_campaigns(NOW)
    assert Message.objects.count() == Recipient.objects.filter(state="queued").count() > 0
    with pytest.raises(InputError, match="já não está assim"):
        proposing.approve(executive, made.pk, NOW)
    assert set(AuditEvent.objects.filter(object_kind="campaign").values_list("details__what", flat=True)) == {
        "begun", "proposed", "approved",
    }  # fmt: skip
    assert verify().intact


def test_an_approver_must_follow_every_customer(people: dict[Role, User], manager: Doer) -> None:
    analyst = people[Role.MARKETING]
    everyone = base_of(analyst)
    assert set(everyone) - set(base_of(manager.person)), "marketing sees more than the manager"  # type: ignore[arg-type]
    made = counted(doer(analyst))
    proposing.propose(doer(analyst), made.pk, NOW)
    with pytest.raises(AccessError, match="que você não acompanha"):
        proposing.approve(manager, made.pk, NOW)


def test_a_crowd_needs_two_other_people(
    monkeypatch: pytest.MonkeyPatch, manager: Doer, another_manager: Doer, executive: Doer
) -> None:
    few = limits_of(load_policy()).model_copy(update={"four_eyes_recipients": 3})
    for place in ("b2shift.web.campaigns.reaching.limits_in_force", "b2shift.web.outbox.gate.limits_in_force"):
        monkeypatch.setattr(place, lambda: few)
    both = set(base_of(manager.person)) & set(base_of(another_manager.person))  # type: ignore[arg-type]
    made = counted(manager, *sorted(both)[:4])
    proposing.propose(manager, made.pk, NOW)
    assert proposing.approve(executive, made.pk, NOW).state == State.WAITING
    with pytest.raises(InputError, match="já aprovou"):
        proposing.approve(executive, made.pk, NOW)
    serve_campaigns(NOW)
    assert Message.objects.count() == 0
    assert proposing.approve(another_manager, made.pk, NOW).state == State.RUNNING
    serve_campaigns(NOW)
    assert {len(one["approvals"]) for one in Message.objects.values_list("effect", flat=True)} == {2}
    assert {one["recipients"] for one in Message.objects.values_list("effect", flat=True)} == {4}


def test_words_changed_after_the_yes_are_not_sent(manager: Doer, executive: Doer) -> None:
    made = running_one(manager, executive, channels=("in_app",))
    Campaign.objects.filter(pk=made.pk).update(message="Outra coisa, que ninguém aprovou.", recipients=5000)
    serve_campaigns(NOW)
    assert Message.objects.count() == 0
    assert set(Recipient.objects.values_list("code", flat=True)) == {reaching.WITHOUT_APPROVAL}


def test_a_customer_slipped_in_after_the_yes_takes_it_away(manager: Doer, executive: Doer) -> None:
    own = base_of(manager.person)  # type: ignore[arg-type]
    made = running_one(manager, executive, *own[:-1], channels=("in_app",))
    reaching.approved_as(made)
    Recipient.objects.create(campaign=made, customer_id=own[-1], state="reachable", channel="in_app")
    serve_campaigns(NOW)
    assert Message.objects.count() == 0
    assert set(made.all_recipients.values_list("code", flat=True)) == {reaching.WITHOUT_APPROVAL}


def test_an_opposition_after_the_yes_leaves_the_customer_out(manager: Doer, executive: Doer, due: Proposal) -> None:
    made = running_one(manager, executive, CUSTOMER)
    permissions.oppose(CUSTOMER, "SAIR", NOW)
    serve_campaigns(NOW)
    [one] = made.all_recipients.all()
    assert (one.state, one.code, one.message) == ("left_out", "oposicao", None)
    serve_campaigns(NOW)
    made.refresh_from_db()
    assert made.state == State.DONE


def test_each_customer_gets_it_once_however_often_it_is_served(manager: Doer, executive: Doer) -> None:
    made = running_one(manager, executive, channels=("in_app",))
    for _turn in range(3):
        serve_campaigns(NOW)
        delivered()
    Recipient.objects.filter(state="queued").update(state="reachable", message=None)  # a kill that lost the answer
    Campaign.objects.filter(pk=made.pk).update(state=State.RUNNING)
    serve_campaigns(NOW)
    delivered()
    told = Counter(Notice.objects.values_list("customer_id", flat=True))
    assert set(told.values()) == {1}
    assert len(told) == made.all_recipients.filter(state="queued").count() > 5


def test_a_pause_holds_even_what_a_worker_has_leased(manager: Doer, executive: Doer) -> None:
    made = running_one(manager, executive, channels=("in_app",))
    serve_campaigns(NOW)
    senders = {"in_app": NoticeSender("in_app")}
    leased = worker.lease(senders, "w1", NOW, Pace())
    assert leased
    running.change(manager, made.pk, "pause", NOW)
    assert not any(worker._mark(one, None, "w1", NOW, Pace()) for one in leased), "stopped before the next message"
    later = NOW + timedelta(minutes=2)
    assert worker.deliver(senders, "w2", lambda: later, Pace()) == 0
    assert serve_campaigns(later) == 0
    running.change(executive, made.pk, "resume", later)
    assert worker.deliver(senders, "w2", lambda: later, Pace()) == len(leased)


def test_another_campaign_of_the_same_customer_is_not_held_up(manager: Doer, executive: Doer) -> None:
    first = running_one(manager, executive, CUSTOMER, channels=("in_app",))
    second = running_one(manager, executive, CUSTOMER, channels=("in_app",), name="Outra")
    serve_campaigns(NOW)
    running.change(manager, first.pk, "pause", NOW)
    assert delivered() == 1
    assert Message.objects.get(state="sent").switch == second.code


def test_the_kill_switch_ends_what_nobody_has_sent(manager: Doer, executive: Doer, people: dict[Role, User]) -> None:
    made = running_one(manager, executive, channels=("in_app",), per_hour=3)
    serve_campaigns(NOW)
    assert Message.objects.count() == 3, "no more than its pace an hour"
    assert serve_campaigns(NOW) == 0
    with pytest.raises(AccessError):
        running.change(doer(people[Role.EXECUTOR]), made.pk, "stop", NOW)
    told = running.change(executive, made.pk, "stop", NOW)
    assert told.state == State.STOPPED
    assert set(Message.objects.values_list("state", flat=True)) == {"suppressed"}
    assert set(made.all_recipients.values_list("state", flat=True)) == {"queued", "left_out"}
    assert delivered() == 0
    with pytest.raises(InputError):
        running.change(executive, made.pk, "resume", NOW)


@pytest.mark.parametrize(
    ("over", "error", "told"),
    [
        ({"text": "Olá {pesoa}, tudo bem?"}, UnknownNameError, "Quis dizer pessoa"),
        ({"short": "Olá {"}, InputError, "chave sem par"),
        ({"channels": ("telefone",)}, UnknownNameError, "canal"),
        ({"channels": ()}, InputError, "ao menos um canal"),
        ({"kind": "educasao"}, UnknownNameError, "Quis dizer educacao"),
        ({"group": "mensagem"}, UnknownNameError, "Quis dizer mensagens"),
        ({"name": "a"}, InputError, "Falta o nome"),
        ({"per_hour": -1}, InputError, "ritmo"),
    ],
)
def test_wrong_words_are_refused_before_anybody_is_counted(
    manager: Doer, over: dict[str, object], error: type[InputError], told: str
) -> None:
    with pytest.raises(error, match=told):
        begun(manager, **over)
    assert not Campaign.objects.exists()


def test_a_customer_who_left_the_base_is_reported(manager: Doer, executive: Doer) -> None:
    made = begun(manager, CUSTOMER, "10026")
    Customer.objects.filter(customer_id="10026").delete()
    serve_campaigns(NOW)
    serve_campaigns(NOW)
    assert made.all_recipients.get(customer_id="10026").code == "sem_cadastro"
    assert PERSON


def test_a_campaign_that_reaches_nobody_is_not_proposed(manager: Doer) -> None:
    made = counted(manager, "10013", channels=("sms",))
    with pytest.raises(InputError, match="não alcança ninguém"):
        proposing.propose(manager, made.pk, NOW)


def test_a_refusal_says_why(manager: Doer, executive: Doer) -> None:
    made = counted(manager)
    proposing.propose(manager, made.pk, NOW)
    with pytest.raises(InputError, match="motivo da recusa"):
        proposing.reject(executive, made.pk, " ", NOW)
    assert proposing.reject(executive, made.pk, "Tom errado", NOW).why == "Tom errado"
    with pytest.raises(InputError):
        proposing.approve(executive, made.pk, NOW)
