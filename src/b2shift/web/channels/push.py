"""Web push: a notice on the device of a person of the house, sealed so that only their browser reads it (RFC 8030)."""

import json
import os
import time
from collections.abc import Callable, Mapping
from hashlib import blake2b
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec

from b2shift.web.channels.http import post, taken
from b2shift.web.channels.sealing import LARGEST, private_key, public_point, sealed, unpadded, voucher
from b2shift.web.outbox.senders import RefusedError
from b2shift.web.watch.devices import Device

DAY = 24 * 3600
_GONE = (404, 410)
_HALF_DAY = 12 * 3600


class PushSender:
    """Hands a sealed notice to the push service of a device.

    What is in doubt is sent again: a service keeps one message of a topic, a browser shows one notice of a tag.
    """

    idempotent, per_second = True, 0.0

    def __init__(
        self, key: str, contact: str, device_of: Callable[[int], Device | None], forget: Callable[[int], None]
    ) -> None:
        self.key, self.contact, self.device_of, self.forget = private_key(key), contact, device_of, forget

    def send(self, key: str, payload: Mapping[str, Any]) -> str:
        """The service's address of the message; payload: `device`, `title`, `text`, `path`.

        RefusedError when the device is gone or its key is none: it is then forgotten.
        """
        device = self.device_of(int(payload["device"]))
        if device is None:
            raise RefusedError("Este aparelho não recebe mais avisos")
        tag = blake2b(key.encode(), digest_size=16).hexdigest()
        once = ec.generate_private_key(ec.SECP256R1())
        try:
            body = sealed(_said(payload, tag), device.key, device.secret, once, os.urandom(16))
        except ValueError as error:
            self.forget(int(payload["device"]))
            raise RefusedError("O navegador deu uma chave que não serve") from error
        headers = {
            "Authorization": voucher(device.endpoint, self.contact, self.key, int(time.time()) + _HALF_DAY),
            "Content-Encoding": "aes128gcm",
            "Content-Type": "application/octet-stream",
            "TTL": str(DAY),
            "Topic": tag,
            "Urgency": "normal",
        }
        answer = post(device.endpoint, body, headers)
        if answer.status in _GONE:
            self.forget(int(payload["device"]))
            raise RefusedError(f"O aparelho não existe mais (HTTP {answer.status})")
        return taken(answer).headers.get("location", "")[:200]


def public_key(key: str) -> str:
    """What a browser is told to subscribe for, of the private key in the environment."""
    return unpadded(public_point(private_key(key)))


def _said(payload: Mapping[str, Any], tag: str) -> bytes:
    """The notice as the page's own worker reads it, its text cut to what fits."""
    notification = {
        "title": str(payload["title"])[:120],
        "text": str(payload["text"]),
        "path": payload["path"],
        "tag": tag,
    }
    while len(body := json.dumps(notification, ensure_ascii=False).encode()) > LARGEST:
        notification["text"] = notification["text"][: len(notification["text"]) * 3 // 4] + "…"
    return body
