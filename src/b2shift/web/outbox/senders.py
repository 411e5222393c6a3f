"""What a channel must offer to the outbox, and how it tells what became of a message."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Protocol

NOTICE_CHANNELS = ("slack", "teams", "webhook")
"""By which our own people and programs are told of decisions; no customer is reached by them."""


class NotSentError(Exception):
    """The provider surely did not take the message; it may be tried again after a while."""

    def __init__(self, reason: str, after: timedelta | None = None) -> None:
        self.reason, self.after = reason, after
        super().__init__(reason)


class RefusedError(Exception):
    """The provider will never take this message: a wrong address, a content it refuses."""


class Sender(Protocol):
    """One channel. Any other exception than the two above leaves the message in doubt: it may have been taken."""

    idempotent: bool
    """The provider takes our key and never delivers it twice: what is in doubt may be sent again."""
    per_second: float
    """Messages a second that the provider allows; 0 = as many as one likes."""

    def send(self, key: str, payload: Mapping[str, Any]) -> str:
        """Hand the message over and give back the provider's code for it. Raises NotSentError or RefusedError."""
        ...


@dataclass(frozen=True)
class Pace:
    """How patient the outbox is."""

    batch: int = 100
    lease: timedelta = timedelta(seconds=60)
    attempts: int = 5
    first_wait: timedelta = timedelta(seconds=30)
    longest_wait: timedelta = timedelta(hours=6)
    failures_to_open: int = 5
    rest: timedelta = timedelta(seconds=60)
