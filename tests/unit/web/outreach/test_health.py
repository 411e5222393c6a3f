"""What a person records of a contact reaches the customer's health at once, with its row, and only once."""

import shutil
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from tests.unit.web.factory import AS_OF
from tests.unit.web.outreach.rated import AFTER, DELIVERED, rate
from tests.unit.web.outreach.world import CUSTOMER, NOW

from b2shift.lake.api import open_lake
from b2shift.web.accounts.roles import Role
from b2shift.web.crm.models import Customer, Publication
from b2shift.web.ledger.trail import Doer
from b2shift.web.outreach.health import health_now
from b2shift.web.outreach.models import Task
from b2shift.web.outreach.reading import task_outcomes
from b2shift.web.outreach.tasks import finish, reopen

pytestmark = pytest.mark.records


@pytest.fixture
def rated(tmp_path: Path, lake_home: Path, settings: Any, published: Publication) -> Customer:
    """The customer with a health that a lake keeps the rules of."""
    home = tmp_path / "home"
    shutil.copytree(lake_home / "lake", home / "lake")
    rate(home, CUSTOMER)
    settings.HOME = home
    Publication.objects.update(lake_version=open_lake(home).version)
    Customer.objects.filter(customer_id=CUSTOMER).update(health=DELIVERED)
    return Customer.objects.get(customer_id=CUSTOMER)


def task(key: str = "t1") -> Task:
    told = {"customer_id": CUSTOMER, "channel": "telefone", "title": "Ligar", "created_at": NOW}
    return Task.objects.create(key=key, owner_id="U0002", **told)


def test_an_acceptance_counts_at_once_by_the_lakes_own_rules(rated: Customer, executor: Doer) -> None:
    assert health_now(rated, task_outcomes(rated.customer_id)) is None
    finish(executor, task().pk, "aceitou", NOW)
    told = health_now(rated, task_outcomes(rated.customer_id))
    assert told is not None
    assert (told.published, told.value) == (pytest.approx(DELIVERED, abs=1e-4), pytest.approx(AFTER, abs=1e-4))
    assert (told.recorded, told.on, told.by) == ("Aceitou", NOW.date(), executor.email)
    assert ("365" in told.delivered, "0" in told.now) == (True, True)
    assert Customer.objects.get(customer_id=CUSTOMER).health == pytest.approx(DELIVERED), "what was delivered stays"


def test_what_was_taken_back_does_not_count(rated: Customer, executor: Doer) -> None:
    made = task()
    finish(executor, made.pk, "aceitou", NOW)
    reopen(executor, made.pk, NOW + timedelta(minutes=1))
    assert health_now(rated, task_outcomes(rated.customer_id)) is None
    finish(executor, made.pk, "sem_resposta", NOW + timedelta(minutes=2))
    assert health_now(rated, task_outcomes(rated.customer_id)) is None, "nobody was spoken to"


@pytest.mark.parametrize(("days_before", "counts"), [(400, False), (365, False), (100, True)])
def test_a_contact_the_delivery_has_or_is_newer_than_adds_nothing(
    rated: Customer, executor: Doer, days_before: int, counts: bool
) -> None:
    at = datetime(AS_OF.year, AS_OF.month, AS_OF.day, 15, tzinfo=UTC) - timedelta(days=days_before)
    finish(executor, task().pk, "feito", at)
    assert (health_now(rated, task_outcomes(rated.customer_id)) is not None) == counts


def test_without_health_or_its_rules_nothing_is_stated(
    rated: Customer, executor: Doer, settings: Any, lake_home: Path
) -> None:
    finish(executor, task().pk, "aceitou", NOW)
    rated.health = None
    assert health_now(rated, task_outcomes(rated.customer_id)) is None
    rated.health = DELIVERED
    settings.HOME = lake_home
    Publication.objects.update(lake_version=open_lake(lake_home).version)
    assert health_now(rated, task_outcomes(rated.customer_id)) is None, "that lake keeps no model of it"


def test_the_page_shows_it_with_reason_and_date(
    rated: Customer, executor: Doer, signed_in: Callable[[Role], Client]
) -> None:
    browser = signed_in(Role.EXECUTOR)
    assert 'id="health-now"' not in browser.get(f"/clientes/{CUSTOMER}/").content.decode()
    made = task()
    browser.post(f"/tarefas/{made.pk}/resultado/", {"outcome": "aceitou"})
    page = browser.get(f"/clientes/{CUSTOMER}/").content.decode()
    assert "De 48,8 (entrega de 31/10/2026) a 70,0 por um contato registrado aqui em" in page
    assert "Aceitou, por" in page
    assert '<span class="score-value">70</span>' in page


def test_the_page_asks_for_the_tasks_of_a_customer_once(rated: Customer, signed_in: Callable[[Role], Client]) -> None:
    browser = signed_in(Role.EXECUTOR)
    with CaptureQueriesContext(connection) as asked:
        assert browser.get(f"/clientes/{CUSTOMER}/").status_code == 200
    assert sum('FROM "outreach_outcome"' in one["sql"] for one in asked) == 1
