"""The customer, the person and the proposal of the tests of contacts, and the moment at which they happen."""

from datetime import UTC, datetime

from b2shift.web.accounts.models import User
from b2shift.web.ledger.trail import Doer

NOW = datetime(2026, 12, 2, 15, 0, tzinfo=UTC)  # Wednesday, noon in Brasília
PROPOSAL, CUSTOMER, PERSON = "p_24", "10024", "k24"


def doer(user: User) -> Doer:
    """A person acting from a page."""
    return Doer(user, user.email, "10.0.0.1", "web")
