"""Lists over HTTP: every row once in every order, filters that agree, parameters that are refused."""

from typing import Any, get_args

import pytest
from django.test import Client
from hypothesis import given, settings
from hypothesis import strategies as st

from b2shift.web.crm import filters
from b2shift.web.crm.models import Customer
from b2shift.web.rest import queries
from b2shift.web.rest.contracts.customers import CustomerSummary

pytestmark = pytest.mark.records

CUSTOMERS, PROPOSALS = "/api/v1/customers", "/api/v1/proposals"
# Sort: the item's field, and whether it is money.
FIELDS = {
    "name": None, "mrr": "mrr", "churn": "churn_90d", "health": "health", "tenure": "tenure_years",
    "due": "due_contacts", "overdue": "overdue_amount",
}  # fmt: skip


def walk(client: Client, path: str, link: str = "next", **told: Any) -> list[list[dict[str, Any]]]:
    """Every page from the first (or, by `previous`, from where `cursor` stands)."""
    pages = []
    while True:
        answer = client.get(path, told)
        assert answer.status_code == 200, answer.content
        body = answer.json()
        pages.append(body["items"])
        if body[link] is None:
            return pages
        told = told | {"cursor": body[link]}


@pytest.mark.parametrize("sort", get_args(queries.CustomerSort))
@pytest.mark.parametrize("limit", [1, 7, 60, 200])
def test_walking_gives_every_customer_once_in_order(analyst: Client, sort: str, limit: int) -> None:
    items = [one for page in walk(analyst, CUSTOMERS, sort=sort, limit=limit) for one in page]
    codes = [one["customer_id"] for one in items]
    assert sorted(codes) == sorted(Customer.objects.values_list("customer_id", flat=True))
    field = FIELDS[sort.removeprefix("-")]
    if field is None:
        return
    values = [one[field] for one in items]
    known = [(float(value), code) for value, code in zip(values, codes, strict=True) if value is not None]
    assert values[len(known) :] == [None] * (len(values) - len(known)), "rows without a value come last"
    assert known == sorted(known, reverse=sort.startswith("-"))
    without = codes[len(known) :]
    assert without == sorted(without)


@pytest.mark.parametrize("sort", get_args(queries.CustomerSort))
def test_walking_back_gives_the_same_pages(analyst: Client, sort: str) -> None:
    forth = walk(analyst, CUSTOMERS, sort=sort, limit=13)
    middle = analyst.get(CUSTOMERS, {"sort": sort, "limit": 13}).json()
    while middle["next"]:
        last, middle = middle, analyst.get(CUSTOMERS, {"sort": sort, "limit": 13, "cursor": middle["next"]}).json()
    assert last["next"]
    back = walk(analyst, CUSTOMERS, link="previous", sort=sort, limit=13, cursor=middle["previous"])
    assert [*reversed(back), middle["items"]] == forth


@settings(max_examples=25)
@given(
    sort=st.sampled_from(get_args(queries.CustomerSort)),
    limit=st.integers(1, 30),
    situation=st.sampled_from(["", "ativo", "cancelado"]),
    overdue=st.sampled_from(["", "true", "false"]),
    q=st.sampled_from(["", "jo", "padaria sao", "grao 2", "zz"]),
)
def test_any_filtered_walk_is_whole_and_counted(
    analyst: Client, sort: str, limit: int, situation: str, overdue: str, q: str
) -> None:
    told = {k: v for k, v in {"situation": situation, "overdue": overdue, "q": q}.items() if v}
    pages = walk(analyst, CUSTOMERS, sort=sort, limit=limit, **told)
    codes = [one["customer_id"] for page in pages for one in page]
    whole = analyst.get(CUSTOMERS, {"limit": 200, **told}).json()
    assert len(codes) == len(set(codes)) == whole["total"] == len(whole["items"])
    assert set(codes) == {one["customer_id"] for one in whole["items"]}
    assert all(len(page) == limit for page in pages[:-1])
    for one in whole["items"]:
        assert situation in {"", one["situation"]}
        assert overdue in {"", "true" if float(one["overdue_amount"]) > 0 else "false"}


