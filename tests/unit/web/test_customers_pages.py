"""The list of customers: who sees whom, search, filters, sorts, pages, columns, file, cost."""

import csv
import io
import re
from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from b2shift.web.accounts.models import User
from b2shift.web.accounts.roles import Role
from b2shift.web.console.customers import columns
from b2shift.web.console.customers.choices import FLAGS, WORDED
from b2shift.web.console.spreadsheet import cell
from b2shift.web.crm.filters import CUSTOMER_FILTERS, CUSTOMER_SORTS
from b2shift.web.crm.models import Customer, Publication
from b2shift.web.crm.reading import visible_customers
from b2shift.web.crm.totals import Totals, totals_by, totals_of
from b2shift.web.ledger.models import AuditEvent

SignIn = Callable[[Role], Client]
SEES = (Role.EXECUTIVE, Role.MARKETING, Role.ANALYST, Role.MANAGER, Role.EXECUTOR)
PART = {"HX-Request": "true"}


def listed(answer: object) -> list[str]:
    """The customers of a page, in order."""
    return re.findall(r'<a href="/clientes/([^/"]+)/" data-row-link>', answer.content.decode())  # type: ignore[attr-defined]


def test_who_may_see_customers(signed_in: SignIn) -> None:
    for role in Role:
        assert signed_in(role).get("/clientes/").status_code == (200 if role in SEES else 403), role
    assert Client().get("/clientes/").url == "/entrar/?next=/clientes/"
    assert signed_in(Role.ANALYST).post("/clientes/").status_code == 405


@pytest.mark.parametrize("role", SEES)
def test_a_person_sees_exactly_their_customers(signed_in: SignIn, people: dict[Role, User], role: Role) -> None:
    browser, url, found = signed_in(role), "/clientes/?sort=name", []
    while url:
        answer = browser.get(url)
        found += listed(answer)
        following = re.search(r'href="([^"]+)"[^>]*rel="next"', answer.content.decode())
        url = f"/clientes/{following[1].replace('&amp;', '&')}" if following else ""
    expected = list(visible_customers(people[role]).order_by("name_folded", "customer_id"))
    assert found == [one.customer_id for one in expected]
    assert 0 < len(found) <= 60


def test_pages_go_there_and_back(signed_in: SignIn) -> None:
    browser = signed_in(Role.ANALYST)
    first = browser.get("/clientes/?sort=-mrr")
    assert len(listed(first)) == 50
    following = re.search(r'href="([^"]+)"[^>]*rel="next"', first.content.decode())
    assert following
    second = browser.get("/clientes/" + following[1].replace("&amp;", "&"))
    assert len(listed(second)) == 10
    back = re.search(r'href="([^"]+)"[^>]*rel="prev"', second.content.decode())
    assert back
    assert listed(browser.get("/clientes/" + back[1].replace("&amp;", "&"))) == listed(first)


@pytest.mark.parametrize("sort", [*CUSTOMER_SORTS, *(f"-{name}" for name in CUSTOMER_SORTS)])
def test_every_sort_sorts_and_says_so(signed_in: SignIn, sort: str) -> None:
    page = signed_in(Role.ANALYST).get(f"/clientes/?sort={sort}")
    column = CUSTOMER_SORTS[sort.removeprefix("-")]
    values = [getattr(Customer.objects.get(customer_id=code), column) for code in listed(page)]
    known = [value for value in values if value is not None]
    assert known == sorted(known, reverse=sort.startswith("-"))
    assert values[len(known) :] == [None] * (len(values) - len(known))
    if sort.removeprefix("-") != "tenure":  # not among the usual columns
        told = "descending" if sort.startswith("-") else "ascending"
        assert page.content.decode().count(f'aria-sort="{told}"') == 1


@pytest.mark.parametrize(
    ("words", "starts"),
    [("padaria", ["padaria"]), ("SÃO joão", ["sao", "joao"]), ("joao pad", ["joao", "pad"]), ("zzz", ["zzz"])],
)
def test_search_ignores_accents_case_and_order(signed_in: SignIn, words: str, starts: list[str]) -> None:
    answer = signed_in(Role.ANALYST).get("/clientes/", {"q": words}, headers=PART)
    expected = {
        one.customer_id
        for one in Customer.objects.all()
        if all(any(word.startswith(start) for word in one.search_text.split()) for start in starts)
    }
    assert set(listed(answer)) == expected
    assert ("Nenhum cliente com estes filtros" in answer.content.decode()) == (not expected) == (words == "zzz")


def test_filters_agree_with_the_records(signed_in: SignIn) -> None:
    browser = signed_in(Role.ANALYST)
    for query, kept in (
        ({"churn_band": "alto"}, {"churn_band": "alto"}),
        ({"segment": "s1"}, {"segment_id": "s1"}),
        ({"state": "PR"}, {"state": "PR"}),
        ({"overdue": "1"}, {"overdue_amount__gt": 0}),
        ({"owner": "U0003"}, {"owner_id": "U0003"}),
        ({"health_max": "40"}, {"health__lte": 40}),
    ):
        answer = browser.get("/clientes/", query, headers=PART)
        assert set(listed(answer)) == set(Customer.objects.filter(**kept).values_list("customer_id", flat=True)), query


