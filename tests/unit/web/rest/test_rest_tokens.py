"""The life of a token, from the day it is issued to the day it no longer opens anything."""

import threading
import time
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any

import pytest
import time_machine
from django.db import connection, connections, transaction
from django.test import Client
from django.utils import timezone

from b2shift.kernel.errors import UnknownNameError
from b2shift.web.accounts.models import Token, User
from b2shift.web.accounts.permissions import Capability, grantable, may
from b2shift.web.accounts.roles import Role
from b2shift.web.accounts.scopes import OPENS, TokenScope

pytestmark = pytest.mark.records

NOON = datetime(2026, 11, 2, 12, 0, tzinfo=UTC)
PATH = "/api/v1/customers"


def issued(user: User, days: float = 1) -> tuple[Token, Client]:
    token, secret = Token.issue(user, "integração", TokenScope.values, timezone.now() + timedelta(days=days))
    return token, Client(headers={"authorization": f"Bearer {secret}"})


def refused(client: Client) -> Any:
    answer = client.get(PATH)
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"] == 'Bearer realm="B2Shift", error="invalid_token"'
    assert answer.json()["type"] == "urn:b2shift:problem:unauthenticated"
    return answer.json()["detail"]


def test_the_secret_is_shown_once_and_never_stored(people: dict[Role, User]) -> None:
    token, secret = Token.issue(people[Role.ANALYST], "painel", ["customers:read"], timezone.now())
    assert secret.startswith("b2s_")
    assert len(secret) >= 40
    stored = Token.objects.filter(pk=token.pk).values().get()
    assert stored["digest"] == sha256(secret.encode()).hexdigest()
    assert stored["hint"] == secret[:12]
    assert not [value for value in stored.values() if secret in str(value)]


def test_two_secrets_are_never_alike(people: dict[Role, User]) -> None:
    made = {Token.issue(people[Role.ANALYST], "painel", [], timezone.now())[1] for _ in range(20)}
    assert len(made) == 20


def test_a_scope_that_is_none_is_refused(people: dict[Role, User]) -> None:
    with pytest.raises(UnknownNameError, match="customers:read"):
        Token.issue(people[Role.ANALYST], "painel", ["customer:read"], timezone.now())
    assert not Token.objects.exists()


def test_every_scope_opens_one_capability_and_a_person_gives_only_their_own(people: dict[Role, User]) -> None:
    assert len(set(OPENS.values())) == len(TokenScope)
    for role, person in people.items():
        assert {OPENS[scope] for scope in grantable(person)} == {
            capability for capability in OPENS.values() if may(person, capability)
        }, role
    assert [scope.value for scope in grantable(people[Role.ADMINISTRATOR])] == ["rules:read", "quality:read"]


def test_a_token_ends_when_it_expires(people: dict[Role, User]) -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        _token, client = issued(people[Role.ANALYST], days=1)
        assert client.get(PATH).status_code == 200
        clock.shift(timedelta(days=1) - timedelta(seconds=1))
        assert client.get(PATH).status_code == 200
        clock.shift(timedelta(seconds=1))
        refused(client)


def test_a_revoked_token_ends_at_once(people: dict[Role, User]) -> None:
    token, client = issued(people[Role.ANALYST])
    assert client.get(PATH).status_code == 200
    Token.objects.filter(pk=token.pk).update(revoked_at=timezone.now())
    refused(client)


def test_a_token_ends_with_its_person(people: dict[Role, User]) -> None:
    _token, client = issued(people[Role.ANALYST])
    User.objects.filter(pk=people[Role.ANALYST].pk).update(is_active=False)
    refused(client)


def test_a_token_follows_its_persons_role(people: dict[Role, User]) -> None:
    _token, client = issued(people[Role.EXECUTOR])
    assert client.get(PATH).json()["total"] == 9
    User.objects.filter(pk=people[Role.EXECUTOR].pk).update(role=Role.ADMINISTRATOR)
    assert client.get(PATH).status_code == 403
    User.objects.filter(pk=people[Role.EXECUTOR].pk).update(role=Role.ANALYST)
    assert client.get(PATH).json()["total"] == 60


