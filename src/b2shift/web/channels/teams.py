"""Microsoft Teams: notices to our own people through the workflow a channel publishes an address for."""

import json
from collections.abc import Mapping
from typing import Any

from b2shift.web.channels.http import post, taken
from b2shift.web.outbox.senders import RefusedError

LARGEST_BYTES = 28_000
"""What a channel takes in one message, as Microsoft documents it."""


class TeamsSender:
    """Posts an adaptive card; the address of the workflow is its own secret, and it takes no key."""

    idempotent, per_second = False, 4.0

    def __init__(self, url: str) -> None:
        self.url = url

    def send(self, key: str, payload: Mapping[str, Any]) -> str:
        """The run's code, or our own key when Teams gives none; payload: `text`, and where given `reason`, `url`."""
        body = json.dumps(_message(payload), ensure_ascii=False).encode()
        if len(body) > LARGEST_BYTES:
            raise RefusedError(f"Teams recebe até {LARGEST_BYTES} bytes por mensagem; esta tem {len(body)}")
        answer = taken(post(self.url, body, {"Content-Type": "application/json; charset=utf-8"}))
        return answer.headers.get("x-ms-workflow-run-id") or key


def _message(payload: Mapping[str, Any]) -> dict[str, Any]:
    lines = [_line(payload["text"], weight="Bolder"), *([_line(payload["reason"])] if payload.get("reason") else [])]
    card: dict[str, Any] = {
        "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
        "type": "AdaptiveCard",
        "version": "1.4",
        "fallbackText": payload["text"],
        "body": lines,
    }
    if payload.get("url"):
        card["actions"] = [{"type": "Action.OpenUrl", "title": "Abrir", "url": payload["url"]}]
    attachment = {"contentType": "application/vnd.microsoft.card.adaptive", "contentUrl": None, "content": card}
    return {"type": "message", "attachments": [attachment]}


def _line(text: str, **look: str) -> dict[str, Any]:
    """Words in which a card reads no link: a backslash before a bracket is shown as the bracket."""
    plain = text.replace("\\", "\\\\").replace("[", "\\[").replace("]", "\\]")
    return {"type": "TextBlock", "text": plain, "wrap": True, **look}
