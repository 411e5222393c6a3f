"""Some stay out by lot: who does is the same for every campaign of a theme, and nothing makes it a contact."""

from collections import Counter
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.web.campaigns.world import base_of, begun, counted
from tests.unit.web.outreach.world import CUSTOMER, NOW, doer

from b2shift.kernel.errors import InputError
from b2shift.web.accounts.models import User
from b2shift.web.accounts.roles import Role
from b2shift.web.campaigns import proposing, running, serving
from b2shift.web.campaigns.control_group import expected, falls_in_control, lot
from b2shift.web.campaigns.models import Campaign, Recipient
from b2shift.web.campaigns.reaching import approved_as
from b2shift.web.campaigns.serving import serve_campaigns
from b2shift.web.ledger.models import AuditEvent
from b2shift.web.ledger.trail import Doer
from b2shift.web.outbox import permissions as permissions
from b2shift.web.outbox import worker
from b2shift.web.outbox.models import Message
from b2shift.web.outbox.senders import Pace
from b2shift.web.outreach.in_app import NoticeSender
from b2shift.web.outreach.models import Notice

pytestmark = pytest.mark.records
State, Reached, Arm = Campaign.State, Recipient.State, Recipient.Arm
HALF = {"channels": ("in_app",), "control_share": 50}
# What a chi-square of so many degrees of freedom passes once in a thousand.
RARE = {9: 27.88, 19: 43.82}


@pytest.fixture(autouse=True)
def one_connection(monkeypatch: pytest.MonkeyPatch) -> None:
    """This test's transaction is on it."""
    monkeypatch.setattr(worker, "close_old_connections", lambda: None)


@pytest.fixture
def executive(people: dict[Role, User]) -> Doer:
    return doer(people[Role.EXECUTIVE])


def approved(author: Doer, approver: Doer, *codes: str, **over: object) -> Campaign:
    made = counted(author, *codes, **(HALF | over))
    proposing.propose(author, made.pk, NOW)
    return proposing.approve(approver, made.pk, NOW)


def deliver() -> None:
    worker.deliver({"in_app": NoticeSender("in_app")}, "w1", lambda: NOW, Pace())


def held(one: Campaign) -> set[str]:
    return set(one.all_recipients.filter(state=Reached.CONTROL).values_list("customer_id", flat=True))


def by_hash(codes: list[str], share: int = 50) -> set[str]:
    return {code for code in codes if falls_in_control("mensagens", code, share)}


def nobody_in_control_was_contacted(one: Campaign, control: set[str]) -> bool:
    asked = set(Message.objects.filter(switch=one.code).values_list("customer_id", flat=True))
    told = set(Notice.objects.values_list("customer_id", flat=True))
    return held(one) == control and not control & (asked | told)


# ---------------------------------------------------------------- the lot


def chi_square(counts: list[int]) -> float:
    mean = sum(counts) / len(counts)
    return sum((count - mean) ** 2 / mean for count in counts)


@pytest.mark.parametrize("theme", ["mensagens", "telefone", "um grupo da casa, com acento: avaliação"])
@pytest.mark.parametrize("written", ["{:05}", "{:014}", "C-{:x}"])
def test_the_lot_is_uniform_whatever_codes_look_like(theme: str, written: str) -> None:
    drawn = [lot(theme, written.format(number)) for number in range(20_000)]
    assert chi_square([Counter(int(one * 20) for one in drawn)[place] for place in range(20)]) < RARE[19]
    in_tenth = Counter(int(place / 2_000) for place, one in enumerate(drawn) if one < 0.1)
    assert chi_square([in_tenth[part] for part in range(10)]) < RARE[9], "nor does it lean along the codes"


def test_who_stays_out_of_one_theme_is_as_often_in_another() -> None:
    out = [str(code) for code in range(20_000) if falls_in_control("mensagens", str(code), 20)]
    both = sum(falls_in_control("ofertas", code, 20) for code in out)
    assert both / len(out) == pytest.approx(0.2, abs=0.02)


