"""What each person sees of drafts, tasks and messages: those of the customers they see."""

from django.db.models import QuerySet

from b2shift.web.accounts.models import User
from b2shift.web.accounts.permissions import Capability, Scope, may, scope_of
from b2shift.web.accounts.prepared import Prepared
from b2shift.web.crm.models import Customer
from b2shift.web.crm.reading import visible_customers
from b2shift.web.outbox.models import Message
from b2shift.web.outreach.models import Draft, Incoming, Outcome, Task

EXCHANGED = 100  # of one customer, each way
_sent = Prepared(
    lambda code: Message.objects.filter(customer_id=code, sent_at__isnull=False).order_by("-sent_at")[:EXCHANGED]
)
_heard = Prepared(lambda code: Incoming.objects.filter(customer_id=code).order_by("-at")[:EXCHANGED])
task_outcomes = Prepared(lambda code: Outcome.objects.filter(customer_id=code, origin="tarefa").order_by("pk"))


def visible_messages(user: User) -> QuerySet[Message]:
    """Messages to the customers the person sees; notices to our own people only for who sees the whole base."""
    found = Message.objects.all()
    if not may(user, Capability.DELIVERY):
        return found.none()
    if scope_of(user) is Scope.ALL and not user.unit_in_view:
        return found
    return found.filter(customer_id__in=visible_customers(user).values("customer_id"))


def visible_drafts(user: User) -> QuerySet[Draft]:
    """Contacts prepared for the customers the person sees, for who prepares or approves them."""
    found = Draft.objects.select_related("author", "decided_by").exclude(effect={})  # whose person was erased
    if not (may(user, Capability.OUTREACH) or may(user, Capability.APPROVALS)):
        return found.none()
    return found.filter(customer_id__in=visible_customers(user).values("customer_id"))


def visible_tasks(user: User) -> QuerySet[Task]:
    """Tasks with the customers the person sees, for who does them."""
    found = Task.objects.all()
    if not may(user, Capability.OUTREACH):
        return found.none()
    return found.filter(customer_id__in=visible_customers(user).values("customer_id"))


def exchanged(
    user: User, seen: Customer, done: list[Outcome], most: int
) -> tuple[list[Message], list[Incoming], list[Outcome]]:
    """With a customer the person was found to see: what was sent, what came back, what became of tasks, newest first.

    What somebody wrote only for who may read personal data. `done` is all of `task_outcomes`.
    """
    code = seen.customer_id
    sees, reads = may(user, Capability.DELIVERY), may(user, Capability.CONTACTS)
    return (
        _sent(code)[:most] if sees else [],
        _heard(code)[:most] if reads else [],
        done[::-1][:most] if sees else [],
    )
