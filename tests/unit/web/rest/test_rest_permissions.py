"""Every role at every door, with its own customer, another's and one that does not exist."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.test import Client

from b2shift.web.accounts.roles import Role
from b2shift.web.accounts.scopes import TokenScope
from b2shift.web.ledger.models import AuditEvent
from b2shift.web.rest.api import api

pytestmark = pytest.mark.records

E, M, A, G, X, D = (
    Role.EXECUTIVE, Role.MARKETING, Role.ANALYST, Role.MANAGER, Role.EXECUTOR, Role.ADMINISTRATOR,
)  # fmt: skip
EVERYBODY = {E, M, A, G, X, D}
SELLS = {E, M, A, G, X}

# Address: who may, and the scope a token needs. Written by hand: the code must agree with it.
LISTS: dict[str, tuple[set[Role], str | None]] = {
    "customers": (SELLS, "customers:read"),
    "companies/alike": (SELLS, "customers:read"),
    "segments": (SELLS, "segments:read"),
    "segments/s0": (SELLS, "segments:read"),
    "segments/models": ({M, A}, "models:read"),
    "scores/cards": ({M, A}, "models:read"),
    "scores/accuracy": ({M, A}, "models:read"),
    "scores/calibration": ({M, A}, "models:read"),
    "proposals": (SELLS, "proposals:read"),
    "next-actions": (SELLS, "proposals:read"),
    "alerts": (SELLS, "answers:read"),
    "reports": (SELLS, "answers:read"),
    "messages": (SELLS, "delivery:read"),
    "tasks": ({M, G, X}, "outreach:write"),
    "effects": ({E, M, A, G}, "effects:read"),
    "effects/campaigns": ({E, M, A, G}, "effects:read"),
    "rules": (EVERYBODY, "rules:read"),
    "journeys": (SELLS, "journeys:read"),
    "quality": ({A, D}, "quality:read"),
    "quality/loads": ({A, D}, "quality:read"),
    "me": (EVERYBODY, None),
    "catalogue": (EVERYBODY, None),
}
# What pages write: tested with them in test_rest_contacts. Questions: with the page that asks them, in test_ask_pages.
LIVE = {
    "answers", "messages/{message_id}", "tasks/{task_id}/outcome", "proposals/{proposal_id}/contact",
    "journeys/{journey_id}/stays", "effects/campaigns/{campaign_id}", "alerts/{alert_id}/firings",
    "reports/{edition_id}/file",
}  # fmt: skip
OBJECTS: dict[str, tuple[set[Role], str]] = {
    "customers/{customer}": (SELLS, "customers:read"),
    "customers/{customer}/360": (SELLS, "customers:read"),
    "customers/{customer}/contacts?purpose=atendimento": ({M, G, X}, "contacts:read"),
    "proposals/p_{row}": (SELLS, "proposals:read"),
}


def number(row: int) -> str:
    """The factory's code of a customer."""
    return f"C{row:05d}" if row % 10 == 9 else str(10000 + row)


def owner(row: int) -> str | None:
    """The factory's seller of a customer."""
    return f"U{2 + row % 6:04d}" if row % 13 != 12 else None


SEES: dict[Role, Callable[[int], bool]] = {
    E: lambda row: True,
    A: lambda row: True,
    M: lambda row: row % 4 == 1,  # of RD Station
    G: lambda row: owner(row) in {"U0002", "U0004", "U0006", "U0003"},  # who answers to U0000, and the team's member
    X: lambda row: owner(row) == "U0002",
    D: lambda row: False,
}
# Rows below 30 have a proposal.
OWN = {role: next((row for row in range(30) if SEES[role](row)), None) for role in Role}
OTHERS = {role: next((row for row in range(30) if not SEES[role](row)), None) for role in Role}


def test_every_endpoint_of_the_schema_is_in_these_tables() -> None:
    told = {path.removeprefix("/api/v1/") for path in api.get_openapi_schema(path_prefix="/api/v1/")["paths"]}
    tested = {path.partition("?")[0].replace("{customer}", "{customer_id}") for path in OBJECTS}
    tested = {path.replace("p_{row}", "{proposal_id}") for path in tested}
    tested |= {path.replace("s0", "{segment_id}") for path in LISTS} | {"segments/{segment_id}/members"}
    assert told == tested | LIVE


