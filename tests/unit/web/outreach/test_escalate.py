"""A task nobody did in time: its clock counts business days, and each step tells whom it must, once."""

from collections.abc import Callable
from datetime import date, datetime, timedelta

import pytest
from django.test import Client
from tests.unit.web.outreach.world import CUSTOMER, NOW

from b2shift.web.accounts.models import User
from b2shift.web.accounts.roles import Role
from b2shift.web.outbox.models import Message
from b2shift.web.outreach.escalate import days_left, escalate
from b2shift.web.outreach.models import Task

DUE = date(2026, 12, 1)


def task(key: str, owner: str = "U0002", **told: object) -> Task:
    kept = {"customer_id": CUSTOMER, "channel": "telefone", "title": "Ligar", "due_on": DUE, "created_at": NOW}
    return Task.objects.create(key=key, owner_id=owner, **kept | told)


def told() -> list[tuple[int, str, str]]:
    """(person, title, address) of the notices in the queue."""
    found = Message.objects.filter(channel="aviso").order_by("id")
    return [(one.payload["person"], one.payload["title"], one.payload["path"]) for one in found]


@pytest.mark.parametrize(
    ("due_on", "today", "left"),
    [
        (date(2026, 12, 1), date(2026, 12, 1), 0),
        (date(2026, 12, 4), date(2026, 12, 1), 3),
        (date(2026, 12, 7), date(2026, 12, 4), 1),  # over a weekend
        (date(2026, 12, 24), date(2026, 12, 28), -1),  # Christmas and a weekend are no business days
        (date(2026, 12, 1), date(2026, 12, 2), -1),
    ],
)
def test_the_clock_counts_business_days(due_on: date, today: date, left: int) -> None:
    assert days_left(due_on, today, "SP") == left


def test_each_step_tells_whom_it_must_once(people: dict[Role, User]) -> None:
    late = [task("a"), task("b", title="Visitar"), task("c", owner="U0999"), task("d", outcome="feito"),
            task("e", due_on=DUE + timedelta(days=30)), task("f", due_on=None)]  # fmt: skip
    manager, executive = people[Role.MANAGER].pk, people[Role.EXECUTIVE].pk
    assert escalate(NOW - timedelta(days=1)) == 0, "the day itself is in time"
    assert escalate(NOW) == 2
    assert told() == [(manager, "2 tarefas fora do prazo", "/tarefas/?ver=atrasadas")]
    assert escalate(NOW) == 0
    assert escalate(NOW + timedelta(hours=20)) == 0
    assert escalate(NOW + timedelta(days=6)) == 3, "five business days; the one without a manager too"
    assert told()[1:] == [(executive, "3 tarefas fora do prazo", "")]
    assert [Task.objects.get(pk=one.pk).told for one in late] == [2, 2, 2, 0, 0, 0]
    assert escalate(NOW + timedelta(days=60)) == 1, "only the one whose day came later"


def test_a_manager_who_has_left_is_not_told(people: dict[Role, User]) -> None:
    User.objects.filter(pk=people[Role.MANAGER].pk).update(is_active=False)
    task("a")
    assert escalate(NOW) == 0
    assert told() == []
    assert Task.objects.get().told == 0


def test_the_page_shows_the_clock_and_keeps_what_is_late(
    signed_in: Callable[[Role], Client], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("django.utils.timezone.now", lambda: datetime.fromisoformat("2026-12-02T15:00:00+00:00"))
    task("a", told=1)
    task("b", title="Visitar", due_on=date(2026, 12, 2))
    task("c", title="Reunir", due_on=date(2026, 12, 4))
    browser = signed_in(Role.EXECUTOR)
    page = browser.get("/tarefas/")
    assert [row.clock for row in page.context["tasks"]] == [
        "atrasada há 1 dia útil",
        "vence hoje",
        "faltam 2 dias úteis",
    ]
    assert "avisada" in page.text
    assert [row.task.key for row in browser.get("/tarefas/?ver=atrasadas").context["tasks"]] == ["a"]
    assert browser.get("/tarefas/?ver=outras").status_code == 400
