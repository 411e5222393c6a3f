"""What an effect is measured on: who was contacted and who was not, as the lot fell, of approved campaigns."""

from collections import Counter
from datetime import UTC, date, datetime
from typing import Any

import pytest
from tests.unit.web.campaigns.world import counted
from tests.unit.web.outreach.world import NOW, doer

from b2shift.web.accounts.models import User
from b2shift.web.accounts.roles import Role
from b2shift.web.campaigns import proposing, running
from b2shift.web.campaigns.assignments import assignments
from b2shift.web.campaigns.models import Campaign, Recipient
from b2shift.web.campaigns.serving import serve_campaigns
from b2shift.web.ledger.trail import Doer
from b2shift.web.outbox import permissions as permissions
from b2shift.web.outbox.models import Message

pytestmark = pytest.mark.records
HALF: dict[str, Any] = {"channels": ("in_app",), "control_share": 50}
LATE = datetime(2026, 12, 3, 1, 30, tzinfo=UTC)  # still the day before in Brasília


@pytest.fixture
def executive(people: dict[Role, User]) -> Doer:
    return doer(people[Role.EXECUTIVE])


def approved(author: Doer, approver: Doer, *codes: str, **over: Any) -> Campaign:
    made = counted(author, *codes, **(HALF | over))
    proposing.propose(author, made.pk, NOW)
    return proposing.approve(approver, made.pk, LATE)


def test_each_customer_of_the_lot_is_told_by_arm_and_day(manager: Doer, executive: Doer) -> None:
    one = approved(manager, executive)
    found = assignments(one.pk)
    arms = dict(one.all_recipients.values_list("customer_id", "arm"))
    assert {each.customer_id: each.arm for each in found} == arms
    assert set(Counter(each.arm for each in found)) == {"treated", "control"}
    assert len(found) == one.recipients
    assert {(each.campaign_id, each.assigned_on) for each in found} == {(one.code, date(2026, 12, 2))}


def test_who_was_contacted_stays_so_whatever_became_of_the_contact(manager: Doer, executive: Doer) -> None:
    one = approved(manager, executive, per_hour=2)
    before = assignments(one.pk)
    treated = [each.customer_id for each in before if each.arm == "treated"]
    permissions.oppose(treated[0], "SAIR", NOW)
    serve_campaigns(NOW)
    Message.objects.filter(switch=one.code).update(state=Message.State.SUPPRESSED)
    running.change(executive, one.pk, "stop", NOW)
    states = set(one.all_recipients.values_list("state", flat=True))
    assert states == {"queued", "left_out", "control"}, "the contacts came to different ends"
    assert assignments(one.pk) == before


def test_who_was_out_of_reach_at_the_count_took_no_part(manager: Doer, executive: Doer) -> None:
    opposed = "10024"
    permissions.oppose(opposed, "SAIR", NOW)
    one = approved(manager, executive)
    assert one.all_recipients.get(customer_id=opposed).arm == ""
    assert opposed not in {each.customer_id for each in assignments(one.pk)}


def test_campaigns_without_a_yes_or_without_control_tell_nothing(
    monkeypatch: pytest.MonkeyPatch, manager: Doer, executive: Doer
) -> None:
    waiting, refused, none = (counted(manager, **HALF, name=name) for name in ("Espera", "Recusada", "Contada"))
    for one in (waiting, refused):
        proposing.propose(manager, one.pk, NOW)
    proposing.reject(executive, refused.pk, "Tom errado", NOW)
    monkeypatch.setattr(proposing, "needed", lambda _one: 2)
    proposing.approve(executive, waiting.pk, NOW)
    monkeypatch.undo()
    open_to_all = approved(manager, executive, control_share=0)
    for one in (waiting, refused, none, open_to_all):
        assert assignments(one.pk) == []
    assert assignments() == []
    assert Recipient.objects.filter(arm="control").exists(), "they were counted with a lot"
    assert Campaign.objects.get(pk=waiting.pk).decided_at is not None, "one yes of two"


@pytest.mark.parametrize("campaigns", [0, 1, 3])
def test_all_campaigns_are_read_by_two_questions(
    manager: Doer, executive: Doer, django_assert_max_num_queries: Any, campaigns: int
) -> None:
    made = [approved(manager, executive, name=f"Campanha {number}") for number in range(campaigns)]
    with django_assert_max_num_queries(2):
        found = assignments()
    assert Counter(each.campaign_id for each in found) == {one.code: one.recipients for one in made}
    if made:
        with django_assert_max_num_queries(2):
            assert assignments(made[-1].pk) == [each for each in found if each.campaign_id == made[-1].code]
