"""Retry delay with exponential back-off and jitter."""

from datetime import timedelta
from hashlib import blake2b

from b2shift.web.outbox.senders import Pace


def retry_delay(message_id: int, attempts: int, pace: Pace) -> timedelta:
    """Twice as long each time, up to the longest, times half to one and a half: the same for a message and attempt."""
    grown = min(pace.first_wait * 2 ** min(attempts - 1, 30), pace.longest_wait)
    drawn = int.from_bytes(blake2b(f"{message_id}/{attempts}".encode(), digest_size=4).digest(), "big") / 2**32
    return grown * (0.5 + drawn)
