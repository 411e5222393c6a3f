"""Slack: notices to our own people by chat.postMessage, and proof that a request comes from Slack."""

import hmac
import json
from collections.abc import Mapping
from hashlib import sha256
from typing import Any

from b2shift.web.channels.http import UnansweredError, post, taken
from b2shift.web.outbox.senders import NotSentError, RefusedError

FRESH_SECONDS = 300
_LATER = {"ratelimited", "rate_limited", "service_unavailable", "team_added_to_org", "request_timeout"}
_OURS = {"invalid_auth", "not_authed", "token_revoked", "token_expired", "account_inactive", "missing_scope"}
_UNSURE = {"internal_error", "fatal_error"}


class SlackSender:
    """Posts to one channel of the team, one message a second as Slack asks; it takes no key."""

    idempotent, per_second = False, 1.0

    def __init__(self, url: str, token: str, channel: str) -> None:
        self.url, self.token, self.channel = url.rstrip("/"), token, channel

    def send(self, key: str, payload: Mapping[str, Any]) -> str:
        """Slack's timestamp of the message; payload: `text`, and where given `blocks`, `channel`, `thread_ts`."""
        body = {"channel": payload.get("channel") or self.channel, "text": payload["text"]}
        body |= {name: payload[name] for name in ("blocks", "thread_ts") if payload.get(name)}
        body["metadata"] = {"event_type": "b2shift_message", "event_payload": {"key": key}}
        headers = {"Authorization": f"Bearer {self.token}", "Content-Type": "application/json; charset=utf-8"}
        answer = taken(post(f"{self.url}/chat.postMessage", json.dumps(body).encode(), headers))
        said = answer.json()
        if said.get("ok"):
            return str(said.get("ts", ""))
        why = str(said.get("error", "resposta sem ok"))
        if why in _LATER or why in _OURS:
            raise NotSentError(f"Slack: {why}", answer.retry_after)
        if why in _UNSURE or not said:
            raise UnansweredError(f"Slack: {why}")
        raise RefusedError(f"Slack: {why}")


def is_from_slack(secret: str, timestamp: str, body: bytes, signature: str, now: float) -> bool:
    """Whether a request carries Slack's signature of these very bytes, made within five minutes."""
    if not timestamp.isdecimal() or abs(now - int(timestamp[:12])) > FRESH_SECONDS:
        return False
    made = hmac.new(secret.encode(), b"v0:" + timestamp.encode() + b":" + body, sha256).hexdigest()
    return hmac.compare_digest(f"v0={made}".encode(), signature.encode())
