"""Pages by keyset: whole, in order, once each; and cursors nobody can make up."""

import base64
import json
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.signing import Signer
from django.db import connection
from django.db.models import QuerySet
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st

from b2shift.kernel.errors import InputError, UnknownNameError
from b2shift.web.crm import paging
from b2shift.web.crm.filters import CUSTOMER_SORTS, PROPOSAL_SORTS, sort_column
from b2shift.web.crm.models import Customer, Proposal, Publication
from b2shift.web.crm.paging import Page, all_in_order, count_of, page_of

pytestmark = [pytest.mark.records, pytest.mark.django_db]

AS_OF = date(2026, 10, 31)
Told = list[tuple[str, Any]]


def walk(rows: QuerySet[Any], size: int, *, back_too: bool = True, **order: Any) -> list[Any]:
    """Every row from the first page to the last; on the way back the same pages are met."""
    pages: list[Page[Any]] = [page_of(rows, size=size, **order)]
    assert pages[0].previous is None
    while (cursor := pages[-1].next) is not None:
        pages.append(page_of(rows, size=size, cursor=cursor, **order))
    if back_too:
        place = pages[-1]
        for expected in reversed(pages[:-1]):
            assert place.previous is not None
            place = page_of(rows, size=size, cursor=place.previous, **order)
            assert [row.pk for row in place.rows] == [row.pk for row in expected.rows]
            assert place.next is not None
        assert place.previous is None
    return [row for page in pages for row in page.rows]


def make(column: str, values: list[Any]) -> None:
    """Customers with these values of one column, codes in another order; without a publication no count is kept."""
    Publication.objects.all().delete()
    Customer.objects.all().delete()
    Customer.objects.bulk_create(
        Customer(customer_id=f"{n * 7919 % 100000:05d}", name="x", as_of=AS_OF, **{column: value})
        for n, value in enumerate(values)
    )


COLUMNS: dict[str, st.SearchStrategy[Any]] = {
    "name_folded": st.sampled_from(["", "a", "a b", "aa", "ab", "b", "z 9"]),
    "mrr": st.decimals(-1000, 1000, places=2),
    "churn_90d": st.none() | st.floats(0, 1) | st.sampled_from([0.1, 0.2, 0.30000000000000004]),
    "health": st.none() | st.integers(0, 3).map(float),
    "tenure_years": st.none() | st.floats(0, 1e-300),
    "due_contacts": st.integers(-1, 2),
    "overdue_amount": st.just(Decimal("0.10")),
}


@settings(max_examples=60)
@given(
    data=st.data(),
    column=st.sampled_from(sorted(COLUMNS)),
    size=st.integers(1, 9),
    descending=st.booleans(),
    few=st.sampled_from([0, 5, 2000]),
)
def test_every_row_comes_once_in_order(
    monkeypatch: pytest.MonkeyPatch, data: st.DataObject, column: str, size: int, descending: bool, few: int
) -> None:
    monkeypatch.setattr(paging, "FEW", few)
    values = data.draw(st.lists(COLUMNS[column], max_size=24))
    make(column, values)
    rows = walk(Customer.objects.all(), size, column=column, descending=descending, key="customer_id")
    told = [(getattr(row, column), row.customer_id) for row in rows]
    known = sorted((pair for pair in told if pair[0] is not None), reverse=descending)
    unknown = sorted(pair for pair in told if pair[0] is None)
    assert len(told) == len(values)
    assert len(set(told)) == len(told)
    if column == "name_folded" and connection.vendor == "postgresql":
        known = list(Customer.objects.order_by(*_by(column, descending)).values_list(column, "customer_id"))
    assert told == known + unknown
    filed = all_in_order(Customer.objects.all(), column=column, descending=descending, key="customer_id")
    assert [row.customer_id for row in filed] == [code for _value, code in told]


def _by(column: str, descending: bool) -> list[str]:
    return [f"{'-' if descending else ''}{name}" for name in (column, "customer_id")]


def test_dates_and_the_proposals_key_page_too(published: Publication) -> None:
    for name in PROPOSAL_SORTS:
        for sign in ("", "-"):
            column, descending = sort_column(PROPOSAL_SORTS, sign + name)
            rows = walk(Proposal.objects.all(), 4, column=column, descending=descending, key="proposal_id")
            assert [row.pk for row in rows] == list(
                Proposal.objects.order_by(*(f"{sign}{one}" for one in (column, "proposal_id"))).values_list(
                    "pk", flat=True
                )
            )


def test_many_rows_are_walked_and_few_are_found(monkeypatch: pytest.MonkeyPatch) -> None:
    make("mrr", [Decimal(n) for n in range(9)])
    order: dict[str, Any] = {"column": "mrr", "descending": False, "key": "customer_id"}
    rows, walked = Customer.objects.all(), Customer.objects.filter(mrr__lt=4)
    assert len(page_of(rows, walk=walked, **order).rows) == 9
    monkeypatch.setattr(paging, "FEW", 8)
    assert len(page_of(rows, walk=walked, **order).rows) == 4
    assert len(page_of(rows, **order).rows) == 9


def test_an_empty_list_has_no_neighbours() -> None:
    page = page_of(Customer.objects.none(), column="mrr", descending=False, key="customer_id")
    assert page == Page(rows=[], next=None, previous=None)


