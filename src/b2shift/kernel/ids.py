"""Keys: the vendor's customer code and identifiers made from what they identify."""

import re
from hashlib import blake2b

_CUSTOMER = re.compile(r"^(?:[A-Z0-9]{6}|[0-9]{5})$")


def customer_id(code: str) -> str | None:
    """The canonical customer key (5 digits or 6 characters, upper case), or None when it cannot be one."""
    canonical = code.strip().upper()
    return canonical if _CUSTOMER.match(canonical) else None


def stable_id(prefix: str, *parts: object) -> str:
    """An identifier that the same parts always give: idempotent re-runs write the same keys."""
    digest = blake2b("\x1f".join(map(str, parts)).encode(), digest_size=8).hexdigest()
    return f"{prefix}_{digest}"
