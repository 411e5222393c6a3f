"""SMS by a provider that speaks Twilio's shapes; creation takes no key, so a doubt is a person's."""

import base64
import hmac
from collections.abc import Callable, Mapping
from hashlib import sha1
from typing import Any
from urllib.parse import urlencode

from b2shift.web.channels.http import post, taken
from b2shift.web.outbox.senders import NotSentError, RefusedError

OPTED_OUT = 21610
_GSM7 = set(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞ ÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿"
    "abcdefghijklmnopqrstuvwxyzäöñüà"
)
_GSM7_LONG = set("^{}\\[~]|€")


def segments(text: str) -> int:
    """How many messages a text is charged as: 160 or 153 characters of GSM-7, 70 or 67 where an accent needs UCS-2."""
    if set(text) <= _GSM7 | _GSM7_LONG:
        length, alone, joined = len(text) + sum(one in _GSM7_LONG for one in text), 160, 153
    else:
        length, alone, joined = len(text.encode("utf-16-be")) // 2, 70, 67
    return 1 if length <= alone else -(-length // joined)


class SmsSender:
    """Sends one text to a telephone. `left` is told of a number whose owner opted out at the provider."""

    idempotent = False

    def __init__(
        self, url: str, account: str, token: str, number: str, per_second: float, left: Callable[[str, str], None]
    ) -> None:
        self.url = f"{url.rstrip('/')}/2010-04-01/Accounts/{account}/Messages.json"
        self.number, self.per_second, self.left = number, per_second, left
        self._authorization = "Basic " + base64.b64encode(f"{account}:{token}".encode()).decode()

    def send(self, key: str, payload: Mapping[str, Any]) -> str:
        """The provider's id of the message; payload: `to`, `text`, and where given `status_url`."""
        if not payload.get("to"):
            raise RefusedError("Não há telefone")
        form = {"To": payload["to"], "From": self.number, "Body": payload["text"]}
        if payload.get("status_url"):
            form["StatusCallback"] = payload["status_url"]
        headers = {"Authorization": self._authorization, "Content-Type": "application/x-www-form-urlencoded"}
        answer = post(self.url, urlencode(form).encode(), headers)
        said = answer.json()
        if answer.status >= 400 and said.get("code") == OPTED_OUT:
            self.left(key, "o provedor de SMS diz que a pessoa pediu para sair")
            raise RefusedError("A pessoa pediu ao provedor para não receber SMS")
        if answer.status >= 400 and said.get("code") == 20429:
            raise NotSentError("Pedidos demais ao provedor de SMS", answer.retry_after)
        why = f"{said.get('code', '')} {said.get('message', '')}".strip()
        return str(taken(answer, why).json().get("sid", ""))


def is_from_provider(token: str, url: str, values: Mapping[str, str], signature: str) -> bool:
    """Whether a webhook carries the provider's signature of its address and values."""
    signed_text = url + "".join(f"{name}{values[name]}" for name in sorted(values))
    made = base64.b64encode(hmac.new(token.encode(), signed_text.encode(), sha1).digest())
    return hmac.compare_digest(made, signature.encode())