def test_filters_in_force_are_chips_one_can_take_away(signed_in: SignIn) -> None:
    query = {"churn_band": "alto", "q": "padaria", "segment": "s0", "mrr_min": "100"}
    page = signed_in(Role.ANALYST).get("/clientes/", query).content.decode()
    chips = re.findall(r'<a class="chip chip-filter"\s+href="([^"]+)"', page)
    assert len(chips) == 4
    for name in query:
        assert sum(name + "=" not in chip for chip in chips) == 1, name
    assert "Varejo que cresce" in page
    assert "R$\u00a0100,00" in page


def test_ready_views_are_addresses_that_work(signed_in: SignIn) -> None:
    browser = signed_in(Role.ANALYST)
    page = browser.get("/clientes/").content.decode()
    tabs = re.findall(r'<a href="(/clientes/\?[^"]*)"\s', page)
    assert len(tabs) >= 5
    for tab in tabs:
        answer = browser.get(tab.replace("&amp;", "&"), headers=PART)
        assert answer.status_code == 200
        assert answer.content.decode().count('aria-current="page"') == 1


def test_the_sentence_sums_what_is_listed(signed_in: SignIn, people: dict[Role, User]) -> None:
    own = totals_of(visible_customers(people[Role.EXECUTOR]))
    page = signed_in(Role.EXECUTOR).get("/clientes/").content.decode()
    assert f"{own.customers} clientes;" in page
    assert f"{own.risky} em risco alto" in page


def test_partial_pages_hold_the_list_only(signed_in: SignIn) -> None:
    browser = signed_in(Role.ANALYST)
    part = browser.get("/clientes/", headers=PART).content.decode()
    assert "<html" not in part
    assert 'hx-swap-oob="true"' in part
    whole = browser.get("/clientes/", headers=PART | {"HX-History-Restore-Request": "true"}).content.decode()
    assert "<html" in whole
    assert "hx-swap-oob" not in whole


def test_an_empty_portfolio_says_why(people: dict[Role, User]) -> None:
    nobody = User.objects.create_user("novo@empresa.example", "x" * 12, name="Novo", role=Role.EXECUTOR)
    browser = Client()
    browser.force_login(nobody)
    assert "Nenhum cliente na sua carteira" in browser.get("/clientes/").content.decode()


# ------------------------------------------------------------------ columns


def test_columns_can_be_chosen_and_come_back(signed_in: SignIn) -> None:
    browser = signed_in(Role.ANALYST)
    answer = browser.post("/clientes/colunas/?churn_band=alto", {"columns": ["cnpj", "mrr", "bogus"]})
    assert (answer.status_code, answer.url) == (302, "/clientes/?churn_band=alto")
    head = re.search(r"<thead>(.*?)</thead>", browser.get("/clientes/").content.decode(), re.DOTALL)
    assert head
    assert [re.sub(r"<[^>]+>|\s", "", one) for one in re.findall(r"<th.*?</th>", head[1], re.DOTALL)] == [
        "Cliente", "CNPJ", "MRR",
    ]  # fmt: skip
    browser.post("/clientes/colunas/", {"usual": "1"})
    assert "Saúde" in browser.get("/clientes/").content.decode()


@pytest.mark.parametrize("cookie", ["", "bogus", "<script>", ".", "a" * 5000])
def test_a_broken_choice_is_the_usual_one(cookie: str) -> None:
    assert [one.name for one in columns.chosen(cookie)] == ["customer", *(c.name for c in columns.COLUMNS if c.usual)]


def test_no_column_but_the_name_can_be_chosen() -> None:
    assert columns.kept([]) == "-"
    assert [one.name for one in columns.chosen("-")] == ["customer"]


def test_every_column_shows_every_customer(signed_in: SignIn) -> None:
    browser = signed_in(Role.ANALYST)
    browser.post("/clientes/colunas/", {"columns": [column.name for column in columns.COLUMNS]})
    with CaptureQueriesContext(
        connection,
    ) as asked:
        page = browser.get("/clientes/?sort=name")
    assert len(listed(page)) == 50
    # Whatever a cell reads was read with the page: no column asks for a row more.
    assert len(asked) <= 11, [one["sql"][:120] for one in asked]
    for column in columns.COLUMNS:
        for customer in Customer.objects.all()[:20]:
            assert str(column.cell(customer))
            column.value(customer)


def test_every_filter_has_its_choices(signed_in: SignIn) -> None:
    Customer.objects.filter(customer_id="10004").update(migrated_from="s1")
    page = signed_in(Role.ANALYST).get("/clientes/").content.decode()
    for one in CUSTOMER_FILTERS:
        if one.name != "unit":
            assert f'name="{one.name}"' in page, one.name
    assert {*WORDED, *FLAGS} <= {one.name for one in CUSTOMER_FILTERS}


