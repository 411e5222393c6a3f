"""What each role may see and do, said once; every door asks here (ADR 0061)."""

from enum import StrEnum

from b2shift.kernel.errors import AccessError
from b2shift.web.accounts.models import User
from b2shift.web.accounts.roles import Role


class Scope(StrEnum):
    """Which customers' rows a role may see."""

    NONE = "none"
    OWN = "own"
    TEAM = "team"
    UNIT = "unit"
    ALL = "all"


class Capability(StrEnum):
    """One thing a person may see or do; rows are limited further by the role's `Scope`."""

    CUSTOMERS = "customers"  # lists, search and the 360 without contacts
    CONTACTS = "contacts"  # personal data of a customer's people, with a purpose, audited
    COMMERCIAL = "commercial"  # sellers' activities and opportunities with a customer
    EXPORT = "export"  # files of the rows they see
    SEGMENTS = "segments"
    MODELS = "models"  # comparison of algorithms, model cards
    PROPOSALS = "proposals"
    RULES = "rules"  # the contact rules in force
    QUALITY = "quality"  # counts per source, loads
    REJECTED_ROWS = "rejected_rows"  # the rows set aside, without personal data
    OVERVIEW = "overview"  # totals of the whole base
    TEAM = "team"  # how their people are doing
    PEOPLE = "people"  # users, teams, roles
    AUDIT = "audit"


SCOPES: dict[Role, Scope] = {
    Role.EXECUTIVE: Scope.ALL,
    Role.MARKETING: Scope.UNIT,
    Role.ANALYST: Scope.ALL,
    Role.MANAGER: Scope.TEAM,
    Role.EXECUTOR: Scope.OWN,
    Role.ADMINISTRATOR: Scope.NONE,
}

GRANTS: dict[Role, frozenset[Capability]] = {
    Role.EXECUTIVE: frozenset(
        {
            Capability.CUSTOMERS,
            Capability.SEGMENTS,
            Capability.PROPOSALS,
            Capability.RULES,
            Capability.OVERVIEW,
        }
    ),
    Role.MARKETING: frozenset(
        {
            Capability.CUSTOMERS,
            Capability.CONTACTS,
            Capability.EXPORT,
            Capability.SEGMENTS,
            Capability.MODELS,
            Capability.PROPOSALS,
            Capability.RULES,
        }
    ),
    Role.ANALYST: frozenset(
        {
            Capability.CUSTOMERS,
            Capability.COMMERCIAL,
            Capability.EXPORT,
            Capability.SEGMENTS,
            Capability.MODELS,
            Capability.PROPOSALS,
            Capability.RULES,
            Capability.QUALITY,
            Capability.REJECTED_ROWS,
            Capability.OVERVIEW,
        }
    ),
    Role.MANAGER: frozenset(
        {
            Capability.CUSTOMERS,
            Capability.CONTACTS,
            Capability.COMMERCIAL,
            Capability.EXPORT,
            Capability.SEGMENTS,
            Capability.PROPOSALS,
            Capability.RULES,
            Capability.TEAM,
        }
    ),
    Role.EXECUTOR: frozenset(
        {
            Capability.CUSTOMERS,
            Capability.CONTACTS,
            Capability.COMMERCIAL,
            Capability.EXPORT,
            Capability.SEGMENTS,
            Capability.PROPOSALS,
            Capability.RULES,
        }
    ),
    Role.ADMINISTRATOR: frozenset(
        {
            Capability.RULES,
            Capability.QUALITY,
            Capability.PEOPLE,
            Capability.AUDIT,
        }
    ),
}


def may(user: User, capability: Capability) -> bool:
    """Whether an active person's role holds the capability."""
    return user.is_active and capability in GRANTS[Role(user.role)]


def require(user: User, capability: Capability) -> None:
    """Raise AccessError unless the person may."""
    if not may(user, capability):
        raise AccessError(
            "Seu papel não permite isto",
            value=f"{Role(user.role).label}: {capability.value}",
            hint="Peça acesso a quem administra o B2Shift",
        )


def scope_of(user: User) -> Scope:
    """Which customers the person's role may see; nobody who left sees any."""
    return SCOPES[Role(user.role)] if user.is_active else Scope.NONE