@given(st.text(max_size=40), st.text(max_size=40), st.integers(0, 50), st.integers(0, 50))
def test_who_stays_out_stays_out_of_every_campaign_that_leaves_out_as_many(
    theme: str, code: str, share: int, other: int
) -> None:
    assert 0 <= lot(theme, code) < 1
    assert lot(theme, code) == lot(theme, code)
    if falls_in_control(theme, code, min(share, other)):
        assert falls_in_control(theme, code, max(share, other))
    assert not falls_in_control(theme, code, 0)


def test_the_lot_of_today_is_that_of_every_day() -> None:
    """Campaigns of other days left these out: another hash would contact them."""
    told = [round(lot("mensagens", code), 6) for code in ("10012", "10024", "10026")]
    assert told == [0.149854, 0.674239, 0.340785]


@pytest.mark.parametrize(
    ("customers", "share", "about"), [(200, 10, 20), (7, 10, 1), (4, 10, 0), (3, 50, 2), (9, 0, 0)]
)
def test_about_how_many_stay_out(customers: int, share: int, about: int) -> None:
    assert expected(customers, share) == about


# ---------------------------------------------------------------- counting


def test_the_lot_falls_among_those_within_reach_alone(manager: Doer) -> None:
    own = base_of(manager.person)  # type: ignore[arg-type]
    permissions.oppose(*sorted(by_hash(own))[:1], "SAIR", NOW)
    one = counted(manager, **HALF)
    rows = {row.customer_id: row for row in one.all_recipients.all()}
    left_out = {code for code, row in rows.items() if row.state == Reached.LEFT_OUT}
    assert left_out & by_hash(own), "out of reach, whatever the lot"
    assert {rows[code].arm for code in left_out} == {""}
    assert held(one) == by_hash(own) - left_out
    assert {(row.state, row.arm) for row in rows.values()} == {
        ("left_out", ""), ("control", "control"), ("reachable", "treated"),
    }  # fmt: skip
    assert {rows[code].channel for code in held(one)} == {"in_app"}, "the channel they would have been reached by"
    assert one.state == State.READY


def test_another_campaign_of_the_theme_leaves_the_same_out_and_one_without_control_nobody(manager: Doer) -> None:
    first, second = counted(manager, **HALF), counted(manager, **HALF, name="Outra")
    fewer, none = counted(manager, **(HALF | {"control_share": 20})), counted(manager, **(HALF | {"control_share": 0}))
    assert held(first) == held(second) > held(fewer) > set()
    assert set(none.all_recipients.values_list("state", "arm")) == {("reachable", "")}


def test_counted_twice_or_killed_between_it_falls_the_same_way(manager: Doer, monkeypatch: pytest.MonkeyPatch) -> None:
    one, record, written = begun(manager, **HALF), serving._record, []

    def killed_at_the_fourth(*told: object) -> None:
        if len(written) == 3:
            raise KeyboardInterrupt
        written.append(told)
        record(*told)  # type: ignore[arg-type]

    monkeypatch.setattr(serving, "_record", killed_at_the_fourth)
    with pytest.raises(KeyboardInterrupt):
        serve_campaigns(NOW)
    monkeypatch.setattr(serving, "_record", record)
    assert one.all_recipients.exclude(state=Reached.NEW).count() == 3
    while serve_campaigns(NOW):
        pass
    first = held(one)
    assert first == by_hash(base_of(manager.person))  # type: ignore[arg-type]
    one.all_recipients.update(state=Reached.NEW, arm="")
    Campaign.objects.update(state=State.COUNTING)
    serve_campaigns(NOW + timedelta(days=3))
    assert held(one) == first


# ---------------------------------------------------------------- sending


def test_nobody_in_control_is_ever_queued(manager: Doer, executive: Doer) -> None:
    one = approved(manager, executive)
    control = held(one)
    others = one.recipients - len(control)
    while serve_campaigns(NOW):
        deliver()
    one.refresh_from_db()
    assert one.state == State.DONE, "it does not wait for them"
    assert Message.objects.filter(switch=one.code).count() == others > 3
    assert len(control) > 3
    assert nobody_in_control_was_contacted(one, control)
    assert serve_campaigns(NOW) == 0


