"""The star by OData: filters, order, pages; a person's rows and no others, whatever is asked."""

from base64 import b64encode
from datetime import timedelta
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from django.conf import LazySettings
from django.test import Client
from django.utils import timezone
from tests.unit.web.factory import AS_OF, PAID, specs, stage, stage_all
from tests.unit.web.rest.conftest import Program

from b2shift.lake.api import writing
from b2shift.metrics.api import build_rollups, star_tables
from b2shift.web.accounts.models import Token, User
from b2shift.web.accounts.roles import Role
from b2shift.web.crm.reading import visible_customers
from b2shift.web.rest.odata import endpoints

EMPTY = ("tickets", "usage_monthly", "invoices", "campaign_events", "opportunities", "orders")
WITH_CUSTOMERS = ("customers", "facts", "today")
SCOPED = (Role.EXECUTOR, Role.MANAGER, Role.MARKETING)


@pytest.fixture(scope="module")
def starry_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The factory's lake with payments and the rollups of a run."""
    home = tmp_path_factory.mktemp("starry")
    with writing(home) as session:
        stage_all(session)
        stage(session, specs()["identify"], "recurring_revenue", 60 * 14, PAID)
        for name in EMPTY:
            stage(session, specs()["identify"], name, 0, {})
        session.write(specs()["differentiate"]["scores"], "SELECT *, 0.5 AS propensity_crm FROM scores")
        build_rollups(session, AS_OF)
        session.commit(AS_OF)
    return home


@pytest.fixture(autouse=True)
def home_of_star(settings: LazySettings, records: None, starry_home: Path) -> None:
    settings.HOME = starry_home


def told(client: Client, address: str, **asked: str) -> dict[str, Any]:
    answer = client.get(f"/api/v1/odata/{address}", {f"${name}": value for name, value in asked.items()})
    assert answer.status_code == 200, answer.content
    return dict(answer.json())


def test_the_model_names_every_table_and_column(program: Program) -> None:
    client = program(Role.ANALYST)
    assert [one["name"] for one in told(client, "")["value"]] == list(star_tables())
    root = ElementTree.fromstring(client.get("/api/v1/odata/$metadata").content)
    names = {one.get("Name") for one in root.iter("{http://docs.oasis-open.org/odata/ns/edm}Property")}
    assert names == {column.name for table in star_tables().values() for column in table.columns}


def test_filter_select_order_top_and_count(program: Program) -> None:
    client = program(Role.ANALYST)
    asked = {"filter": "segment eq 'varejo' and not contains(name, 'Ltda')", "select": "customer_id,segment"}
    found = told(client, "customers", **asked, orderby="customer_id desc", count="true", top="3")
    codes = [row["customer_id"] for row in found["value"]]
    assert codes == sorted(codes, reverse=True)
    assert len(codes) == 3 < found["@odata.count"]
    assert {tuple(row) for row in found["value"]} == {("customer_id", "segment")}
    counted = client.get("/api/v1/odata/customers/$count", {"$filter": asked["filter"]})
    assert int(counted.content) == found["@odata.count"]
    dated = told(client, "facts", filter="source eq 'stock_mrr' and month ge 2026-10-01", top="100")["value"]
    assert sum(row["num"] for row in dated) == 8520


