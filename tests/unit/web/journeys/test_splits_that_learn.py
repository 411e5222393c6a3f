"""Splits that learn, on the records: shares set once a day, draws kept with them, outcomes counted once."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from django.db import transaction
from django.db.models import Sum
from django.test import Client
from tests.unit.web.journeys.world import entrants, look_again, published
from tests.unit.web.outreach.world import CUSTOMER, NOW

from b2shift.interact.api import journey_drawn_arm, journey_learning_splits
from b2shift.web.accounts.roles import Role
from b2shift.web.crm.models import Customer, Publication
from b2shift.web.journeys import advancing
from b2shift.web.journeys.advancing import advance
from b2shift.web.journeys.drafts import text_of
from b2shift.web.journeys.enrolling import enrol
from b2shift.web.journeys.learning import reading, shares
from b2shift.web.journeys.learning.lines import EVERYONE
from b2shift.web.journeys.learning.shares import set_shares
from b2shift.web.journeys.learning.trials import keep_draw
from b2shift.web.journeys.models import ArmInForce, Enrolment, Passage, Running, ShareBatch, Sketch, Trial
from b2shift.web.journeys.serving import serve_journeys
from b2shift.web.journeys.texts import journey_of
from b2shift.web.ledger.trail import Doer
from b2shift.web.outbox.models import Permission
from b2shift.web.outreach.models import Outcome
from b2shift.web.privacy.delivered import CONSENT

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


def drawn(manager: Doer, another_manager: Doer, patch: pytest.MonkeyPatch, *customers: str) -> list[Trial]:
    """The draws of some customers who entered a journey in force."""
    published(another_manager, manager, LEARNS)
    with entrants(patch, *customers):
        serve_journeys(NOW)
    return list(Trial.objects.order_by("pk"))


def test_what_held_before_the_draw_is_a_success_only_when_the_window_is_over(
    manager: Doer, another_manager: Doer, people: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    (one,) = drawn(manager, another_manager, monkeypatch, "10013")
    seen(one.drawn_on, class_now="promotor")
    set_shares(NOW + timedelta(days=1))
    one.refresh_from_db()
    assert (one.success, one.held_before) == (None, True), "news of the day of the draw is no work of it"
    seen(one.drawn_on + timedelta(days=9), class_now="promotor")
    set_shares(NOW + timedelta(days=9))
    one.refresh_from_db()
    assert one.success is None
    seen(one.drawn_on + timedelta(days=12), class_now="promotor")
    set_shares(NOW + timedelta(days=12))
    one.refresh_from_db()
    assert (one.success, one.success_after) == (True, 10)


def test_a_customer_no_longer_delivered_is_closed_by_what_was_known_last(
    manager: Doer, another_manager: Doer, people: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    (one,) = drawn(manager, another_manager, monkeypatch, "10013")
    seen(one.drawn_on + timedelta(days=2), class_now="detrator")
    for days, known in ((12, None), (17, False)):
        Publication.objects.update(as_of=one.drawn_on + timedelta(days=days))
        set_shares(NOW + timedelta(days=days))
        one.refresh_from_db()
        assert one.success is known


def test_who_asks_to_leave_is_kept_once_with_the_day(
    manager: Doer, another_manager: Doer, people: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, other = drawn(manager, another_manager, monkeypatch, "10013", CUSTOMER)
    by = {row.enrolment.customer_id: row for row in (one, other)}
    about = {"customer_id": "10013", "channel": "email", "origin": "x"}
    Outcome.objects.create(key="k", value="pediu_para_sair", at=NOW + timedelta(days=2), **about)
    gone = {"customer_id": CUSTOMER, "channel": "email", "given": False}
    Permission.objects.create(**gone, origin=CONSENT, at=NOW + timedelta(days=1))
    Permission.objects.create(**gone, origin="titular", at=NOW + timedelta(days=30))
    set_shares(NOW + timedelta(days=3))
    Outcome.objects.create(key="k", value="pediu_para_sair", at=NOW + timedelta(days=3), **about)
    set_shares(NOW + timedelta(days=40))
    assert Trial.objects.get(pk=by["10013"].pk).left_after == 2
    assert Trial.objects.get(pk=by[CUSTOMER].pk).left_after is None, "a consent not delivered again, and one too late"


def test_an_arm_that_makes_customers_leave_is_stopped_says_so_and_is_drawn_no_more(
    manager: Doer,
    another_manager: Doer,
    people: object,
    monkeypatch: pytest.MonkeyPatch,
    signed_in: Callable[[Role], Client],
) -> None:
    (one,) = drawn(manager, another_manager, monkeypatch, "10013")
    told = {name: getattr(one, name) for name in ("version", "journey_id", "step", "evidence", "batch", "held_before")}
    about = {name: getattr(one.enrolment, name) for name in ("version", "journey_id", "type", "theme", "step", "since")}
    for n in range(60):
        stay = Enrolment.objects.create(
            customer_id=f"V{n}", occasion="x", state="ended", facts={"class_now": "detrator"}, facts_on=one.drawn_on,
            entered_at=NOW, measure_at=NOW, **about,
        )  # fmt: skip
        Trial.objects.create(
            enrolment=stay, group="", arm="ab"[n % 2], propensity=0.5, drawn_on=one.drawn_on, ends_on=one.ends_on,
            left_after=1 if n % 2 and n < 40 else None, **told,
        )  # fmt: skip
    set_shares(NOW + timedelta(days=1))
    newest = ShareBatch.objects.order_by("day").last()
    assert newest is not None
    assert {(line.arm, line.share, line.reason) for line in newest.lines.all()} == {
        ("a", 1.0, "starting"),
        ("b", 0.0, "stopped"),
    }
    with entrants(monkeypatch, *Customer.objects.values_list("customer_id", flat=True)):
        look_again()
        serve_journeys(NOW + timedelta(days=1))
    assert set(Trial.objects.filter(batch=newest).values_list("arm", "propensity")) == {("a", 1.0)}
    page = signed_in(Role.ANALYST).get("/jornadas/curta/").content.decode()
    assert "pediram para sair 20 de 3" in page
    part = signed_in(Role.EXECUTOR).get("/jornadas/curta/").content.decode()
    assert "mais clientes pediram para sair" in part
    assert "pediram para sair 20 de" not in part


def test_killed_while_shares_are_set_nothing_is_left_and_the_next_sets_them(
    manager: Doer, another_manager: Doer, people: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    published(another_manager, manager, LEARNS)
    with monkeypatch.context() as patched:
        patched.setattr(shares, "_lines", killed)
        with pytest.raises(KeyboardInterrupt), transaction.atomic():
            set_shares(NOW)
    assert not ShareBatch.objects.exists()
    assert set_shares(NOW) == 1
    assert set_shares(NOW) == 0


def killed(*_asked: object) -> None:
    raise KeyboardInterrupt


def test_killed_in_a_draw_it_falls_the_same_again(
    manager: Doer, another_manager: Doer, people: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    published(another_manager, manager, LEARNS)
    with entrants(monkeypatch, CUSTOMER, "10013"):
        enrol(NOW)
    set_shares(NOW)
    made = []

    def dying(one: Enrolment, *told: object) -> None:
        keep_draw(one, *told)  # type: ignore[arg-type]
        made.append(Trial.objects.get(enrolment=one).arm)
        raise KeyboardInterrupt

    stay = Enrolment.objects.order_by("pk").first()
    assert stay is not None
    with monkeypatch.context() as patched:
        patched.setattr(advancing, "keep_draw", dying)
        with pytest.raises(KeyboardInterrupt), transaction.atomic():
            advance(stay.pk, NOW)
    assert not Trial.objects.exists()
    assert not Passage.objects.filter(kind="sorteou").exists()
    advance(stay.pk, NOW)
    assert [one.arm for one in Trial.objects.all()] == made


def test_of_two_workers_that_set_shares_the_first_ones_hold(
    manager: Doer, another_manager: Doer, people: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    published(another_manager, manager, LEARNS)
    first: list[int] = []

    def overtaken() -> None:
        if not first:
            first.append(0)
            first[0] = set_shares(NOW)

    monkeypatch.setattr(shares, "newest_publication", overtaken)
    assert set_shares(NOW) == 0
    assert (first, ShareBatch.objects.count()) == ([1], 1)


def test_a_paused_journey_and_one_with_fixed_shares_set_none(
    manager: Doer, another_manager: Doer, people: object
) -> None:
    published(another_manager, manager, LEARNS)
    Running.objects.update(mode="paused")
    assert set_shares(NOW) == 0
    Running.objects.all().delete()
    published(another_manager, manager, LEARNS.replace("    learns: true\n    window_days: 10\n", ""))
    assert set_shares(NOW) == 0


def test_another_version_goes_on_learning_while_what_its_customers_get_is_the_same(
    manager: Doer, another_manager: Doer, people: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    (one,) = drawn(manager, another_manager, monkeypatch, "10013")
    published(another_manager, manager, LEARNS.replace("Duas maneiras", "Outras palavras para duas maneiras"))
    set_shares(NOW + timedelta(days=1))
    assert ShareBatch.objects.filter(evidence=one.evidence).count() == 2
    assert ArmInForce.objects.filter(batch__day__gt=one.drawn_on, group=EVERYONE, trials=1).count() == 1
    published(another_manager, manager, LEARNS.replace("days: 2", "days: 3"))
    set_shares(NOW + timedelta(days=2))
    begun = ShareBatch.objects.exclude(evidence=one.evidence).get()
    assert not begun.lines.exclude(trials=0).exists(), (
        "other steps after the split: what was seen tells of something else"
    )


def test_the_customers_behind_a_number_are_those_one_sees(
    manager: Doer,
    another_manager: Doer,
    due: object,
    monkeypatch: pytest.MonkeyPatch,
    signed_in: Callable[[Role], Client],
) -> None:
    _one, other = drawn(manager, another_manager, monkeypatch, "10013", CUSTOMER)
    Trial.objects.update(arm="a")
    Trial.objects.filter(pk=other.pk).update(success=True, success_after=2)
    address, asked = (
        "/jornadas/curta/clientes/?braco=sorteio.a&resultado=",
        (
            "sorteado",
            "sucesso",
            "no_prazo",
            "saiu",
        ),
    )
    succeeded = other.enrolment.customer_id == CUSTOMER
    for role, counted in ((Role.ANALYST, [2, 1, 1, 0]), (Role.EXECUTOR, [1, succeeded, not succeeded, 0])):
        browser = signed_in(role)
        Passage.objects.filter(kind="sorteou").update(detail={"arm": "a", "propensity": 0.5})
        assert [browser.get(address + one).content.decode().count("data-row-link") for one in asked] == counted
    assert signed_in(Role.ADMINISTRATOR).get(address).status_code == 403


def test_the_form_says_in_words_whether_the_shares_learn(signed_in: Callable[[Role], Client], people: object) -> None:
    browser = signed_in(Role.MANAGER)
    place, change = "/jornadas/curta/desenhar/", "/jornadas/curta/desenhar/mudar/"
    browser.get(place)
    browser.post(change, {"what": "text", "text": LEARNS})
    page = browser.get(place).content.decode()
    assert '<option value="aprende" selected>aprende enquanto roda</option>' in page
    filled = {
        "what": "fill", "step": "sorteio", "kind": "split", "id": "sorteio", "name": "Sorteio", "window_days": "30",
        "floor": "0,1", "arms-0-name": "a", "arms-0-share": "0,4", "arms-0-next": "curta",
        "arms-1-name": "b", "arms-1-share": "0,6", "arms-1-next": "longa",
    }  # fmt: skip
    browser.post(change, {**filled, "learns": "aprende"})
    told = text_of(Sketch.objects.get())
    for line in ("learns: true", "window_days: 30", "floor: 0.1"):
        assert line in told
    browser.post(change, {**filled, "learns": "fixas"})
    told = text_of(Sketch.objects.get())
    for word in ("learns", "window_days", "floor"):
        assert word not in told, "a term of what does not learn is nobody's mistake"


def test_draws_of_a_version_of_before_are_closed_too_and_counted_apart(
    manager: Doer, another_manager: Doer, people: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    (one,) = drawn(manager, another_manager, monkeypatch, "10013")
    Enrolment.objects.update(state="ended", ended_at=NOW)
    after = published(another_manager, manager, LEARNS.replace("days: 2", "days: 3"))
    Publication.objects.update(as_of=one.drawn_on + timedelta(days=11))
    with entrants(monkeypatch):
        look_again()
        enrol(NOW + timedelta(days=11))
    one.refresh_from_db()
    assert one.success is False, "its customer's facts were still looked at"
    journey = journey_of(after)
    (split,) = journey_learning_splits(journey)
    assert reading.counts(journey, split, Enrolment.objects.all()) == {}
