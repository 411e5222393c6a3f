"""Whatever the journey and whatever happens in whichever order, kills included: the records keep their promises."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from itertools import pairwise
from typing import Any

import pytest
from django.db import transaction
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.unit.interact.journey_maker import ANSWERS, journeys
from tests.unit.web.journeys.world import entrants
from tests.unit.web.outreach.world import CUSTOMER, NOW

from b2shift.interact.api import journey_learning_splits, journey_text
from b2shift.interact.contracts import Journey
from b2shift.web.crm.models import Proposal
from b2shift.web.journeys import advancing
from b2shift.web.journeys.enrolling import enrol
from b2shift.web.journeys.learning.shares import set_shares
from b2shift.web.journeys.models import Enrolment, Passage, Running, Version
from b2shift.web.ledger.trail import Doer
from b2shift.web.outbox.models import Message
from b2shift.web.outreach import approve
from b2shift.web.outreach.models import Draft, Outcome

pytestmark = pytest.mark.records
PEOPLE = (CUSTOMER, "10013")
EVENTS = st.lists(
    st.one_of(
        st.tuples(st.sampled_from(["enter", "go", "kill", "approve", "reject", "sent"]), st.just("")),
        st.tuples(st.just("answer"), ANSWERS),
        st.tuples(st.just("days"), st.sampled_from(["1", "6", "45"])),
    ),
    min_size=4,
    max_size=10,
)


@contextmanager
def undone() -> Iterator[None]:
    """What one example writes is gone before the next."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


class Life:
    """A journey in the records, and what happens to it."""

    def __init__(self, journey: Journey, author: Doer, other: Doer, patch: pytest.MonkeyPatch) -> None:
        told = {"journey_id": journey.id, "number": 1, "name": journey.name, "text": journey_text(journey)}
        version = Version.objects.create(**told, author=author.person, created_at=NOW)
        Running.objects.create(journey_id=journey.id, version=version, at=NOW)
        self.journey, self.approver, self.patch, self.now, self.visits = journey, other, patch, NOW, 0

    def live(self, what: str, told: str) -> None:
        match what:
            case "enter":
                self.visits += 1
                Running.objects.update(looked="")
                with entrants(self.patch, *PEOPLE, occasion=f"o{self.visits}"):
                    enrol(self.now)
            case "go":
                set_shares(self.now)
                advancing.advance_due(self.now, everything=True)
            case "kill":
                self.killed()
            case "approve" | "reject":
                for draft in Draft.objects.filter(state="waiting"):
                    if what == "approve":
                        approve.approve(self.approver, draft.pk, self.now)
                    else:
                        approve.reject(self.approver, draft.pk, "agora não", self.now)
            case "sent":
                Message.objects.filter(state="pending").update(state="sent", sent_at=self.now)
            case "answer":
                for draft in Draft.objects.filter(state="queued"):
                    told_of = {"customer_id": draft.customer_id, "channel": draft.channel, "origin": "tarefa"}
                    Outcome.objects.create(
                        key=f"{draft.pk}", proposal_id=draft.proposal_id, value=told, at=self.now, **told_of
                    )
            case _:
                self.now += timedelta(days=int(told))

    def killed(self) -> None:
        """The process ends while a stay's contact is written, before its commit."""
        kept = advancing.ask

        def dying(*asked: Any) -> str:
            kept(*asked)
            raise KeyboardInterrupt

        with self.patch.context() as patched:
            patched.setattr(advancing, "ask", dying)
            with suppress(KeyboardInterrupt), transaction.atomic():
                advancing.advance_due(self.now, everything=True)

    def promises(self) -> None:
        """What holds at every moment."""
        stays = list(Enrolment.objects.all())
        inside = Counter(one.customer_id for one in stays if one.state != "ended")
        assert max(inside.values(), default=0) <= 1, "nobody is inside twice"
        for one in stays:
            asked = Counter(one.passages.filter(kind="pediu").values_list("step", flat=True))
            ends = one.passages.filter(kind="terminou").count()
            numbers = list(one.passages.values_list("sequence", flat=True))
            assert max(asked.values(), default=0) <= 1, "a step asks once"
            assert ends == (one.state == "ended") == (one.ended_at is not None)
            assert numbers == list(range(1, len(numbers) + 1))
            drawn = {step.id for step in journey_learning_splits(self.journey)}
            kept = one.passages.filter(kind="sorteou", step__in=drawn).values_list("step", "detail__arm")
            assert sorted(kept) == sorted(one.trials.values_list("step", "arm")), "every draw that teaches is kept"
            drafts = Draft.objects.filter(proposal_id__startswith=f"j{one.pk}.")
            assert drafts.count() == len(set(drafts.values_list("proposal_id", flat=True))) <= sum(asked.values())
            if one.passages.filter(kind="segurou").exists():
                assert not drafts.exists(), "who is held back is never contacted"
        again = self.journey.enter.reentry_days
        for customer in PEOPLE:
            told = sorted((one for one in stays if one.customer_id == customer), key=lambda one: one.pk)
            for before, after in pairwise(told):
                assert again is not None
                assert before.ended_at is not None
                assert (after.entered_at - before.ended_at).days >= again - 1


@settings(max_examples=8, derandomize=True)
@given(journey=journeys(), events=EVENTS)
def test_the_records_keep_their_promises(
    manager: Doer,
    another_manager: Doer,
    due: Proposal,
    monkeypatch: pytest.MonkeyPatch,
    journey: Journey,
    events: list[tuple[str, str]],
) -> None:
    with undone():
        life = Life(journey, manager, another_manager, monkeypatch)
        for what, told in [("enter", ""), ("go", ""), *events]:
            life.live(what, told)
            life.promises()
        assert Passage.objects.exists()
