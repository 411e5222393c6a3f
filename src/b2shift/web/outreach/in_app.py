"""Channels inside the product: notices, and tasks for a person. Idempotent by key."""

from collections.abc import Mapping
from typing import Any

from django.utils import timezone

from b2shift.web.outreach.models import Notice, Task


class NoticeSender:
    """Notices in the product or in the portal."""

    idempotent, per_second = True, 0.0

    def __init__(self, place: str) -> None:
        self.place = place

    def send(self, key: str, payload: Mapping[str, Any]) -> str:
        """The notice of this key; the existing one on a repeat."""
        values = {
            "customer_id": payload["customer_id"],
            "person_id": payload.get("person_id"),
            "place": self.place,
            "title": payload.get("subject", "")[:300],
            "text": payload["text"],
            "created_at": timezone.now(),
        }
        notice, _new = Notice.objects.get_or_create(key=key, defaults=values)
        return f"aviso-{notice.pk}"


class TaskSender:
    """Tasks for a person, by telephone, in a meeting or on a visit."""

    idempotent, per_second = True, 0.0

    def __init__(self, channel: str) -> None:
        self.channel = channel

    def send(self, key: str, payload: Mapping[str, Any]) -> str:
        """The task of this key; the existing one on a repeat."""
        values = {
            name: payload.get(name) or ""
            for name in ("customer_id", "proposal_id", "rule_id", "kind", "text", "owner_id")
        }
        values |= {"person_id": payload.get("person_id"), "due_on": payload.get("due_on")}
        values |= {"channel": self.channel, "title": payload.get("subject", "")[:300], "created_at": timezone.now()}
        task, _new = Task.objects.get_or_create(key=key, defaults=values)
        return f"tarefa-{task.pk}"
