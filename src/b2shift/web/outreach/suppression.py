"""Suppression list: bounced addresses, to which nothing more is sent."""

from datetime import datetime
from hashlib import sha256

from b2shift.web.outreach.models import BlockedAddress


def suppress(address: str, why: str, now: datetime) -> None:
    """Add an address; the first reason is kept."""
    BlockedAddress.objects.get_or_create(digest=_digest(address), defaults={"why": why[:500], "at": now})


def is_suppressed(address: str) -> bool:
    """Whether an address is on the list."""
    return BlockedAddress.objects.filter(digest=_digest(address)).exists()


def _digest(address: str) -> str:
    return sha256(address.strip().lower().encode()).hexdigest()
