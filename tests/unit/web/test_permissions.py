"""What each role may: the table itself is agreed, and nobody who left may anything."""

import pytest

from b2shift.kernel.errors import AccessError
from b2shift.web.accounts.models import User
from b2shift.web.accounts.permissions import GRANTS, SCOPES, Capability, Scope, may, require, scope_of
from b2shift.web.accounts.roles import Role

C = Capability
# Written by hand from the specification's table of people; the code must agree with it.
AGREED: dict[Role, tuple[Scope, set[Capability]]] = {
    Role.EXECUTIVE: (
        Scope.ALL,
        {C.CUSTOMERS, C.SEGMENTS, C.PROPOSALS, C.APPROVALS, C.DELIVERY, C.EFFECTS, C.SWITCHES, C.RULES, C.OVERVIEW,
         C.ASK, C.JOURNEYS, C.RUN_JOURNEYS},
    ),
    Role.MARKETING: (
        Scope.UNIT,
        {C.CUSTOMERS, C.CONTACTS, C.EXPORT, C.SEGMENTS, C.MODELS, C.PROPOSALS, C.OUTREACH, C.DELIVERY, C.EFFECTS,
         C.REDELIVERY, C.RULES, C.STEER_RULES, C.ASK, C.JOURNEYS, C.DRAW_JOURNEYS},
    ),
    Role.ANALYST: (
        Scope.ALL,
        {C.CUSTOMERS, C.COMMERCIAL, C.EXPORT, C.SEGMENTS, C.MODELS, C.PROPOSALS, C.RULES, C.QUALITY, C.REJECTED_ROWS,
         C.RELEASE_LOADS, C.STEER_SEGMENTS, C.CATALOGUE, C.PROFILES, C.SOURCES, C.RESOLUTION, C.DELIVERY, C.EFFECTS,
         C.OVERVIEW, C.ASK, C.DEFINE_METRICS, C.JOURNEYS, C.DRAW_JOURNEYS},
    ),
    Role.MANAGER: (
        Scope.TEAM,
        {C.CUSTOMERS, C.CONTACTS, C.COMMERCIAL, C.EXPORT, C.SEGMENTS, C.PROPOSALS, C.OUTREACH, C.APPROVALS,
         C.DELIVERY, C.EFFECTS, C.REDELIVERY, C.SWITCHES, C.RULES, C.TEAM, C.ASK, C.JOURNEYS,
         C.DRAW_JOURNEYS, C.RUN_JOURNEYS},
    ),
    Role.EXECUTOR: (
        Scope.OWN,
        {C.CUSTOMERS, C.CONTACTS, C.COMMERCIAL, C.EXPORT, C.SEGMENTS, C.PROPOSALS, C.OUTREACH, C.DELIVERY, C.RULES,
         C.ASK, C.JOURNEYS},
    ),
    Role.ADMINISTRATOR: (
        Scope.NONE,
        {C.SWITCHES, C.RULES, C.QUALITY, C.CATALOGUE, C.SOURCES, C.PEOPLE, C.AUDIT, C.PRIVACY},
    ),
}  # fmt: skip


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("capability", Capability)
def test_a_role_may_what_was_agreed(role: Role, capability: Capability) -> None:
    person = User(role=role)
    agreed = capability in AGREED[role][1]
    assert may(person, capability) == agreed
    if agreed:
        require(person, capability)
    else:
        with pytest.raises(AccessError) as refused:
            require(person, capability)
        assert capability.value in str(refused.value)
        assert "Peça acesso" in refused.value.hint


@pytest.mark.parametrize("role", Role)
def test_a_role_sees_the_rows_that_were_agreed(role: Role) -> None:
    assert scope_of(User(role=role)) is AGREED[role][0]


@pytest.mark.parametrize("role", Role)
def test_who_left_may_nothing_and_sees_nothing(role: Role) -> None:
    person = User(role=role, is_active=False)
    assert not [one for one in Capability if may(person, one)]
    assert scope_of(person) is Scope.NONE


def test_every_role_is_in_the_tables_and_every_capability_is_somebodys() -> None:
    assert set(GRANTS) == set(SCOPES) == set(Role)
    assert set().union(*GRANTS.values()) == set(Capability)


def test_who_sees_no_customers_has_no_door_to_them() -> None:
    for role, scope in SCOPES.items():
        assert (scope is Scope.NONE) == (C.CUSTOMERS not in GRANTS[role])
        if scope is Scope.NONE:
            assert not GRANTS[role] & {C.CONTACTS, C.COMMERCIAL, C.EXPORT, C.PROPOSALS, C.SEGMENTS}
