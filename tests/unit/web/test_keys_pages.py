"""A person's own keys as a page: never more than the role, shown once, revoked at once, all in the trail."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from tests.unit.web.test_people_pages import secret_of

from b2shift.web.accounts.models import Token, User
from b2shift.web.accounts.permissions import grantable
from b2shift.web.accounts.roles import Role
from b2shift.web.accounts.tokens import recognise
from b2shift.web.ledger.models import AuditEvent

SignIn = Callable[[Role], Client]
NEW = {"name": "Planilha", "scopes": ["rules:read"], "days": "30"}


@pytest.mark.parametrize("role", list(Role))
def test_each_is_offered_what_the_role_may(signed_in: SignIn, people: dict[Role, User], role: Role) -> None:
    answer = signed_in(role).get("/chaves/")
    assert answer.status_code == 200
    offered = {value for value, _label in answer.context["form"].fields["scopes"].choices}
    assert offered == set(grantable(people[role]))
    assert Client().get("/chaves/").status_code == 302


def test_a_key_works_and_is_shown_once(signed_in: SignIn, people: dict[Role, User]) -> None:
    browser = signed_in(Role.ANALYST)
    answer = browser.post("/chaves/", NEW)
    secret = secret_of(answer.text)
    token = recognise(secret, timezone.now())
    assert token is not None
    assert (token.user, token.name, token.scopes) == (people[Role.ANALYST], "Planilha", ["rules:read"])
    assert timedelta(days=29) < token.expires_at - timezone.now() <= timedelta(days=30)
    assert secret not in browser.get("/chaves/").text
    event = AuditEvent.objects.get()
    assert event.action == AuditEvent.Action.TOKEN_ISSUED
    assert event.details["scopes"] == ["rules:read"]
    assert secret not in str(event.details)
    heard = Client().get("/api/v1/rules", headers={"Authorization": f"Bearer {secret}"})
    assert heard.status_code == 200


@pytest.mark.parametrize(
    "changes",
    [
        {"scopes": ["customers:read", "models:read"]},  # an executor may not see models
        {"scopes": ["everything"]},
        {"scopes": []},
        {"days": "3650"},
        {"name": ""},
        {"name": "x" * 121},
    ],
)
def test_more_than_one_may_is_refused(signed_in: SignIn, changes: dict[str, object]) -> None:
    answer = signed_in(Role.EXECUTOR).post("/chaves/", NEW | changes)
    assert answer.status_code == 422
    assert answer.context["form"].errors
    assert not Token.objects.exists()
    assert not AuditEvent.objects.exists()


def test_a_revoked_key_stops_at_once_and_the_trail_says_so_once(signed_in: SignIn, people: dict[Role, User]) -> None:
    token, secret = Token.issue(people[Role.ANALYST], "a", ["rules:read"], timezone.now() + timedelta(days=9))
    browser = signed_in(Role.ANALYST)
    for _time in range(2):
        assert browser.post(f"/chaves/{token.pk}/revogar/").status_code == 302
    assert recognise(secret, timezone.now()) is None
    assert [event.action for event in AuditEvent.objects.all()] == [AuditEvent.Action.TOKEN_REVOKED]
    assert "Revogada" in browser.get("/chaves/").text


def test_nobody_sees_or_revokes_the_keys_of_others(signed_in: SignIn, people: dict[Role, User]) -> None:
    token, _secret = Token.issue(people[Role.ANALYST], "segredo da analista", [], timezone.now() + timedelta(days=9))
    for role in (Role.EXECUTOR, Role.ADMINISTRATOR):
        browser = signed_in(role)
        assert browser.post(f"/chaves/{token.pk}/revogar/").status_code == 404
        assert "segredo da analista" not in browser.get("/chaves/").text
    token.refresh_from_db()
    assert token.revoked_at is None
    assert not AuditEvent.objects.exists()


def test_states_of_keys(signed_in: SignIn, people: dict[Role, User]) -> None:
    now = timezone.now()
    Token.issue(people[Role.ANALYST], "viva", ["rules:read"], now + timedelta(days=9))
    Token.issue(people[Role.ANALYST], "velha", ["rules:read"], now - timedelta(days=1))
    page = signed_in(Role.ANALYST).get("/chaves/").text
    assert ("Ativa" in page, "Vencida" in page, "nunca usada" in page) == (True, True, True)
    assert page.count("/revogar/") == 1  # what has ended needs no ending


def test_without_keys_the_page_says_what_they_are_for(signed_in: SignIn) -> None:
    assert "Nenhuma chave" in signed_in(Role.ANALYST).get("/chaves/").text


def test_forms_need_proof_of_origin(people: dict[Role, User]) -> None:
    token, _secret = Token.issue(people[Role.ANALYST], "a", [], timezone.now() + timedelta(days=9))
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(people[Role.ANALYST])
    assert browser.post("/chaves/", NEW).status_code == 403
    assert browser.post(f"/chaves/{token.pk}/revogar/").status_code == 403
    assert Token.objects.filter(revoked_at=None).count() == 1
