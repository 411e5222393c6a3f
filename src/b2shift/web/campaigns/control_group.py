"""Who a campaign leaves out by lot, so that its effect can be measured: those and the others differ by the lot alone.

The lot is a hash of theme and customer. Whoever is out is out of every campaign of the theme that leaves out as many,
so that what one campaign does is not blurred by the next; counted again, or by two workers, it falls as before.
"""

from hashlib import blake2b

USUAL, MOST = 10, 50
"""Percent of those within reach."""
_SALT = "b2shift.campaigns.control_group"
_BITS = 53  # what a float holds exactly: of 64 the largest would be rounded up to 1


def lot(theme: str, customer_id: str) -> float:
    """A uniform number in [0, 1), the same for ever for a customer and a theme, and unlike that of other themes."""
    digest = blake2b(f"{_SALT}\0{theme}\0{customer_id}".encode(), digest_size=8).digest()
    return (int.from_bytes(digest, "big") >> (64 - _BITS)) / 2**_BITS


def falls_in_control(theme: str, customer_id: str, share: int) -> bool:
    """Whether a customer within reach stays out, where `share` percent do; who does at one share does at any larger."""
    return lot(theme, customer_id) * 100 < share


def expected(customers: int, share: int) -> int:
    """About how many of these customers would stay out, were all within reach."""
    return (customers * share + 50) // 100