def test_a_row_that_comes_or_goes_between_pages_moves_no_other() -> None:
    make("mrr", [Decimal(n) for n in range(10)])
    order: dict[str, Any] = {"column": "mrr", "descending": False, "key": "customer_id"}
    first = page_of(Customer.objects.all(), size=4, **order)
    Customer.objects.filter(mrr__in=[1, 3]).delete()
    Customer.objects.create(customer_id="NEW001", name="x", as_of=AS_OF, mrr=Decimal("0.5"))
    assert first.next is not None
    second = page_of(Customer.objects.all(), size=4, cursor=first.next, **order)
    assert [row.mrr for row in second.rows] == [4, 5, 6, 7]
    assert second.previous is not None
    again = page_of(Customer.objects.all(), size=4, cursor=second.previous, **order)
    assert [row.mrr for row in again.rows] == [0, Decimal("0.5"), 2]


def plan_of_a_late_page(values: int) -> tuple[str, str]:
    """The statement of the second page by MRR, and how SQLite goes about it."""
    make("mrr", [Decimal(n) for n in range(values)])
    order: dict[str, Any] = {"column": "mrr", "descending": True, "key": "customer_id", "size": 5}
    first = page_of(Customer.objects.all(), **order)
    assert first.next
    with CaptureQueriesContext(connection) as told:
        page_of(Customer.objects.all(), cursor=first.next, **order)
    pages = [one["sql"] for one in told.captured_queries if "LIMIT 6" in one["sql"]]
    assert len(pages) == 1
    assert "OFFSET" not in pages[0]
    if connection.vendor != "sqlite":
        return pages[0], ""
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN QUERY PLAN {pages[0]}")
        return pages[0], " ".join(str(row[-1]) for row in cursor.fetchall())


def test_a_late_page_costs_what_the_first_does(monkeypatch: pytest.MonkeyPatch) -> None:
    """The place is found by its index, not by walking there."""
    monkeypatch.setattr(paging, "FEW", 10)
    _sql, plan = plan_of_a_late_page(40)
    if connection.vendor == "sqlite":
        assert "USING INDEX customer_by_mrr (mrr<?" in plan
        assert "TEMP B-TREE" not in plan


def test_few_rows_are_found_before_they_are_sorted() -> None:
    """By the sort's index SQLite would walk the table to find the few that agree with a filter."""
    _sql, plan = plan_of_a_late_page(40)
    if connection.vendor == "sqlite":
        assert "USE TEMP B-TREE FOR ORDER BY" in plan


def refused(cursor: str, **order: Any) -> None:
    told = {"column": "mrr", "descending": False, "key": "customer_id"} | order
    with pytest.raises(InputError, match="Comece pela primeira página"):
        page_of(Customer.objects.all(), cursor=cursor, **told)


@given(st.text(min_size=1, max_size=200))
def test_text_is_no_cursor(text: str) -> None:
    refused(text)


def test_a_cursor_is_of_one_order_and_cannot_be_changed() -> None:
    make("mrr", [Decimal(n) for n in range(10)])
    page = page_of(Customer.objects.all(), column="mrr", descending=False, key="customer_id", size=4)
    cursor = page.next
    assert cursor is not None
    refused(cursor, descending=True)
    refused(cursor, column="overdue_amount")
    refused(cursor[:-1])
    refused(("A" if cursor[0] != "A" else "B") + cursor[1:])
    place, _, signature = cursor.rpartition(":")
    forged = base64.urlsafe_b64encode(json.dumps(["mrr", False, "Infinity", "x", False]).encode()).decode()
    refused(forged)
    refused(f"{forged}:{signature}")
    refused(Signer(salt="another").sign(place))


def test_counts_are_remembered_until_the_next_publication(published: Publication) -> None:
    ours, theirs = Customer.objects.filter(state="SP"), Customer.objects.filter(state="MG")
    with CaptureQueriesContext(connection) as told:
        assert (count_of(ours), count_of(theirs), count_of(Customer.objects.none())) == (30, 15, 0)
        first = len(told)
        assert (count_of(ours.order_by("mrr")), count_of(theirs)) in {(30, 15)}
        again = len(told)
    counted = [one for one in told.captured_queries if "COUNT(" in one["sql"]]
    assert len(counted) <= 3
    assert again - first < first
    Customer.objects.filter(customer_id="10000").delete()
    assert count_of(ours) == 30
    Publication.objects.create(lake_version=2, as_of=AS_OF, published_at=timezone.now() + timedelta(1), seconds=0)
    assert count_of(ours) == 29


def test_counts_before_any_publication_are_not_remembered(published: Publication) -> None:
    Publication.objects.all().delete()
    assert count_of(Customer.objects.all()) == 60
    Customer.objects.filter(customer_id="10000").delete()
    assert count_of(Customer.objects.all()) == 59


def test_a_sort_nobody_knows_offers_the_near_ones() -> None:
    assert sort_column(CUSTOMER_SORTS, "-churn") == ("churn_90d", True)
    with pytest.raises(UnknownNameError, match="health"):
        sort_column(CUSTOMER_SORTS, "-healt")


@pytest.mark.parametrize("column", sorted(set(CUSTOMER_SORTS.values())))
def test_every_sort_of_customers_has_its_index(column: str) -> None:
    assert [column, "customer_id"] in [list(index.fields) for index in Customer._meta.indexes]


@pytest.mark.parametrize("column", sorted(set(PROPOSAL_SORTS.values())))
def test_every_sort_of_proposals_has_its_index(column: str) -> None:
    assert [column, "proposal_id"] in [list(index.fields) for index in Proposal._meta.indexes]