@pytest.mark.parametrize("sort", get_args(queries.ProposalSort))
def test_walking_gives_every_proposal_once_in_order(analyst: Client, sort: str) -> None:
    field = {"priority": "priority", "due_on": "due_on", "mrr": "mrr_at_stake"}[sort.removeprefix("-")]
    items = [one for page in walk(analyst, PROPOSALS, sort=sort, limit=4) for one in page]
    found = [(float(one[field]) if field == "mrr_at_stake" else one[field], one["proposal_id"]) for one in items]
    assert len(found) == 30
    assert found == sorted(found, reverse=sort.startswith("-"))


def test_a_flag_keeps_one_side_or_the_other(analyst: Client) -> None:
    for name, path, whole in (
        ("overdue", CUSTOMERS, 60), ("due", CUSTOMERS, 60), ("blocked", PROPOSALS, 30),
    ):  # fmt: skip
        yes, no = (analyst.get(path, {name: told}).json()["total"] for told in ("true", "false"))
        assert yes + no == whole
        assert yes > 0 < no
    blocked = analyst.get(PROPOSALS, {"blocked": "true", "limit": 200}).json()["items"]
    assert {one["proposal_id"] for one in blocked} == {f"p_{row}" for row in range(0, 30, 5)}


def test_the_unit_filter_means_a_whole_unit(analyst: Client) -> None:
    sizes = {
        unit: analyst.get(CUSTOMERS, {"unit": unit}).json()["total"]
        for unit in ("totvs_gestao", "rd_station", "techfin")
    }
    assert sizes == {"totvs_gestao": 45, "rd_station": 15, "techfin": 30}


def test_ranges_keep_their_limits(analyst: Client) -> None:
    items = analyst.get(CUSTOMERS, {"mrr_min": "3000.1", "health_max": "50", "limit": 200}).json()["items"]
    expected = {
        customer.customer_id
        for customer in Customer.objects.all()
        if float(customer.mrr) >= 3000.1 and customer.health is not None and customer.health <= 50
    }
    assert {one["customer_id"] for one in items} == expected
    assert expected


REFUSED = [
    ("limit", "0"), ("limit", "201"), ("limit", "x"), ("limit", ""), ("sort", "nome"), ("sort", "--mrr"), ("sort", ""),
    ("cursor", "abc"), ("cursor", "x" * 2001), ("mrr_min", "nan"), ("mrr_min", "inf"), ("mrr_min", "1e400"),
    ("mrr_min", "9" * 40), ("health_max", "-inf"), ("health_max", "abc"), ("overdue", "talvez"), ("unit", "todas"),
    ("state", "S\x00P"), ("state", "x" * 256), ("q", "x" * 121), ("estado", "SP"), ("mrr", "5"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "value"), REFUSED)
def test_what_cannot_be_used_is_named(analyst: Client, name: str, value: str) -> None:
    answer = analyst.get(CUSTOMERS, {name: value})
    assert answer.status_code == 422, answer.content
    told = answer.json()
    assert [one["field"] for one in told["errors"]] == [name]
    assert told["errors"][0]["message"]
    assert answer.headers["Content-Type"] == "application/problem+json"


def test_every_fault_is_told_at_once(analyst: Client) -> None:
    told = analyst.get(CUSTOMERS, {"limit": "x", "mrr_min": "y", "overdue": "z"}).json()
    assert [one["field"] for one in told["errors"]] == ["limit", "overdue", "mrr_min"]


def test_a_misspelt_filter_offers_the_near_one(analyst: Client) -> None:
    told = analyst.get(CUSTOMERS, {"mrr_mim": "5"}).json()
    assert told["errors"] == [{"field": "mrr_mim", "message": "Não há este parâmetro. Há mrr_min"}]


