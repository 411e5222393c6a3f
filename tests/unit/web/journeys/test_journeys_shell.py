"""Journeys under way: entered once, told once, stopped by who may, and nothing half done after a kill."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from tests.unit.web.journeys.world import FACTS, SHORT, entrants, look_again, only, published, story
from tests.unit.web.outreach.world import CUSTOMER, NOW, PERSON, doer

from b2shift.kernel.errors import AccessError, InputError, PolicyError, UnknownNameError
from b2shift.web.accounts.models import User
from b2shift.web.accounts.roles import Role
from b2shift.web.channels import serving
from b2shift.web.crm.models import Proposal
from b2shift.web.journeys import advancing, publishing, running
from b2shift.web.journeys.enrolling import enrol
from b2shift.web.journeys.models import Enrolment, Passage, Running, Version
from b2shift.web.journeys.serving import serve_journeys
from b2shift.web.ledger.models import AuditEvent
from b2shift.web.ledger.trail import Doer
from b2shift.web.outbox import permissions as permissions
from b2shift.web.outbox import worker
from b2shift.web.outbox.models import Message
from b2shift.web.outreach import approve, inbound
from b2shift.web.outreach.models import Draft, Notice, Outcome, Receipt

pytestmark = pytest.mark.records
LATER = NOW + timedelta(days=4)


def told_of() -> list[str]:
    """What the audit trail tells of journeys."""
    events = AuditEvent.objects.filter(action="journey").order_by("sequence")
    return list(events.values_list("details__what", flat=True))


@pytest.fixture
def short(manager: Doer, another_manager: Doer, due: Proposal) -> Version:
    return published(manager, another_manager)


@pytest.fixture
def entered(short: Version, monkeypatch: pytest.MonkeyPatch) -> Enrolment:
    with entrants(monkeypatch, CUSTOMER):
        assert enrol(NOW) == 1
    return only()


def test_a_version_is_proposed_by_one_and_approved_by_another(
    executor: Doer, manager: Doer, another_manager: Doer, people: dict[Role, User]
) -> None:
    with pytest.raises(AccessError):
        publishing.propose(executor, SHORT, "", NOW)
    with pytest.raises(PolicyError, match="linha 17"):
        publishing.propose(manager, SHORT.replace("next: esperar", "next: nada"), "", NOW)
    made = publishing.propose(doer(people[Role.ANALYST]), SHORT, "primeira", NOW)
    assert not Running.objects.exists(), "a proposal runs nothing"
    with pytest.raises(AccessError):
        publishing.approve(doer(people[Role.ANALYST]), made.pk, NOW)
    publishing.approve(manager, made.pk, NOW)
    with pytest.raises(InputError, match="já não espera"):
        publishing.approve(another_manager, made.pk, NOW)
    with pytest.raises(InputError, match="Nada mudou"):
        publishing.propose(manager, SHORT, "", NOW)
    own = publishing.propose(manager, SHORT.replace("days: 3", "days: 5"), "mais tempo", NOW)
    with pytest.raises(InputError, match="não a aprova"):
        publishing.approve(manager, own.pk, NOW)
    publishing.refuse(another_manager, own.pk, "tempo demais", NOW)
    assert Running.objects.get().version.number == 1
    assert told_of() == [
        "proposed", "approved", "proposed", "refused",
    ]  # fmt: skip


def test_an_older_version_comes_back_and_nothing_is_deleted(
    short: Version, manager: Doer, another_manager: Doer
) -> None:
    published(manager, another_manager, SHORT.replace("days: 3", "days: 5"))
    assert Running.objects.get().version.number == 2
    with pytest.raises(UnknownNameError):
        publishing.roll_back(manager, "curta", 7, NOW)
    publishing.roll_back(manager, "curta", 1, NOW)
    assert (Running.objects.get().version.number, Version.objects.count()) == (1, 2)


def test_coming_twice_is_entering_once_and_the_stay_keeps_what_was_known(
    entered: Enrolment, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert entered.classes == FACTS
    assert (entered.type, entered.reason, entered.state) == ("neutro", "Porque sim.", "inside")
    with entrants(monkeypatch, CUSTOMER):
        assert enrol(NOW) == 0, "this lake has been looked at"
        look_again()
        assert enrol(NOW) == 0, "still inside"
        Enrolment.objects.update(state="ended", ended_at=NOW)
        look_again()
        assert enrol(LATER) == 0, "never again, says the journey"
    assert story() == [("entrou", "carta")]


def test_nobody_is_in_two_journeys_of_one_theme(
    entered: Enrolment, manager: Doer, another_manager: Doer, monkeypatch: pytest.MonkeyPatch
) -> None:
    published(manager, another_manager, "detrator")
    with entrants(monkeypatch, CUSTOMER, "10013"):
        assert enrol(NOW) == 1
    assert sorted(Enrolment.objects.values_list("journey_id", "customer_id")) == [
        ("curta", CUSTOMER), ("detrator", "10013"),
    ]  # fmt: skip
    copy = Enrolment.objects.get(customer_id=CUSTOMER)
    copy.pk, copy.journey_id = None, "outra"
    with pytest.raises(IntegrityError), transaction.atomic():
        copy.save(force_insert=True)


def test_a_message_leaves_once_by_the_first_channel_allowed_however_often_one_looks(entered: Enrolment) -> None:
    for _ in range(3):
        advancing.advance_due(NOW, everything=True)
    message = Message.objects.get()
    key = f"contato:j{entered.pk}.carta:email"
    assert (message.dedupe_key, message.channel, message.person_id) == (key, "email", PERSON)
    assert message.payload["to"] == "pessoa24@segredo.example"
    assert message.payload["rule_id"] == "curta"
    assert "Queremos ouvir vocês." in message.payload["text"]
    assert (only().step, only().wakes_at) == ("esperar", NOW + timedelta(days=3))
    assert story() == [("entrou", "carta"), ("pediu", "carta"), ("seguiu", "esperar")]
    read = AuditEvent.objects.filter(action="personal_read").get()
    assert (read.actor_email, read.purpose) == ("jornada curta", "campanha")


def test_a_kill_between_contact_and_commit_leaves_nothing_and_doing_it_again_leaves_one(
    entered: Enrolment, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept, calls = advancing.ask, []

    def killed(*told: object) -> str:
        kept(*told)  # type: ignore[arg-type]
        calls.append(1)
        assert Message.objects.count() == 1
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(advancing, "ask", killed)
        with pytest.raises(KeyboardInterrupt):
            advancing.advance(entered.pk, NOW)
    assert calls == [1]
    assert not Message.objects.exists()
    assert story() == [("entrou", "carta")]
    advancing.advance(entered.pk, NOW)
    assert Message.objects.count() == Draft.objects.count() == 1


def test_a_stay_is_due_once_for_each_thing_said_so_that_it_keeps_nobody_waiting(entered: Enrolment) -> None:
    advancing.advance_due(NOW)
    assert advancing._due(NOW, False) == []
    told = {"customer_id": CUSTOMER, "channel": "email", "origin": "link", "at": NOW}
    for _turn in range(2):
        Outcome.objects.create(key="k", proposal_id=f"j{entered.pk}.carta", value="clicou", **told)
        assert advancing._due(NOW, False) == [entered.pk]
        assert not advancing.advance(entered.pk, NOW), "nothing waits for a click"
        assert advancing._due(NOW, False) == []


def test_an_opposition_stops_the_message_with_its_reasons_and_leads_the_other_way(entered: Enrolment) -> None:
    permissions.oppose(CUSTOMER, "SAIR", NOW, channel="email", person_id=PERSON)
    advancing.advance_due(NOW)
    assert not Message.objects.exists()
    assert (only().state, only().outcome, only().goal) == ("ended", "sem_canal", False)
    why = Passage.objects.get(kind="impedido").detail["porque"]
    assert "whatsapp: Não há consentimento" in why
    assert "email: O cliente se opôs" in why


def test_caps_stop_a_journey_as_they_stop_everybody(entered: Enrolment) -> None:
    told = {
        "customer_id": CUSTOMER,
        "person_id": PERSON,
        "channel": "email",
        "group": "mensagens",
        "effect": {"discount_percent": 0},
    }
    for n in range(3):
        Message.objects.create(
            **told, dedupe_key=str(n), payload={}, state="sent", due_at=NOW, sent_at=NOW, created_at=NOW
        )
    advancing.advance_due(NOW)
    assert only().outcome == "sem_canal"
    assert "pessoa em 7 dias" in Passage.objects.get(kind="impedido").detail["porque"]


def test_a_reply_is_the_goal_and_the_measure_is_taken_in_its_time(entered: Enrolment) -> None:
    advancing.advance_due(NOW)
    message = Message.objects.get()
    inbound.receipt(message, Receipt.Kind.REPLIED, "", NOW)
    assert advancing.advance_due(NOW) == 1
    one = only()
    assert (one.state, one.outcome, one.goal, one.measured) == ("ended", "respondeu", True, None)
    assert advancing.measure_due(NOW + timedelta(days=59)) == 0
    assert advancing.measure_due(NOW + timedelta(days=60)) == 1
    assert advancing.measure_due(NOW + timedelta(days=61)) == 0
    assert (only().measured, story()[-1]) == (False, ("mediu", "bom"))


def test_silence_ends_at_the_term(entered: Enrolment) -> None:
    advancing.advance_due(NOW)
    assert advancing.advance_due(NOW + timedelta(days=2)) == 0
    assert advancing.advance_due(LATER) == 1
    assert (only().outcome, advancing.advance_due(LATER)) == ("silencio", 0)


def test_who_is_held_back_is_never_contacted_and_leaves_after_the_measure(
    manager: Doer, another_manager: Doer, due: Proposal, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = SHORT.replace(
        "steps:\n", "steps:\n  - {id: fica, name: Controle, kind: holdout, share: 0.999, next: carta}\n"
    )
    published(manager, another_manager, text)
    with entrants(monkeypatch, CUSTOMER):
        assert serve_journeys(NOW) == (1, 1)
    assert (only().state, only().step) == ("held", "fica")
    for day in range(0, 70, 7):
        serve_journeys(NOW + timedelta(days=day), everything=True)
    assert not Draft.objects.exists()
    assert not Message.objects.exists()
    assert (only().outcome, only().measured) == ("controle", False)


def test_a_step_that_wants_a_yes_waits_for_it_and_a_no_goes_on_without(
    manager: Doer, another_manager: Doer, due: Proposal, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = SHORT.replace("    next: esperar\n", "    approval: sempre\n    next: esperar\n")
    published(manager, another_manager, text)
    with entrants(monkeypatch, CUSTOMER):
        enrol(NOW)
    for _ in range(3):
        advancing.advance_due(NOW)
    draft = Draft.objects.get()
    assert (draft.state, draft.reason, only().step) == ("waiting", "Porque sim.", "carta")
    with pytest.raises(InputError, match="não o aprova"):
        approve.approve(manager, draft.pk, NOW)
    approve.approve(another_manager, draft.pk, NOW)
    advancing.advance_due(NOW)
    assert (Message.objects.get().state, only().step) == ("pending", "esperar")


def test_a_refused_contact_goes_the_other_way(
    manager: Doer, another_manager: Doer, due: Proposal, monkeypatch: pytest.MonkeyPatch
) -> None:
    published(
        manager, another_manager, SHORT.replace("    next: esperar\n", "    approval: sempre\n    next: esperar\n")
    )
    with entrants(monkeypatch, CUSTOMER):
        serve_journeys(NOW)
    approve.reject(another_manager, Draft.objects.get().pk, "agora não", NOW)
    advancing.advance_due(NOW)
    assert (only().outcome, Message.objects.count()) == ("sem_canal", 0)


def test_a_paused_journey_stands_still_a_drained_one_takes_nobody_in(
    entered: Enrolment, executor: Doer, manager: Doer, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(AccessError):
        running.change(executor, "curta", "pause", NOW)
    with pytest.raises(UnknownNameError):
        running.change(manager, "curta", "parar", NOW)
    running.change(manager, "curta", "pause", NOW)
    assert advancing.advance_due(NOW, everything=True) == 0
    assert not advancing.advance(entered.pk, NOW)
    with entrants(monkeypatch, "10013"):
        look_again()
        assert enrol(NOW) == 0
        running.change(manager, "curta", "drain", NOW)
        assert enrol(NOW) == 0
        assert advancing.advance_due(NOW) == 1, "those inside go on"
        running.change(manager, "curta", "resume", NOW)
        assert enrol(NOW) == 1
    assert told_of()[2:] == [
        "pause", "drain", "resume",
    ]  # fmt: skip


def test_those_inside_are_taken_on_to_a_version_that_knows_their_step(
    entered: Enrolment, manager: Doer, another_manager: Doer
) -> None:
    advancing.advance_due(NOW)
    published(
        manager, another_manager, SHORT.replace("id: esperar", "id: ouvir").replace("next: esperar", "next: ouvir")
    )
    assert only().version.number == 1, "whoever is inside stays in their version"
    with pytest.raises(InputError, match="passos que a nova versão não tem"):
        running.migrate(manager, "curta", NOW)
    published(manager, another_manager, SHORT.replace("next: bom, otherwise: fim", "next: fim, otherwise: bom"))
    assert running.migrate(manager, "curta", NOW) == 1
    assert running.migrate(manager, "curta", NOW) == 0
    advancing.advance_due(LATER)
    assert (only().version.number, only().outcome) == (3, "respondeu")
    assert ("migrou", "esperar") in story()


def test_a_word_of_an_old_task_reaches_its_own_stay_only(entered: Enrolment) -> None:
    advancing.advance_due(NOW)
    told = {"customer_id": CUSTOMER, "channel": "email", "value": "aceitou", "origin": "tarefa", "at": NOW}
    Outcome.objects.create(key="x", proposal_id=f"j{entered.pk}9.carta", **told)
    Outcome.objects.create(key="y", proposal_id="p_24", **told)
    assert advancing.advance_due(NOW) == 0
    Outcome.objects.create(key="z", proposal_id=f"j{entered.pk}.carta", **told)
    assert advancing.advance_due(NOW) == 1
    assert only().goal


def test_one_round_of_the_worker_enters_moves_and_delivers(
    manager: Doer, another_manager: Doer, due: Proposal, monkeypatch: pytest.MonkeyPatch
) -> None:
    published(manager, another_manager, SHORT.replace("[whatsapp, email]", "[in_app]"))
    monkeypatch.setattr(serving, "_now", lambda: NOW)
    monkeypatch.setattr(worker, "close_old_connections", lambda: None)  # this test's transaction is on it
    said: list[str] = []
    with entrants(monkeypatch, CUSTOMER):
        assert serving.serve({}, said.append, once=True) == 1
        assert serving.serve({}, said.append, once=True) == 0, "and not again"
    assert "Queremos ouvir vocês." in Notice.objects.get().text
    assert "Jornadas: 1 entradas, 1 avanços." in said
    assert only().step == "esperar"
