"""What each person sees of drafts, tasks and messages: those of the customers they see."""

from django.db.models import QuerySet

from b2shift.web.accounts.models import User
from b2shift.web.accounts.permissions import Capability, Scope, may, scope_of
from b2shift.web.crm.reading import visible_customers
from b2shift.web.outbox.models import Message
from b2shift.web.outreach.models import Draft, Incoming, Task


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
    found = Draft.objects.select_related("author", "decided_by")
    if not (may(user, Capability.OUTREACH) or may(user, Capability.APPROVALS)):
        return found.none()
    return found.filter(customer_id__in=visible_customers(user).values("customer_id"))


def visible_tasks(user: User) -> QuerySet[Task]:
    """Tasks with the customers the person sees, for who does them."""
    found = Task.objects.all()
    if not may(user, Capability.OUTREACH):
        return found.none()
    return found.filter(customer_id__in=visible_customers(user).values("customer_id"))


def exchanged(user: User, customer_id: str) -> tuple[list[Message], list[Incoming]]:
    """What was sent to a customer the person sees and what came back; what somebody wrote only for who may read
    personal data."""
    messages = visible_messages(user).filter(customer_id=customer_id, sent_at__isnull=False)
    reads = may(user, Capability.CONTACTS) and visible_customers(user).filter(customer_id=customer_id).exists()
    incoming = Incoming.objects.filter(customer_id=customer_id) if reads else Incoming.objects.none()
    return list(messages.order_by("-id")[:200]), list(incoming[:200])
