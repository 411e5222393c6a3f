"""Messages that were sent, so that something can come back."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from b2shift.web.outbox.models import Message

NOW = datetime(2026, 12, 2, 15, 0, tzinfo=UTC)
Sent = Callable[..., Message]


@pytest.fixture
def sent(db: None) -> Sent:
    """A message of a customer that its provider took."""

    def make(key: str, channel: str, provider_id: str, to: str, **over: Any) -> Message:
        told = {"state": Message.State.SENT, "sent_at": NOW, "due_at": NOW, "created_at": NOW} | over
        about = {"to": to, "text": "Olá", "rule_id": "r1", "proposal_id": "p1"}
        effect = {"kind": "educacao"}
        return Message.objects.create(
            dedupe_key=key, customer_id="C1", person_id="k1", channel=channel, group="mensagens", effect=effect,
            payload=about, provider_id=provider_id, **told,
        )  # fmt: skip

    return make
