"""WhatsApp Cloud API: approved templates at any time, free text within 24 hours of the customer's last message."""

import hmac
import json
from collections.abc import Callable, Mapping
from hashlib import sha256
from typing import Any

from b2shift.web.channels.http import post, taken
from b2shift.web.outbox.senders import NotSentError, RefusedError

LANGUAGE = "pt_BR"
# Cloud API error codes: too many for now; our credentials.
_LATER = {4, 80007, 130429, 131048, 131056, 131016, 2}
_OURS = {0, 3, 10, 190}


class WhatsAppSender:
    """Sends to a telephone or a business-scoped user id. `open_window` tells whether one wrote within 24 hours."""

    idempotent = False

    def __init__(self, url: str, token: str, per_second: float, open_window: Callable[[str], bool]) -> None:
        self.url, self.token, self.per_second, self.open_window = url, token, per_second, open_window

    def send(self, key: str, payload: Mapping[str, Any]) -> str:
        """The provider's id of the message; payload: `to` or `recipient`, `text`, and `whatsapp_template` with
        `whatsapp_values` for outside the window."""
        address = {name: payload[name] for name in ("to", "recipient") if payload.get(name)}
        if not address:
            raise RefusedError("Não há número nem identificador de WhatsApp")
        body = {"messaging_product": "whatsapp", **address, "biz_opaque_callback_data": key}
        body |= self._content(payload, str(next(iter(address.values()))))
        headers = {"Authorization": f"Bearer {self.token}", "Content-Type": "application/json"}
        answer = post(self.url, json.dumps(body).encode(), headers)
        error = answer.json().get("error") or {}
        code, why = error.get("code"), str(error.get("message", ""))
        if answer.status >= 400 and code in _LATER:
            raise NotSentError(f"WhatsApp {code}: {why}", answer.retry_after)
        if answer.status >= 400 and code in _OURS:
            raise NotSentError(f"O WhatsApp recusou as credenciais ({code}): {why}")
        found = taken(answer, f"{code} {why}" if code is not None else "").json().get("messages") or [{}]
        return str(found[0].get("id", ""))

    def _content(self, payload: Mapping[str, Any], address: str) -> dict[str, Any]:
        if self.open_window(address):
            return {"type": "text", "text": {"body": payload["text"]}}
        name = payload.get("whatsapp_template")
        if not name:
            raise RefusedError("Fora das 24 horas da última mensagem do cliente só sai um modelo aprovado")
        values = [{"type": "text", "text": str(value)} for value in payload.get("whatsapp_values", ())]
        components = [{"type": "body", "parameters": values}] if values else []
        template = {"name": name, "language": {"code": LANGUAGE}, "components": components}
        return {"type": "template", "template": template}


def is_from_meta(secret: str, body: bytes, signature: str) -> bool:
    """Whether a webhook carries the app secret's signature of these very bytes."""
    made = hmac.new(secret.encode(), body, sha256).hexdigest()
    return hmac.compare_digest(f"sha256={made}".encode(), signature.encode())