def test_a_pause_a_resumption_and_a_lost_answer_contact_nobody_in_control(manager: Doer, executive: Doer) -> None:
    one = approved(manager, executive, per_hour=2)
    control = held(one)
    serve_campaigns(NOW)
    running.change(manager, one.pk, "pause", NOW)
    serve_campaigns(NOW)
    running.change(manager, one.pk, "resume", NOW)
    Recipient.objects.filter(state=Reached.QUEUED).update(state=Reached.REACHABLE, message=None, queued_at=None)
    for hour in range(30):
        serve_campaigns(NOW + timedelta(hours=hour))
        deliver()
    assert one.all_recipients.filter(state=Reached.QUEUED).count() == one.recipients - len(control)
    assert nobody_in_control_was_contacted(one, control)


def test_a_campaign_ended_before_its_end_keeps_who_was_in_control(manager: Doer, executive: Doer) -> None:
    one = approved(manager, executive, per_hour=2)
    control = held(one)
    serve_campaigns(NOW)
    running.change(executive, one.pk, "stop", NOW)
    for hour in range(5):
        serve_campaigns(NOW + timedelta(hours=hour))
        deliver()
    assert nobody_in_control_was_contacted(one, control)
    ended = one.all_recipients.filter(code=running.ENDED)
    assert set(ended.values_list("state", "arm")) == {("left_out", "treated")}, "what the lot gave stays"


def test_a_customer_who_cannot_be_reached_stays_with_the_arm_of_the_lot(
    manager: Doer, executive: Doer, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = approved(manager, executive)
    opposed = one.all_recipients.filter(state=Reached.REACHABLE).values_list("customer_id", flat=True)[0]
    permissions.oppose(opposed, "SAIR", NOW)
    serve_campaigns(NOW)
    found = one.all_recipients.get(customer_id=opposed)
    assert (found.state, found.code, found.arm) == ("left_out", "oposicao", "treated")


def test_the_records_themselves_hold_whom_the_lot_held(manager: Doer) -> None:
    counted(manager, **HALF)
    rows = Recipient.objects.filter(state=Reached.CONTROL)
    for changes in ({"state": Reached.QUEUED}, {"state": Reached.REACHABLE}, {"arm": Arm.TREATED}, {"arm": ""}):
        with pytest.raises(IntegrityError), transaction.atomic():
            rows.update(**changes)
    with pytest.raises(IntegrityError), transaction.atomic():
        Recipient.objects.filter(arm=Arm.TREATED).update(state=Reached.CONTROL)


# ---------------------------------------------------------------- the yes


def test_the_share_is_part_of_what_a_yes_is_of(manager: Doer, executive: Doer) -> None:
    one = approved(manager, executive)
    Campaign.objects.filter(pk=one.pk).update(control_share=49)
    serve_campaigns(NOW)
    assert not Message.objects.exists()
    assert set(one.all_recipients.exclude(state=Reached.CONTROL).values_list("code", flat=True)) == {"sem_aprovacao"}


def test_a_yes_given_before_there_were_control_groups_goes_on(manager: Doer) -> None:
    """The very fingerprint that version kept of this campaign: another would stop what is being sent."""
    assert approved_as(counted(manager, CUSTOMER, control_share=0)) == "2b609e40d195c8b8d6a1fcd83eabdeec"


@pytest.mark.parametrize("share", [-1, 51, 100])
def test_a_share_out_of_bounds_is_refused_before_anybody_is_counted(manager: Doer, share: int) -> None:
    with pytest.raises(InputError, match="grupo de controle vai de 0 a 50%"):
        begun(manager, control_share=share)
    assert not Campaign.objects.exists()


def test_a_campaign_that_holds_everybody_is_not_proposed(manager: Doer) -> None:
    held_alone = sorted(by_hash(base_of(manager.person)))[0]  # type: ignore[arg-type]
    one = counted(manager, held_alone, **HALF)
    with pytest.raises(InputError, match="não alcança ninguém"):
        proposing.propose(manager, one.pk, NOW)
    one.refresh_from_db()
    assert one.state == State.READY


def test_the_trail_keeps_the_share(manager: Doer) -> None:
    one = begun(manager, **HALF)
    event = AuditEvent.objects.get(object_kind="campaign", object_id=str(one.pk))
    assert (event.details["what"], event.details["control_share"]) == ("begun", 50)