@pytest.mark.parametrize(
    "shown",
    [
        "Bearer ",
        "Bearer b2s_nope",
        "Basic YTpi",
        "Bearer",
        "b2s_x",
        "",
        "bearer\tb2s_x",
        "Bearer " + "a" * 5000,
        "Bearer é",
    ],
)
def test_what_is_not_a_token_is_refused_alike(people: dict[Role, User], shown: str) -> None:
    told = {refused(Client(headers={"authorization": one})) for one in ("Bearer b2s_wrong", shown)}
    assert len(told) == 1


def test_without_any_credential_the_challenge_says_how(published: object) -> None:
    answer = Client().get(PATH)
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"] == 'Bearer realm="B2Shift"'


def test_the_scheme_is_compared_without_case(people: dict[Role, User]) -> None:
    _token, secret = Token.issue(people[Role.ANALYST], "x", ["customers:read"], timezone.now() + timedelta(days=1))
    assert Client(headers={"authorization": f"bEARER  {secret} "}).get(PATH).status_code == 200


def test_a_wrong_token_is_not_passed_over_for_a_session(signed_in: Any) -> None:
    browser = signed_in(Role.ANALYST)
    assert browser.get(PATH).status_code == 200
    assert browser.get(PATH, headers={"authorization": "Bearer b2s_wrong"}).status_code == 401


def test_a_session_ends_with_its_person(people: dict[Role, User], signed_in: Any) -> None:
    browser = signed_in(Role.ANALYST)
    User.objects.filter(pk=people[Role.ANALYST].pk).update(is_active=False)
    assert browser.get(PATH).status_code == 401


def test_last_use_is_written_at_most_once_a_minute(people: dict[Role, User], django_assert_num_queries: Any) -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        token, client = issued(people[Role.ANALYST])

        def last_used() -> datetime | None:
            client.get("/api/v1/me")
            return Token.objects.get(pk=token.pk).last_used_at

        assert last_used() == NOON
        clock.shift(timedelta(seconds=59))
        assert last_used() == NOON
        clock.shift(timedelta(seconds=1))
        assert last_used() == NOON + timedelta(minutes=1)


@pytest.mark.django_db(transaction=True)
def test_a_read_does_not_wait_for_a_writer(people: dict[Role, User]) -> None:
    """While a publication holds SQLite's one place to write, programs go on reading."""
    token, client = issued(people[Role.ANALYST])
    writing, done = threading.Event(), threading.Event()

    def write() -> None:
        with transaction.atomic():
            User.objects.filter(role=Role.EXECUTOR).update(name="Outro")
            writing.set()
            done.wait(300)
        connections.close_all()

    writer = threading.Thread(target=write)
    writer.start()
    assert writing.wait(300)
    started = time.monotonic()
    try:
        assert client.get(PATH).status_code == 200
        assert time.monotonic() - started < 10
        if connection.vendor == "sqlite":
            assert Token.objects.get(pk=token.pk).last_used_at is None
    finally:
        done.set()
        writer.join(300)
    assert client.get(PATH).status_code == 200
    assert Token.objects.get(pk=token.pk).last_used_at is not None
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            assert cursor.execute("PRAGMA busy_timeout").fetchone() == (20_000,)


def test_me_tells_the_token_and_what_it_may(people: dict[Role, User]) -> None:
    until = datetime(2030, 1, 2, 3, 4, 5, tzinfo=UTC)
    scopes = ["segments:read", "contacts:read", "quality:read"]
    token, secret = Token.issue(people[Role.EXECUTOR], "robô", scopes, until)
    me = Client(headers={"authorization": f"Bearer {secret}"}).get("/api/v1/me").json()
    assert me == {
        "name": "Executor da Silva",
        "email": "executor@empresa.example",
        "role": "executor",
        "rows": "own",
        "business_unit": None,
        "capabilities": ["contacts", "segments"],
        "token": {
            "name": "robô",
            "hint": token.hint,
            "scopes": sorted(scopes),
            "expires_at": "2030-01-02T03:04:05Z",
        },
        "publication": me["publication"],
    }
    assert me["publication"]["lake_version"] == 1
    assert me["publication"]["as_of"] == "2026-10-31"


def test_me_in_a_session_has_no_token(signed_in: Any) -> None:
    me = signed_in(Role.MARKETING).get("/api/v1/me").json()
    assert me["token"] is None
    assert (me["rows"], me["business_unit"]) == ("unit", "rd_station")
    assert me["capabilities"] == [one.value for one in Capability if one.value in me["capabilities"]]
