"""Programs and browsers that ask the API."""

from collections.abc import Callable, Iterable
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from b2shift.web.accounts.models import Token, User
from b2shift.web.accounts.roles import Role
from b2shift.web.accounts.scopes import TokenScope
from b2shift.web.rest.rate_limits import buckets

Program = Callable[..., Client]


@pytest.fixture(autouse=True)
def unhurried() -> None:
    """Each test starts with full buckets."""
    buckets.clear()


@pytest.fixture
def program(people: dict[Role, User]) -> Program:
    """A client that shows a token of a role's person; with every scope unless told which."""

    def start(role: Role, scopes: Iterable[str] = TokenScope.values) -> Client:
        until = timezone.now() + timedelta(days=1)
        _token, secret = Token.issue(people[role], "integração", list(scopes), until)
        return Client(headers={"authorization": f"Bearer {secret}"})

    return start


@pytest.fixture
def analyst(program: Program) -> Client:
    """A program that sees every customer."""
    return program(Role.ANALYST)
