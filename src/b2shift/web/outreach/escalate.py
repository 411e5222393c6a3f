"""Escalation of overdue tasks, by business days."""

from datetime import date, datetime

from django.db import transaction
from django.utils import timezone

from b2shift.interact.contracts import OwnerRole
from b2shift.kernel.calendar import business_days_between
from b2shift.web.accounts.models import User
from b2shift.web.accounts.permissions import Capability, may
from b2shift.web.accounts.roles import Role
from b2shift.web.crm.models import Customer
from b2shift.web.crm.reading import portfolio
from b2shift.web.outbox.in_force import limits_in_force
from b2shift.web.outbox.queue import notify
from b2shift.web.outreach.models import Task
from b2shift.web.watch.alert_texts import NOTICE

_ROLES = {OwnerRole.EXECUTOR: Role.EXECUTOR, OwnerRole.GESTOR: Role.MANAGER, OwnerRole.EXECUTIVO: Role.EXECUTIVE}


def days_left(due_on: date, today: date, state: str | None) -> int:
    """Business days of the customer's state until a task's due date; negative after it."""
    if due_on >= today:
        return business_days_between(today, due_on, state)
    return -business_days_between(due_on, today, state)


def escalate(now: datetime) -> int:
    """Notify whoever the policy names of overdue tasks, each step of a task once; how many tasks took a step.

    A person gets one notice of all of them. A step with nobody to tell stays to be taken.
    """
    today, steps = timezone.localdate(now), limits_in_force().escalations
    with transaction.atomic():
        late = Task.objects.select_for_update().filter(outcome="", due_on__lt=today, told__lt=len(steps))
        tasks = list(late.order_by("due_on", "id"))
        behind = _days_behind(tasks, today)
        taken: dict[int, Task] = {}
        for number, step in enumerate(steps, 1):
            passed = [one for one in tasks if one.told < number and behind[one.pk] >= step.after_days]
            for person, theirs in _by_recipient(passed, step.to).items():
                _notify(person, theirs, number, now)
                for one in theirs:
                    one.told = number
                    taken[one.pk] = one
        Task.objects.bulk_update(taken.values(), ["told"], batch_size=500)
    return len(taken)


def _days_behind(tasks: list[Task], today: date) -> dict[int, int]:
    wanted = {one.customer_id for one in tasks}
    states = dict(Customer.objects.filter(customer_id__in=wanted).values_list("customer_id", "state"))
    return {one.pk: -days_left(one.due_on, today, states.get(one.customer_id)) for one in tasks if one.due_on}


def _by_recipient(tasks: list[Task], role: OwnerRole) -> dict[User, list[Task]]:
    """To everybody of a role the tasks of their sellers; to executives everybody's."""
    if not tasks:
        return {}
    shared = {}
    for person in User.objects.filter(role=_ROLES[role], is_active=True).order_by("pk"):
        sellers = set() if role is OwnerRole.EXECUTIVO else set(portfolio(person))
        theirs = [one for one in tasks if role is OwnerRole.EXECUTIVO or one.owner_id in sellers]
        if theirs:
            shared[person] = theirs
    return shared


def _notify(person: User, tasks: list[Task], step: int, now: datetime) -> None:
    first, count = tasks[0], len(tasks)
    title = f"{count} tarefa fora do prazo" if count == 1 else f"{count} tarefas fora do prazo"
    text = f"A mais antiga: {first.title or first.channel}, cliente {first.customer_id}, até {first.due_on:%d/%m/%Y}."
    path = "/tarefas/?ver=atrasadas" if may(person, Capability.OUTREACH) else ""
    payload = {"person": person.pk, "title": title, "text": text, "path": path}
    notify(NOTICE, payload, f"atraso:{person.pk}:{step}:{timezone.localdate(now):%Y%m%d}:{first.pk}", now)
