"""`/tarefas/`: what to do with customers, and its outcome in one key."""

from datetime import date

from django.contrib import messages
from django.db.models import F
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from b2shift.web.accounts.permissions import Capability
from b2shift.web.console.doors import AskedBy, door
from b2shift.web.console.formats import number
from b2shift.web.crm.models import Customer
from b2shift.web.crm.reading import portfolio
from b2shift.web.ledger.trail import Doer
from b2shift.web.outreach import tasks
from b2shift.web.outreach.models import Outcome, Task
from b2shift.web.outreach.reading import visible_tasks

SHOWN = 100
# The key of each outcome on the page.
KEYS = {"feito": "1", "sem_resposta": "2", "recusou": "3", "aceitou": "4"}
_ICONS = {"feito": "check", "sem_resposta": "clock", "recusou": "reject", "aceitou": "deal"}


@door(Capability.OUTREACH)
def index(request: AskedBy) -> HttpResponse:
    """Open tasks, those that are due first; with `ver=feitas` what was done."""
    done = request.GET.get("ver") == "feitas"
    seen = visible_tasks(request.user)
    opened = seen.filter(outcome="")
    if done:
        rows = list(seen.exclude(outcome="").order_by("-id")[:SHOWN])
    else:
        rows = list(opened.order_by(F("due_on").asc(nulls_last=True), "id")[:SHOWN])
    count = opened.count()
    told = {
        "tasks": _told(rows),
        "done": done,
        "choices": [(value, label, KEYS[value], _ICONS[value]) for value, label in Task.Outcome.choices],
        "today": date.today(),  # noqa: DTZ011  # the day on the wall of who reads it
        "sentence": ngettext("%(n)s tarefa a fazer.", "%(n)s tarefas a fazer.", count) % {"n": number(count)},
        "mine": set(portfolio(request.user)),
    }
    return render(request, "console/contacts/tasks.html", told)


@door(Capability.OUTREACH, methods=("POST",))
def finish(request: AskedBy, key: int) -> HttpResponse:
    """Say what came of it; the toast has the way back."""
    task = tasks.finish(Doer.of(request), key, request.POST.get("outcome", ""), timezone.now())
    said = _("%(title)s: %(outcome)s.") % {"title": task.title[:80], "outcome": task.get_outcome_display().lower()}
    messages.success(request, said, extra_tags=reverse("console:task_reopen", args=[key]))
    return redirect("console:tasks")


@door(Capability.OUTREACH, methods=("POST",))
def reopen(request: AskedBy, key: int) -> HttpResponse:
    """Take an outcome back."""
    tasks.reopen(Doer.of(request), key, timezone.now())
    messages.success(request, _("Tarefa reaberta."))
    return redirect("console:tasks")


def _told(rows: list[Task]) -> list[tuple[Task, Customer | None, Outcome | None]]:
    """Each task with its customer and, when it is done, who said so."""
    wanted = {one.customer_id for one in rows}
    customers = {one.customer_id: one for one in Customer.objects.filter(customer_id__in=wanted)}
    said = {one.key: one for one in Outcome.objects.filter(key__in=[one.key for one in rows])}
    return [(one, customers.get(one.customer_id), said.get(one.key)) for one in rows]
