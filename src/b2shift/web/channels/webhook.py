"""A webhook to another program: signed, with the key by which it knows what it has had already."""

import hmac
import json
import time
from collections.abc import Mapping
from hashlib import sha256
from typing import Any

from b2shift.web.channels.http import post, taken


def signature(secret: str, timestamp: str, body: bytes) -> str:
    """HMAC-SHA256 of `timestamp.body`, in hexadecimal."""
    return hmac.new(secret.encode(), timestamp.encode() + b"." + body, sha256).hexdigest()


class WebhookSender:
    """Posts JSON; the receiver must take a key once, so a doubt is simply sent again."""

    idempotent = True

    def __init__(self, url: str, secret: str, per_second: float) -> None:
        self.url, self.secret, self.per_second = url, secret, per_second

    def send(self, key: str, payload: Mapping[str, Any]) -> str:
        """The code the receiver gave back in `id`, if any."""
        body = json.dumps({"key": key, **payload}, ensure_ascii=False, sort_keys=True).encode()
        timestamp = str(int(time.time()))
        headers = {
            "Content-Type": "application/json; charset=utf-8",
            "Idempotency-Key": key,
            "X-B2Shift-Timestamp": timestamp,
            "X-B2Shift-Signature": f"v1={signature(self.secret, timestamp, body)}",
        }
        return str(taken(post(self.url, body, headers)).json().get("id", ""))