# ------------------------------------------------------------------ file


def rows_of(answer: object) -> list[list[str]]:
    text = b"".join(answer.streaming_content).decode("utf-8-sig")  # type: ignore[attr-defined]
    return list(csv.reader(io.StringIO(text), delimiter=";"))


def test_the_file_holds_the_rows_asked_for(signed_in: SignIn) -> None:
    answer = signed_in(Role.ANALYST).post("/clientes/exportar/?churn_band=alto&sort=-mrr")
    head, *rows = rows_of(answer)
    expected = list(Customer.objects.filter(churn_band="alto").order_by("-mrr", "-customer_id"))
    assert head[:3] == ["Código", "Cliente", "Situação"]
    assert [row[0] for row in rows] == [one.customer_id for one in expected]
    assert rows[0][head.index("MRR")] == str(expected[0].mrr).replace(".", ",")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="clientes.csv"'


@pytest.mark.records
@pytest.mark.parametrize("sort", ["churn", "-churn", "health", "-health", "name", "-mrr"])
def test_the_file_is_in_the_order_of_the_pages(signed_in: SignIn, sort: str) -> None:
    Customer.objects.filter(state="PR").update(health=None, churn_90d=None)
    browser = signed_in(Role.ANALYST)
    _head, *rows = rows_of(browser.post(f"/clientes/exportar/?sort={sort}"))
    first = browser.get(f"/clientes/?sort={sort}")
    following = re.search(r'href="([^"]+)"[^>]*rel="next"', first.content.decode())
    assert following
    second = browser.get("/clientes/" + following[1].replace("&amp;", "&"))
    assert [row[0] for row in rows] == listed(first) + listed(second)


def test_taking_the_file_leaves_a_trace(signed_in: SignIn, people: dict[Role, User]) -> None:
    signed_in(Role.EXECUTOR).post("/clientes/exportar/?q=padaria&mrr_min=1")
    event = AuditEvent.objects.filter(action=AuditEvent.Action.EXPORT).latest("sequence")
    assert (event.actor, event.object_kind) == (people[Role.EXECUTOR], "customers")
    assert event.details["filters"] == {"q": "padaria", "mrr_min": "1"}
    own = visible_customers(people[Role.EXECUTOR]).filter(mrr__gte=1, search_text__contains="padaria")
    assert event.details["rows"] == own.count()


def test_who_may_not_export_gets_no_file(signed_in: SignIn) -> None:
    browser = signed_in(Role.EXECUTIVE)
    assert browser.post("/clientes/exportar/").status_code == 403
    assert "exportar" not in browser.get("/clientes/").content.decode()
    assert signed_in(Role.ANALYST).get("/clientes/exportar/").status_code == 405
    assert not AuditEvent.objects.filter(action=AuditEvent.Action.EXPORT).exists()


@pytest.mark.parametrize("value", ["=1+1", "+55", "-2", "@soma", "\t=1", "\r=1", "  =1"])
def test_no_cell_is_a_formula(value: str) -> None:
    assert cell(value).startswith("'")


# ------------------------------------------------------------------ totals and cost


def test_totals_are_the_records_summed(people: dict[Role, User]) -> None:
    seen = visible_customers(people[Role.ANALYST])
    totals, rows = totals_of(seen), list(seen)
    assert totals.customers == len(rows)
    assert totals.mrr == sum(row.mrr for row in rows)
    assert totals.risky_mrr == sum(row.mrr for row in rows if row.churn_band == "alto")
    assert totals.expected_loss == pytest.approx(sum((row.churn_90d or 0) * float(row.mrr) for row in rows))
    assert totals.due == sum(row.due_contacts for row in rows)
    parts = totals_by(seen, "state")
    assert sum(part.customers for part in parts.values()) == totals.customers
    assert sum(part.overdue for part in parts.values()) == totals.overdue
    assert totals_of(Customer.objects.none()) == Totals()
    assert totals_by(Customer.objects.none(), "state") == {}


def test_a_new_publication_is_a_new_question(people: dict[Role, User], published: Publication) -> None:
    seen = visible_customers(people[Role.ANALYST])
    before = totals_of(seen).customers
    Customer.objects.filter(pk=seen.order_by("pk")[0].pk).delete()
    assert totals_of(seen).customers == before
    Publication.objects.create(lake_version=99, as_of=published.as_of, published_at=published.published_at, seconds=0.1)
    assert totals_of(seen).customers == before - 1


@pytest.mark.parametrize("role", SEES)
def test_the_list_costs_few_queries(signed_in: SignIn, role: Role) -> None:
    browser = signed_in(role)
    for headers in ({}, PART):
        for url in ("/clientes/", "/clientes/?q=padaria&churn_band=alto&sort=-churn"):
            with CaptureQueriesContext(connection) as asked:
                assert browser.get(url, headers=headers).status_code == 200
            assert len(asked) <= 12, [one["sql"][:160] for one in asked]