def test_a_cursor_of_another_order_is_refused(analyst: Client) -> None:
    cursor = analyst.get(CUSTOMERS, {"sort": "mrr", "limit": 5}).json()["next"]
    assert analyst.get(CUSTOMERS, {"sort": "mrr", "limit": 9, "cursor": cursor}).status_code == 200
    for sort in ("-mrr", "name", "health"):
        assert analyst.get(CUSTOMERS, {"sort": sort, "cursor": cursor}).status_code == 422
    assert analyst.get(PROPOSALS, {"sort": "mrr", "cursor": cursor}).status_code == 422


def test_somebody_elses_cursor_shows_only_ones_own_rows(program: Any, analyst: Client) -> None:
    from b2shift.web.accounts.roles import Role

    cursor = analyst.get(CUSTOMERS, {"sort": "mrr", "limit": 20}).json()["next"]
    own = program(Role.EXECUTOR).get(CUSTOMERS, {"sort": "mrr", "limit": 200, "cursor": cursor}).json()
    assert {one["owner_id"] for one in own["items"]} == {"U0002"}


def test_the_queries_are_those_of_the_filters() -> None:
    """A filter added to the pages is one of the programs too, with the same meaning."""
    kinds = {str: str, bool: bool, int: int, filters.Decimal: filters.Decimal}
    for query, told, sorts in (
        (queries.CustomerQuery, filters.CUSTOMER_FILTERS, filters.CUSTOMER_SORTS),
        (queries.ProposalQuery, filters.PROPOSAL_FILTERS, filters.PROPOSAL_SORTS),
    ):
        fields = {
            name: field for name, field in query.model_fields.items() if name not in {"limit", "cursor", "sort", "q"}
        }
        assert set(fields) == {one.name for one in told}
        for one in told:
            told_types = str(fields[one.name].annotation)
            assert kinds[one.kind].__name__ in told_types or one.name == "unit"
        wanted = {sign + name for name in sorts for sign in ("", "-")}
        assert set(get_args(query.model_fields["sort"].annotation)) == wanted


def test_one_customer_has_its_row_of_the_list(analyst: Client) -> None:
    row = analyst.get(CUSTOMERS, {"limit": 1, "sort": "-mrr"}).json()["items"][0]
    one = analyst.get(f"{CUSTOMERS}/{row['customer_id']}").json()
    assert {name: one[name] for name in CustomerSummary.model_fields} == row


def test_one_customer_exactly(analyst: Client) -> None:
    one = analyst.get(f"{CUSTOMERS}/10004").json()
    assert one["customer_id"] == "10004"
    assert one["name"] == "Grão do Pará 4 S.A."
    assert one["trade_name"] is None
    assert one["mrr"] == "3167.60"
    assert one["contract_total"] == "50.0000"
    assert one["mrr_12m"] is None
    assert one["customer_since"] == "2026-10-27"
    assert one["business_units"] == ["totvs_gestao"]
    assert one["reasons"] == [
        {"score": "churn_90d", "feature": "usage", "phrase": "Uso caiu", "value": "3 h", "peers": "9 h", "points": 0.7}
    ]
    assert one["churn_90d"] == pytest.approx(0.124)
    assert one["sub_segment"] is None


def test_codes_are_found_in_lower_case_and_nothing_else_is_a_code(analyst: Client) -> None:
    assert analyst.get(f"{CUSTOMERS}/c00009").json()["customer_id"] == "C00009"
    for wrong in ("1", "1000000", "10004%00", "%20", "..", "10004'", "é0004", "%ff"):
        assert analyst.get(f"{CUSTOMERS}/{wrong}").status_code == 404, wrong
    assert analyst.get("/api/v1/proposals/p%00").status_code == 404
    assert analyst.get("/api/v1/segments/%00").status_code == 404


def test_a_whole_list_has_the_same_envelope(analyst: Client) -> None:
    for path in ("segments", "segments/models", "scores/cards", "rules", "quality", "quality/loads", "catalogue"):
        body = analyst.get(f"/api/v1/{path}").json()
        assert list(body) == ["items", "next", "previous", "total"]
        assert body["next"] is body["previous"] is None
        assert body["total"] == len(body["items"]) > 0
