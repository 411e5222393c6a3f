"""`/tarefas/`: what to do with customers, and its outcome in one key."""

from dataclasses import dataclass
from datetime import date

from django.contrib import messages
from django.db.models import F
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from b2shift.interact.contracts import Kind
from b2shift.kernel.errors import InputError
from b2shift.web.accounts.permissions import Capability
from b2shift.web.console.decorators import AuthenticatedRequest, access_required
from b2shift.web.console.formats import counted
from b2shift.web.crm.models import Customer
from b2shift.web.crm.reading import portfolio
from b2shift.web.ledger.personal import Purpose, read_contacts
from b2shift.web.ledger.trail import Doer
from b2shift.web.outbox.gate import PURPOSE_OF
from b2shift.web.outreach import content, tasks
from b2shift.web.outreach.escalate import days_left
from b2shift.web.outreach.models import Outcome, Task
from b2shift.web.outreach.reading import visible_tasks

SHOWN = 100
LATE, DONE = "atrasadas", "feitas"
VIEWS: dict[str, str | Promise] = {
    "": gettext_lazy("A fazer"),
    LATE: gettext_lazy("Atrasadas"),
    DONE: gettext_lazy("Feitas"),
}
# The key of each outcome on the page.
KEYS = {"feito": "1", "sem_resposta": "2", "recusou": "3", "aceitou": "4"}
_ICONS = {"feito": "check", "sem_resposta": "clock", "recusou": "reject", "aceitou": "deal"}


@access_required(Capability.OUTREACH)
def index(request: AuthenticatedRequest) -> HttpResponse:
    """Open tasks, those that are due first; `ver` keeps what is late, or shows what was done."""
    view = request.GET.get("ver", "")
    if view not in VIEWS:
        raise InputError(_("Esta lista não existe"), value=view[:20], hint=_("Escolha uma das abas"))
    seen, today = visible_tasks(request.user), timezone.localdate()
    opened = seen.filter(outcome="")
    late = opened.filter(due_on__lt=today)
    if view == DONE:
        rows = list(seen.exclude(outcome="").order_by("-id")[:SHOWN])
    else:
        rows = list((late if view == LATE else opened).order_by(F("due_on").asc(nulls_last=True), "id")[:SHOWN])
    count = opened.count()
    context = {
        "tasks": _task_rows(rows, today),
        "view": view,
        "views": VIEWS.items(),
        "late": late.count(),
        "done": view == DONE,
        "choices": [(value, label, KEYS[value], _ICONS[value]) for value, label in Task.Outcome.choices],
        "sentence": counted(
            ngettext("%(n)s tarefa a fazer.", "%(n)s tarefas a fazer.", count),
            count,
            none=_("Nenhuma tarefa a fazer."),
        ),
        "mine": set(portfolio(request.user)),
    }
    return render(request, "console/contacts/tasks.html", context)


@access_required(Capability.OUTREACH, methods=("POST",))
def finish(request: AuthenticatedRequest, key: int) -> HttpResponse:
    """Say what came of it; the toast has the way back."""
    task = tasks.finish(Doer.of(request), key, request.POST.get("outcome", ""), timezone.now())
    said = _("%(title)s: %(outcome)s.") % {"title": task.title[:80], "outcome": task.get_outcome_display().lower()}
    messages.success(request, said, extra_tags=reverse("console:task_reopen", args=[key]))
    return redirect("console:tasks")


@access_required(Capability.OUTREACH, methods=("POST",))
def reopen(request: AuthenticatedRequest, key: int) -> HttpResponse:
    """Take an outcome back."""
    tasks.reopen(Doer.of(request), key, timezone.now())
    messages.success(request, _("Tarefa reaberta."))
    return redirect("console:tasks")


@access_required(Capability.OUTREACH, methods=("POST",))
def call(request: AuthenticatedRequest, key: int) -> HttpResponse:
    """The numbers to ring for a task, each one a press away; reading them is written down."""
    doer = Doer.of(request)
    task = tasks.task_of(doer, key)
    purpose = PURPOSE_OF[Kind(task.kind)] if task.kind else Purpose.SUPPORT.value
    persons = read_contacts(doer, task.customer_id, purpose)
    wanted = [one for one in persons if content.digits(one) and task.person_id in (None, "", one.contact_id)]
    context = {"numbers": [(one, content.digits(one)) for one in wanted]}
    return render(request, "console/contacts/call.html", context)


@dataclass(frozen=True)
class TaskRow:
    """A task with its customer, who said what came of it, and the business days left (negative: late)."""

    task: Task
    customer: Customer | None
    said: Outcome | None
    left: int | None

    @property
    def clock(self) -> str:
        """The time left in words."""
        if self.left is None:
            return ""
        if self.left == 0:
            return _("vence hoje")
        if self.left < 0:
            template = ngettext("atrasada há %(n)s dia útil", "atrasada há %(n)s dias úteis", -self.left)
        else:
            template = ngettext("falta %(n)s dia útil", "faltam %(n)s dias úteis", self.left)
        return counted(template, abs(self.left))


def _task_rows(rows: list[Task], today: date) -> list[TaskRow]:
    customers = {one.customer_id: one for one in Customer.objects.filter(customer_id__in={t.customer_id for t in rows})}
    said = {one.key: one for one in Outcome.objects.filter(key__in=[one.key for one in rows])}
    found = []
    for task in rows:
        customer = customers.get(task.customer_id)
        left = days_left(task.due_on, today, customer.state if customer else None) if task.due_on else None
        found.append(TaskRow(task, customer, said.get(task.key), left))
    return found
