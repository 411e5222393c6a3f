"""What each role may see and do, said once; every view and endpoint asks here (ADR 0061)."""

from enum import StrEnum

from django.utils.translation import gettext

from b2shift.kernel.errors import AccessError
from b2shift.web.accounts.capabilities import Capability
from b2shift.web.accounts.models import User
from b2shift.web.accounts.roles import Role
from b2shift.web.accounts.scopes import OPENS, TokenScope

__all__ = ["GRANTS", "SCOPES", "Capability", "Scope", "grantable", "may", "require", "roles_of", "scope_of"]


class Scope(StrEnum):
    """Which customers' rows a role may see."""

    NONE = "none"
    OWN = "own"
    TEAM = "team"
    UNIT = "unit"
    ALL = "all"


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
            Capability.ASK,
            Capability.SEGMENTS,
            Capability.PROPOSALS,
            Capability.APPROVALS,
            Capability.DELIVERY,
            Capability.EFFECTS,
            Capability.SWITCHES,
            Capability.RULES,
            Capability.JOURNEYS,
            Capability.RUN_JOURNEYS,
            Capability.OVERVIEW,
        }
    ),
    Role.MARKETING: frozenset(
        {
            Capability.CUSTOMERS,
            Capability.ASK,
            Capability.CONTACTS,
            Capability.EXPORT,
            Capability.SEGMENTS,
            Capability.MODELS,
            Capability.PROPOSALS,
            Capability.OUTREACH,
            Capability.DELIVERY,
            Capability.EFFECTS,
            Capability.REDELIVERY,
            Capability.RULES,
            Capability.JOURNEYS,
            Capability.DRAW_JOURNEYS,
            Capability.STEER_RULES,
        }
    ),
    Role.ANALYST: frozenset(
        {
            Capability.CUSTOMERS,
            Capability.ASK,
            Capability.COMMERCIAL,
            Capability.EXPORT,
            Capability.SEGMENTS,
            Capability.MODELS,
            Capability.PROPOSALS,
            Capability.DELIVERY,
            Capability.EFFECTS,
            Capability.RULES,
            Capability.JOURNEYS,
            Capability.DRAW_JOURNEYS,
            Capability.QUALITY,
            Capability.REJECTED_ROWS,
            Capability.RELEASE_LOADS,
            Capability.STEER_SEGMENTS,
            Capability.DEFINE_METRICS,
            Capability.CATALOGUE,
            Capability.PROFILES,
            Capability.SOURCES,
            Capability.RESOLUTION,
            Capability.OVERVIEW,
        }
    ),
    Role.MANAGER: frozenset(
        {
            Capability.CUSTOMERS,
            Capability.ASK,
            Capability.CONTACTS,
            Capability.COMMERCIAL,
            Capability.EXPORT,
            Capability.SEGMENTS,
            Capability.PROPOSALS,
            Capability.OUTREACH,
            Capability.APPROVALS,
            Capability.DELIVERY,
            Capability.EFFECTS,
            Capability.REDELIVERY,
            Capability.SWITCHES,
            Capability.RULES,
            Capability.JOURNEYS,
            Capability.DRAW_JOURNEYS,
            Capability.RUN_JOURNEYS,
            Capability.TEAM,
        }
    ),
    Role.EXECUTOR: frozenset(
        {
            Capability.CUSTOMERS,
            Capability.ASK,
            Capability.CONTACTS,
            Capability.COMMERCIAL,
            Capability.EXPORT,
            Capability.SEGMENTS,
            Capability.PROPOSALS,
            Capability.OUTREACH,
            Capability.DELIVERY,
            Capability.RULES,
            Capability.JOURNEYS,
        }
    ),
    Role.ADMINISTRATOR: frozenset(
        {
            Capability.SWITCHES,
            Capability.RULES,
            Capability.QUALITY,
            Capability.CATALOGUE,
            Capability.SOURCES,
            Capability.PEOPLE,
            Capability.AUDIT,
            Capability.PRIVACY,
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
            gettext("Seu papel não permite isto"),
            value=f"{Role(user.role).label}: {capability.value}",
            hint=gettext("Peça acesso a quem administra o B2Shift"),
        )


def scope_of(user: User) -> Scope:
    """Which customers the person's role may see; nobody who left sees any."""
    return SCOPES[Role(user.role)] if user.is_active else Scope.NONE


def roles_of(scope: Scope) -> list[Role]:
    """The roles that see the customers of a scope."""
    return [role for role, theirs in SCOPES.items() if theirs is scope]


def grantable(user: User) -> list[TokenScope]:
    """The scopes this person may give a token: what their own role may."""
    return [scope for scope in TokenScope if may(user, OPENS[scope])]
