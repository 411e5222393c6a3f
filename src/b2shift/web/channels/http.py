"""One request to a provider, told apart: surely not taken, taken, or nobody knows. Redirects are never followed."""

import http.client
import json
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urlsplit

from b2shift.web.outbox.senders import NotSentError, RefusedError

TIMEOUT = 20.0
_LARGEST_ANSWER = 1_000_000
_LONGEST_WAIT = timedelta(hours=24)


class UnansweredError(Exception):
    """The provider may have taken the message: its answer did not come, or was a failure of its own."""


@dataclass(frozen=True)
class Answer:
    """What a provider answered."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    def json(self) -> dict[str, Any]:
        """The body as an object; {} when it is none."""
        try:
            payload = json.loads(self.body)
        except ValueError:
            return {}
        return payload if isinstance(payload, dict) else {}

    @property
    def retry_after(self) -> timedelta | None:
        """How long the provider asks us to wait, in seconds or as a date."""
        header = self.headers.get("retry-after", "").strip()
        if header.isdecimal():
            return min(timedelta(seconds=int(header[:9])), _LONGEST_WAIT)
        try:
            wait = parsedate_to_datetime(header) - datetime.now(UTC) if header else None
        except (TypeError, ValueError):
            return None
        return None if wait is None else max(timedelta(), min(wait, _LONGEST_WAIT))


def post(url: str, body: bytes, headers: Mapping[str, str]) -> Answer:
    """Hand a body over. NotSentError when no connection was made; UnansweredError when no answer came."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    connection: http.client.HTTPConnection
    if parts.scheme == "https":
        connection = http.client.HTTPSConnection(
            host, parts.port, timeout=TIMEOUT, context=ssl.create_default_context()
        )
    else:
        connection = http.client.HTTPConnection(host, parts.port, timeout=TIMEOUT)
    try:
        try:
            connection.connect()
        except OSError as error:
            raise NotSentError(f"Sem conexão com {host}: {error}") from error
        try:
            path = f"{parts.path or '/'}{f'?{parts.query}' if parts.query else ''}"
            connection.request("POST", path, body, dict(headers))
            response = connection.getresponse()
            found = {name.lower(): value for name, value in response.getheaders()}
            return Answer(response.status, found, response.read(_LARGEST_ANSWER))
        except (OSError, http.client.HTTPException) as error:
            raise UnansweredError(f"{host} não respondeu: {type(error).__name__} {error}".strip()) from error
    finally:
        connection.close()


def taken(answer: Answer, why: str = "") -> Answer:
    """The answer when it says that the message was taken; otherwise the error that says what became of it.

    `why` is the provider's own explanation. Refused credentials are our fault, not the message's: it is tried again.
    """
    if 200 <= answer.status < 300:
        return answer
    reason = f"HTTP {answer.status}{f': {why}' if why else ''}"[:500]
    if answer.status in (408, 425, 429):
        raise NotSentError(reason, answer.retry_after)
    if answer.status in (401, 403):
        raise NotSentError(f"O provedor recusou as credenciais ({reason})", answer.retry_after)
    if answer.status >= 500:
        raise UnansweredError(reason)
    raise RefusedError(reason)
