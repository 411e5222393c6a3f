"""What people do with a customer, and what came of it in one key."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from b2shift.kernel.errors import AccessError, InputError, UnknownNameError
from b2shift.web.accounts.permissions import Capability, require
from b2shift.web.ledger.trail import Doer
from b2shift.web.outreach.models import Outcome, Task
from b2shift.web.outreach.reading import visible_tasks

REOPENED = "reaberta"
_KEPT = ("key", "customer_id", "proposal_id", "rule_id", "kind", "channel")


def finish(doer: Doer, key: int, value: str, now: datetime) -> Task:
    """Say what came of an open task; it becomes an outcome. InputError when somebody has said it already."""
    if value not in Task.Outcome.values:
        raise UnknownNameError(_("resultado"), value[:40], Task.Outcome.values)
    return _changed(doer, key, "", value, value, now)


def reopen(doer: Doer, key: int, now: datetime) -> Task:
    """Take back what was said of a task; both words stay among the outcomes."""
    with transaction.atomic():
        task = task_of(doer, key)
        return _changed(doer, key, task.outcome, "", REOPENED, now)


def _changed(doer: Doer, key: int, before: str, after: str, value: str, now: datetime) -> Task:
    with transaction.atomic():
        task = task_of(doer, key)
        if not Task.objects.filter(pk=task.pk, outcome=before).update(outcome=after):
            hint = _("Recarregue a lista")
            raise InputError(_("Esta tarefa já tem resultado"), value=task.get_outcome_display(), hint=hint)
        values = {name: getattr(task, name) for name in _KEPT}
        Outcome.objects.create(**values, value=value, origin="tarefa", by=_who(doer), at=now)
        task.outcome = after
    return task


def task_of(doer: Doer, key: int) -> Task:
    """A task the person sees and may do; AccessError otherwise."""
    if doer.person is None:
        raise AccessError(_("Entre para ver tarefas"))
    require(doer.person, Capability.OUTREACH)
    task = visible_tasks(doer.person).filter(pk=key).first()
    if task is None:
        raise AccessError(_("Esta tarefa não está entre as que você acompanha"), value=key)
    return task


def _who(doer: Doer) -> str:
    return doer.email or (doer.person.email if doer.person else "")
