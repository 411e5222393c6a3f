"""Splits that learn, on the records: shares set once a day, draws kept with them, outcomes counted once."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from django.db.models import Sum
from django.test import Client
from tests.unit.web.journeys.world import entrants, published
from tests.unit.web.outreach.world import NOW

from b2shift.interact.api import journey_drawn_arm, journey_learning_splits
from b2shift.web.accounts.roles import Role
from b2shift.web.crm.models import Customer
from b2shift.web.journeys.learning.lines import EVERYONE
from b2shift.web.journeys.learning.shares import set_shares
from b2shift.web.journeys.models import ArmInForce, Enrolment, Passage, ShareBatch, Trial
from b2shift.web.journeys.serving import serve_journeys
from b2shift.web.journeys.texts import journey_of
from b2shift.web.ledger.trail import Doer

pytestmark = pytest.mark.records

LEARNS = """id: curta
name: Jornada que aprende
about: Duas maneiras de esperar.
type: neutro
kind: relacionamento
theme: satisfacao
cap_group: mensagens
owner_role: executor
enter: {trigger: {kind: nps, at_least: -100}, reentry_days: null}
measure: {all: [{metric: class_now, equals: promotor}], within_days: 60}
steps:
  - id: sorteio
    name: Sorteio
    kind: split
    learns: true
    window_days: 10
    arms: [{name: a, share: 0.5, next: curta}, {name: b, share: 0.5, next: longa}]
  - {id: curta, name: Curta, kind: wait, days: 1, next: bom}
  - {id: longa, name: Longa, kind: wait, days: 2, next: bom}
  - {id: bom, name: Fim, kind: goal, outcome: respondeu}
"""


def test_a_draw_is_kept_with_the_shares_it_was_made_by(
    manager: Doer, another_manager: Doer, people: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    published(another_manager, manager, LEARNS)
    customers = list(Customer.objects.values_list("customer_id", flat=True))
    with entrants(monkeypatch, *customers):
        serve_journeys(NOW)
    batch = ShareBatch.objects.get()
    assert {one.share for one in batch.lines.all()} == {0.5}
    assert {one.group for one in batch.lines.all()} == {EVERYONE}
    assert Trial.objects.count() == len(customers)
    for one in Trial.objects.select_related("enrolment", "version"):
        journey = journey_of(one.version)
        [step] = journey_learning_splits(journey)
        shares = {line.arm: line.share for line in batch.lines.all()}
        again = journey_drawn_arm(journey, step, f"{one.enrolment.customer_id}/{one.enrolment.occasion}", shares)
        assert (again, shares[again]) == (one.arm, one.propensity)
        passage = Passage.objects.get(enrolment=one.enrolment, kind="sorteou")
        assert passage.detail["shares"] == batch.pk
    serve_journeys(NOW)
    assert (ShareBatch.objects.count(), Trial.objects.count()) == (1, len(customers))


def test_a_success_is_written_once_however_often_one_looks(
    manager: Doer, another_manager: Doer, people: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    published(another_manager, manager, LEARNS)
    with entrants(monkeypatch, "10013"):
        serve_journeys(NOW)
    one = Trial.objects.get()
    seen(one.drawn_on + timedelta(days=3), class_now="promotor")
    set_shares(NOW + timedelta(days=3))
    set_shares(NOW + timedelta(days=3))
    one.refresh_from_db()
    assert (one.success, one.success_after, one.held_before) == (True, 3, False)
    seen(one.drawn_on + timedelta(days=30), class_now="detrator")
    set_shares(NOW + timedelta(days=30))
    one.refresh_from_db()
    assert (one.success, one.success_after) == (True, 3), "late news changes nothing"
    counted = ArmInForce.objects.filter(group=EVERYONE).order_by("batch__day").values_list("batch__day")
    assert [total for _day, total in counted.annotate(Sum("successes"))] == [0, 1, 1]


def seen(on: date, **facts: str) -> None:
    """What is known of every stay, as of a day."""
    Enrolment.objects.update(facts=facts, facts_on=on)


def test_the_page_tells_of_each_arm_what_everybody_may_know(
    manager: Doer,
    another_manager: Doer,
    people: object,
    monkeypatch: pytest.MonkeyPatch,
    signed_in: Callable[[Role], Client],
) -> None:
    published(another_manager, manager, LEARNS)
    with entrants(monkeypatch, *Customer.objects.values_list("customer_id", flat=True)):
        serve_journeys(NOW)
    set_shares(NOW + timedelta(days=1))
    page = signed_in(Role.ANALYST).get("/jornadas/curta/").content.decode()
    assert "aprende enquanto roda" in page
    assert "Taxa esperada" in page
    assert "Parte de cada braço, dia a dia" in page
    part = signed_in(Role.EXECUTOR).get("/jornadas/curta/").content.decode()
    assert "aprende enquanto roda" in part
    assert "Taxa esperada" not in part, "figures of the whole base are for who sees all of it"
