"""The people of a customer on a map: how much each decides, and how they feel about us."""

from collections.abc import Iterable
from dataclasses import dataclass

from b2shift.identify.contracts import Contact

ROLES = ("decisor", "sponsor", "influenciador", "usuario")
"""From who decides to who uses."""
SENTIMENTS = ("positivo", "neutro", "negativo")


@dataclass(frozen=True)
class Level:
    """One row of the map: a role and its people, the most content first, those nobody knows of last."""

    role: str
    people: list[Contact]


def influence_map(contacts: Iterable[Contact]) -> list[Level]:
    """Rows of the roles somebody has, the most influential first; roles of other companies come after those known."""
    people = sorted(contacts, key=_feeling)
    found_roles = {one.role or "" for one in people}
    roles = [role for role in ROLES if role in found_roles] + sorted(found_roles - set(ROLES))
    return [Level(role, [one for one in people if (one.role or "") == role]) for role in roles]


def _feeling(contact: Contact) -> int:
    return SENTIMENTS.index(contact.sentiment) if contact.sentiment in SENTIMENTS else len(SENTIMENTS)