@pytest.fixture(params=["session", "token"])
def caller(request: pytest.FixtureRequest, signed_in: Any, program: Any) -> Callable[[Role], Client]:
    """The same person in a browser and through a program."""
    return signed_in if request.param == "session" else program


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("path", LISTS)
def test_a_list_opens_to_the_roles_that_may(caller: Callable[[Role], Client], path: str, role: Role) -> None:
    answer = caller(role).get(f"/api/v1/{path}")
    assert answer.status_code == (200 if role in LISTS[path][0] else 403)
    if answer.status_code == 403:
        assert set(answer.json()) == {"type", "title", "status", "detail", "instance", "request_id", "errors"}


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("path", OBJECTS)
def test_an_object_opens_to_who_follows_it(caller: Callable[[Role], Client], path: str, role: Role) -> None:
    client, allowed = caller(role), role in OBJECTS[path][0]
    audited = AuditEvent.objects.count()
    if (row := OWN[role]) is not None:
        answer = client.get(f"/api/v1/{path.format(customer=number(row), row=row)}")
        assert answer.status_code == (200 if allowed else 403)
        read = allowed and "contacts" in path
        assert AuditEvent.objects.count() == audited + read
        assert ("segredo.example" in answer.content.decode()) == read
    if (row := OTHERS[role]) is not None:
        audited = AuditEvent.objects.count()
        others = client.get(f"/api/v1/{path.format(customer=number(row), row=row)}")
        unknown = client.get(f"/api/v1/{path.format(customer='ZZZZZ9', row=10**6)}")
        assert others.status_code == unknown.status_code == (404 if allowed else 403)
        assert _alike(others) == _alike(unknown)
        assert AuditEvent.objects.count() == audited
        for secret in (f" {row} S.A.", "segredo.example", "Maria Pessoa", f"empresa{row}.example"):
            assert secret not in others.content.decode()


def _alike(answer: Any) -> dict[str, object]:
    return {name: value for name, value in answer.json().items() if name not in {"instance", "request_id"}}


@pytest.mark.parametrize("role", sorted(SELLS))
def test_lists_hold_exactly_what_the_person_sees(caller: Callable[[Role], Client], role: Role) -> None:
    client = caller(role)
    seen = {number(row) for row in range(60) if SEES[role](row)}
    customers = client.get("/api/v1/customers?limit=200").json()
    assert {one["customer_id"] for one in customers["items"]} == seen
    assert customers["total"] == len(seen)
    proposals = client.get("/api/v1/proposals?limit=200").json()
    assert {one["proposal_id"] for one in proposals["items"]} == {f"p_{row}" for row in range(30) if SEES[role](row)}
    assert proposals["total"] == len(proposals["items"])
    actions = client.get("/api/v1/next-actions?limit=200").json()
    assert {one["action_id"] for one in actions["items"]} == {f"n_{row}" for row in range(30) if SEES[role](row)}
    segments = client.get("/api/v1/segments").json()["items"]
    sizes = {f"s{k}": sum(SEES[role](row) for row in range(60) if row % 3 == k) for k in range(3)}
    assert {one["segment_id"]: one["customers"] for one in segments} == sizes
    assert all(set(one["exemplars"]) <= seen for one in segments)
    for k in range(3):
        members = client.get(f"/api/v1/segments/s{k}/members?limit=200").json()["items"]
        assert {one["customer_id"] for one in members} == {
            number(row) for row in range(60) if SEES[role](row) and row % 3 == k
        }


def _needed() -> Iterator[tuple[str, str]]:
    for path, (_roles, scope) in LISTS.items():
        if scope:
            yield path, scope
    for path, (_roles, scope) in OBJECTS.items():
        yield path.format(customer=number(1), row=1), scope


@pytest.mark.parametrize(("path", "scope"), tuple(_needed()))
def test_a_token_opens_only_what_its_scopes_name(program: Any, path: str, scope: str) -> None:
    role = M if "quality" not in path else A
    audited = AuditEvent.objects.count()
    without = program(role, [one for one in TokenScope.values if one != scope]).get(f"/api/v1/{path}")
    assert without.status_code == 403
    assert f'error="insufficient_scope", scope="{scope}"' in without.headers["WWW-Authenticate"]
    assert AuditEvent.objects.count() == audited
    assert program(role, [scope]).get(f"/api/v1/{path}").status_code == 200


def test_sellers_work_needs_its_scope_and_its_role(program: Any, signed_in: Any) -> None:
    path = f"/api/v1/customers/{number(OWN[X])}/360"
    full = program(X).get(path).json()
    assert len(full["activities"]) == len(full["opportunities"]) == 1
    narrow = program(X, ["customers:read"]).get(path).json()
    assert narrow["activities"] == narrow["opportunities"] == []
    assert {name: value for name, value in narrow.items() if value} == {
        name: value for name, value in full.items() if name not in {"activities", "opportunities"}
    }
    for client in (signed_in(E), program(E)):
        told = client.get(path).json()
        assert told["activities"] == told["opportunities"] == []


def test_the_360_never_holds_contacts(program: Any) -> None:
    for role in SELLS:
        row = OWN[role]
        text = program(role).get(f"/api/v1/customers/{number(row)}/360").content.decode()
        assert "contacts" not in json.loads(text)
        assert "segredo.example" not in text


def test_totals_of_the_base_are_for_who_may_see_them(program: Any) -> None:
    for role in EVERYBODY:
        rules = program(role).get("/api/v1/rules").json()["items"]
        whole = role in {E, A}
        assert {(rule["customers"], rule["due"]) for rule in rules} == ({(10, 5)} if whole else {(None, None)})
    assert program(A, ["rules:read"]).get("/api/v1/rules").json()["items"][0]["customers"] is None