def test_pages_hold_each_row_once(program: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(endpoints, "PAGE", 17)
    client = program(Role.ANALYST)
    for name, key, asked, wanted in (
        ("customers", ("customer_id",), "$top=50", 50),
        ("customers", ("customer_id",), "$top=50&$orderby=segment desc", 50),
        ("customers", ("customer_id",), "$skip=25", 35),
        ("facts", ("source", "month", "customer_id"), "$filter=month ge 2026-09-01", None),
    ):
        found, address = [], f"/api/v1/odata/{name}?{asked}"
        while address:
            page = client.get(address).json()
            found += [tuple(row[part] for part in key) for row in page["value"]]
            address = page.get("@odata.nextLink", "").removeprefix("http://testserver")
        whole = int(client.get(f"/api/v1/odata/{name}/$count?{asked}").content)
        assert len(found) == len(set(found)) == (wanted or whole)


@pytest.mark.parametrize("role", SCOPED)
@pytest.mark.parametrize("name", WITH_CUSTOMERS)
def test_nothing_of_others_comes_out(program: Program, people: dict[Role, User], role: Role, name: str) -> None:
    mine = set(visible_customers(people[role]).values_list("customer_id", flat=True))
    client = program(role)
    everything = ("", "customer_id ne 'x'", "not (customer_id eq 'x')", "customer_id eq 'x' or customer_id ne 'x'")
    for text in everything:
        asked = {"filter": text} if text else {}
        found = {row["customer_id"] for row in told(client, name, **asked)["value"]}
        assert found
        assert found <= mine
        counted = client.get(f"/api/v1/odata/{name}/$count", {"$filter": text} if text else {})
        assert int(counted.content) == told(client, name, **asked, count="true")["@odata.count"]
    others = set(visible_customers(people[Role.ANALYST]).values_list("customer_id", flat=True)) - mine
    assert told(client, name, filter=f"customer_id eq '{sorted(others)[0]}'")["value"] == []


@pytest.mark.parametrize(
    "text",
    [
        "1 eq 1", "customer_id eq", "name eq 5", "tenure_months eq 'x'", "customer_id eq 'a' or", "(((", "x eq 'y'",
        "customer_id eq 'a'; DROP TABLE customers", "customer_id in (select customer_id from customers)",
        "name eq 'a' union select 1", "length(name) gt 1", "renewal_date eq 2026-13-40", "(" * 60,
        "not " * 60 + "name eq 'a'",
        "name eq '\x00'", "name gt null", "contains(tenure_months, 'a')", '"customer_id" eq 1',
    ],
)  # fmt: skip
def test_what_is_no_filter_is_refused(program: Program, text: str) -> None:
    assert program(Role.ANALYST).get("/api/v1/odata/customers", {"$filter": text}).status_code == 422


@pytest.mark.parametrize(
    "asked",
    [
        {"$select": "phone"},
        {"$orderby": "name; x"},
        {"$top": "-1"},
        {"$skip": "x"},
        {"$skiptoken": "[1,2]"},
        {"$skiptoken": "x"},
        {"$expand": "facts"},
        {"q": "1"},
    ],
)
def test_what_is_no_option_is_refused(program: Program, asked: dict[str, str]) -> None:
    assert program(Role.ANALYST).get("/api/v1/odata/customers", asked).status_code == 422


def test_a_quote_in_a_text_is_a_text(program: Program) -> None:
    assert told(program(Role.ANALYST), "customers", filter="name eq 'D''Ávila'' OR ''1''=''1'")["value"] == []


def test_a_key_opens_it_as_a_password_too(people: dict[Role, User], program: Program) -> None:
    _token, secret = Token.issue(people[Role.EXECUTOR], "Excel", ["customers:read"], timezone.now() + timedelta(days=1))
    basic = b64encode(f"qualquer:{secret}".encode()).decode()
    client = Client(headers={"authorization": f"Basic {basic}"})
    assert told(client, "customers")["value"]
    for wrong in ("Basic !!!", f"Basic {b64encode(b'a:b').decode()}", "Digest x"):
        assert Client(headers={"authorization": wrong}).get("/api/v1/odata/customers").status_code == 401


def test_it_needs_its_scope_and_a_person(program: Program) -> None:
    for client, status in (
        (program(Role.ANALYST, ["answers:read"]), 403),
        (program(Role.ADMINISTRATOR, ["customers:read"]), 403),
        (Client(), 401),
    ):
        for address in ("", "$metadata", "customers", "facts/$count"):
            assert client.get(f"/api/v1/odata/{address}").status_code == status
    assert program(Role.ANALYST).get("/api/v1/odata/contacts").status_code == 404
