"""A worker that was warmed answers the first question as it answers the second."""

import threading
from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from b2shift.web.accounts.models import User
from b2shift.web.accounts.roles import Role
from b2shift.web.config import warming
from b2shift.web.crm.cache import clear_cache
from b2shift.web.ledger.models import AuditEvent

pytestmark = [pytest.mark.django_db, pytest.mark.records]


def queries_of_the_list(client: Client) -> int:
    with CaptureQueriesContext(connection) as asked:
        assert client.get("/clientes/").status_code == 200
    return len(asked)


def test_the_first_pages_are_answered_before_anybody_asks(signed_in: Callable[[Role], Client]) -> None:
    marketing = signed_in(Role.MARKETING)
    cold = queries_of_the_list(marketing)
    warm = queries_of_the_list(marketing)
    assert warm < cold
    clear_cache()
    before = AuditEvent.objects.count(), list(User.objects.values_list("pk", "last_login"))
    assert warming.warm() > 0
    assert queries_of_the_list(marketing) == warm
    assert (AuditEvent.objects.count(), list(User.objects.values_list("pk", "last_login"))) == before


def test_ready_boards_are_answered_before_anybody_asks(
    signed_in: Callable[[Role], Client], monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    monkeypatch.setattr(warming, "_open", lambda path, person: asked.append(f"{person.role} {path}"))
    signed_in(Role.ANALYST)
    warming.warm()
    boards = [one for one in asked if "/painel/executivo/" in one]
    assert {f"{role} /painel/executivo/" for role in (Role.ANALYST, Role.EXECUTIVE)} <= set(boards)
    assert not any(one.startswith(Role.ADMINISTRATOR) for one in boards)
    assert asked.index(boards[0]) > max(n for n, one in enumerate(asked) if "/clientes/" in one), "usual pages first"


def test_people_with_a_portfolio_of_their_own_are_not_opened_ahead(people: dict[Role, User]) -> None:
    User.objects.exclude(role__in=[Role.EXECUTOR, Role.MANAGER, Role.ADMINISTRATOR]).delete()
    assert warming.warm() == 0


def test_without_a_publication_nothing_is_opened(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(warming, "newest_publication", lambda: None)
    monkeypatch.setattr(warming, "warm", lambda: pytest.fail("opened"))
    stop = threading.Event()
    stop.set()
    warming._keep_warm(stop)
