"""Addresses that gave a message back: nothing more is sent there."""

from datetime import datetime
from hashlib import sha256

from b2shift.web.outreach.models import BlockedAddress


def block(address: str, why: str, now: datetime) -> None:
    """Send nothing more there; doing it again keeps the first reason."""
    BlockedAddress.objects.get_or_create(digest=_digest(address), defaults={"why": why[:500], "at": now})


def is_blocked(address: str) -> bool:
    """Whether an address gave a message back."""
    return BlockedAddress.objects.filter(digest=_digest(address)).exists()


def _digest(address: str) -> str:
    return sha256(address.strip().lower().encode()).hexdigest()
