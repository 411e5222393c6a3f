"""Migrations go forwards and back on both databases, and search works again after they return."""

import pytest
from django.core.management import call_command
from django.db import connection
from django.db.migrations.loader import MigrationLoader

from b2shift.lake.api import open_lake
from b2shift.web.accounts.models import User
from b2shift.web.accounts.roles import Role
from b2shift.web.crm.models import Customer
from b2shift.web.crm.publication import publish_lake
from b2shift.web.crm.search import search
from b2shift.web.ledger.models import AuditEvent
from b2shift.web.ledger.trail import Doer, record, verify

pytestmark = [pytest.mark.records, pytest.mark.slow, pytest.mark.django_db(transaction=True)]

OURS = ("ledger", "crm", "accounts")


def tables() -> set[str]:
    names = connection.introspection.table_names()
    return {name for name in names if name.split("_")[0] in OURS and "_search" not in name}


def migrate(*told: str) -> None:
    call_command("migrate", *told, verbosity=0, interactive=False)


def works(home: object) -> None:
    publish_lake(open_lake(home))  # type: ignore[arg-type]
    assert set(search(Customer.objects.all(), "padaria sao 12").rows.values_list("customer_id", flat=True)) == {"10012"}
    person = User.objects.create_user("ana@empresa.example", name="Ana", role=Role.ANALYST)
    record(AuditEvent.Action.SIGN_IN, Doer(person))
    assert verify().events == 1


def test_every_migration_goes_back_and_forth(lake_home: object) -> None:
    made = tables()
    assert {"crm_customer", "accounts_user", "ledger_auditevent"} <= made
    works(lake_home)
    for app in OURS:
        migrate(app, "zero")
    assert tables() == set()
    migrate()
    assert tables() == made
    works(lake_home)


def test_each_migration_of_ours_can_be_undone_alone(lake_home: object) -> None:
    works(lake_home)
    loader = MigrationLoader(connection)
    for app in OURS:
        names = sorted(name for label, name in loader.graph.nodes if label == app)
        for name in reversed(names[:-1]):
            migrate(app, name)
        migrate()  # what others built on it went back too
    assert Customer.objects.count() == 60
    assert set(search(Customer.objects.all(), "padaria sao 12").rows.values_list("customer_id", flat=True)) == {"10012"}


def test_the_search_index_is_filled_from_rows_that_were_there(lake_home: object) -> None:
    works(lake_home)
    migrate("crm", "0001")
    migrate()
    assert set(search(Customer.objects.all(), "padaria sao 12").rows.values_list("customer_id", flat=True)) == {"10012"}


def test_models_and_migrations_agree() -> None:
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)
