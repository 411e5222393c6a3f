"""Migrations go forwards and back on both databases, older records come along, and search works after each."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from b2shift.lake.api import open_lake
from b2shift.web.accounts.models import User
from b2shift.web.accounts.roles import Role
from b2shift.web.campaigns.models import Campaign, Recipient
from b2shift.web.crm.models import Customer, Proposal
from b2shift.web.crm.publication import publish_lake
from b2shift.web.crm.search import search
from b2shift.web.ledger.models import AuditEvent
from b2shift.web.ledger.trail import Doer, record, verify
from b2shift.web.outbox.models import Hold

pytestmark = [pytest.mark.records, pytest.mark.slow, pytest.mark.django_db(transaction=True)]

OURS = ("ledger", "crm", "accounts")
OF_PRODUCT = [config for config in apps.get_app_configs() if config.name.startswith("b2shift.")]


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


def older(*states: tuple[str, str]) -> Any:
    """The records as an older release left them, each app at one of the migrations that are squashed today."""
    executor = MigrationExecutor(connection)
    for app in executor.loader.migrated_apps & {config.label for config in OF_PRODUCT}:
        migrate(app, "zero")
    executor.loader.replace_migrations = False
    executor.loader.build_graph()
    graph = executor.loader.graph
    squashed = {node: migration.replaces for node, migration in graph.nodes.items() if migration.replaces}
    whole = [node for node in graph.leaf_nodes() if not any(node[0] == app for app, _name in squashed)]
    return executor.migrate(list(states) or [replaced[-1] for replaced in squashed.values()] + whole).apps


def schema() -> dict[str, Any]:
    """Of every table its columns, and what its keys and indexes hold."""
    with connection.cursor() as cursor:
        look = connection.introspection
        return {
            table: (
                {(one.name, one.type_code, one.null_ok) for one in look.get_table_description(cursor, table)},
                {
                    (*told["columns"], told["unique"], told["primary_key"], told["foreign_key"], told["check"])
                    for told in look.get_constraints(cursor, table).values()
                },
            )
            for table in look.table_names(cursor)
        }


def test_the_records_of_the_release_before_are_those_of_a_new_home(lake_home: object) -> None:
    new = schema()
    older()
    assert schema().keys() < new.keys(), "no table is gone; splits that learn have brought theirs"
    migrate()
    assert schema() == new
    works(lake_home)


def test_records_from_the_middle_of_what_is_squashed_go_on_with_all_their_rows(lake_home: object) -> None:
    """Proposals get their customer's units, open reviews hold contacts, and the search finds who was there."""
    new = schema()
    was = older(("crm", "0001_initial"), ("accounts", "0002_saved_views"), ("privacy", "0002_erasure_orders"))
    units = "|totvs_gestao|"
    was.get_model("crm", "Customer").objects.create(
        customer_id="10012",
        name="Padaria",
        as_of=date(2026, 10, 31),
        units_key=units,
        search_text="10012 padaria sao 12",
    )
    was.get_model("crm", "Proposal").objects.create(proposal_id="p1", customer_id="10012", as_of=date(2026, 10, 31))
    doer = was.get_model("accounts", "User").objects.create(email="dpo@empresa.example", role="administrator")
    was.get_model("privacy", "RightsRequest").objects.create(
        protocol="2026-000001", kind="revisao", state="aberto", customer_id="10012", person_ref="contacts/k1",
        created_at=datetime(2026, 10, 31, tzinfo=UTC), due_on=date(2026, 11, 15), created_by=doer,
    )  # fmt: skip
    migrate()
    assert schema() == new
    assert Proposal.objects.get().units_key == units
    assert [(one.cause, one.customer_id, one.person_id) for one in Hold.objects.all()] == [
        ("2026-000001", "10012", "k1")
    ]
    assert set(search(Customer.objects.all(), "padaria sao 12").rows.values_list("customer_id", flat=True)) == {"10012"}
    works(lake_home)


def test_campaigns_of_before_have_no_control_group_and_leave_nobody_out(lake_home: object) -> None:
    new = schema()
    was = older(("campaigns", "0001_initial"))
    author = was.get_model("accounts", "User").objects.create(email="gestao@empresa.example", role="manager")
    one = was.get_model("campaigns", "Campaign").objects.create(
        name="Novo módulo", kind="educacao", group="mensagens", channels=["in_app"], subject="Olá", text="Olá",
        short="Olá", message="Olá", recipients=2, state="running", author=author,
        created_at=datetime(2026, 10, 31, tzinfo=UTC),
    )  # fmt: skip
    rows = was.get_model("campaigns", "Recipient").objects
    for code, state in (("10012", "queued"), ("10013", "reachable")):
        rows.create(campaign=one, customer_id=code, state=state, channel="in_app")
    migrate()
    assert schema() == new
    assert [kept.control_share for kept in Campaign.objects.all()] == [0]
    assert set(Recipient.objects.values_list("customer_id", "state", "arm")) == {
        ("10012", "queued", ""), ("10013", "reachable", ""),
    }  # fmt: skip
    assert Campaign(name="Nova").control_share == 10


def test_models_and_migrations_agree() -> None:
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)
