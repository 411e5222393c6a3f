"""A base that never delivered recurring revenue: pages and the summary of a run do not call it zero."""

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from tests.unit.web.factory import specs, stage

from b2shift.cli.summary import proposal_lines, segment_lines
from b2shift.lake.api import open_lake, writing
from b2shift.web.accounts.roles import Role
from b2shift.web.console.charts import Chart, Column, Table
from b2shift.web.console.mrr_formats import mrr, mrr_short
from b2shift.web.console.segments.kpis import kpis_of
from b2shift.web.crm import revenue
from b2shift.web.crm.cache import clear_cache
from b2shift.web.crm.models import Customer, Proposal, Publication
from b2shift.web.rest.contracts.customers import CustomerSummary

SignIn = Callable[[Role], Client]


@pytest.mark.parametrize("delivered", [False, True])
def test_revenue_that_was_not_delivered_is_not_shown_as_zero(
    signed_in: SignIn, published: Publication, monkeypatch: pytest.MonkeyPatch, delivered: bool
) -> None:
    Customer.objects.update(mrr=0)
    for place in ("mrr_formats", "customers.listing", "due.listing", "home.executive"):
        monkeypatch.setattr(f"b2shift.web.console.{place}.revenue_delivered", lambda: delivered)
    assert (mrr(0), mrr_short(0)) == (("R$\u00a00,00",) * 2 if delivered else ("não entregue",) * 2)
    assert mrr(5) == "R$\u00a05,00"
    browser = signed_in(Role.ANALYST)
    assert ("R$\u00a00,00 de MRR" in browser.get("/clientes/").text) == delivered
    assert ("não entregue" in browser.get("/clientes/").text) != delivered
    assert ("não trouxeram receita recorrente" in signed_in(Role.EXECUTIVE).get("/").text) != delivered


@pytest.mark.parametrize("delivered", [False, True])
def test_pictures_files_and_programs_do_not_call_it_zero_either(
    signed_in: SignIn, published: Publication, monkeypatch: pytest.MonkeyPatch, delivered: bool
) -> None:
    Customer.objects.update(mrr=0)
    Proposal.objects.update(mrr_at_stake=0)
    for place in ("console.mrr_formats", "console.charts", "crm.revenue"):
        monkeypatch.setattr(f"b2shift.web.{place}.revenue_delivered", lambda: delivered)
    columns = [Column("Cliente", "", "x"), Column("Clientes", "number", "value"), Column("MRR", "mrr_short")]
    drawn = Chart("mapa", "bar", "Mapa", "", Table(columns, [("Padaria", 3, 0.0)])).payload
    assert drawn["rows"] == [["Padaria", 3, 0.0 if delivered else "não entregue"]]
    assert drawn["columns"][2]["format"] == ("money_short" if delivered else "")
    browser = signed_in(Role.ANALYST)
    file = b"".join(browser.post("/clientes/exportar/").streaming_content).decode()  # type: ignore[attr-defined]
    assert ("não entregue" in file) != delivered
    due = b"".join(browser.post("/contatos-devidos/exportar/").streaming_content).decode()  # type: ignore[attr-defined]
    assert ("não entregue" in due) != delivered
    assert ("não entregue" in browser.get("/contatos-devidos/").text) != delivered
    kpis = kpis_of(Customer.objects.all(), Customer.objects.exclude(segment=None).values_list("segment", flat=True)[0])
    assert (kpis[0].here == "não entregue") != delivered
    row = Customer.objects.first()
    told = CustomerSummary.model_validate(row, from_attributes=True).model_dump(mode="json")["mrr"]
    assert (told is None) != delivered
    clear_cache()


def test_whether_revenue_came_is_read_in_the_lake(
    published: Publication, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    segment = {"segment_id": "'s1'", "name": "'Todos'", "customers": "1", "share": "1", "mrr": "0"}
    for rows in (0, 3):
        home = tmp_path / str(rows)
        with writing(home) as session:
            stage(session, specs()["identify"], "recurring_revenue", rows, {})
            stage(session, specs()["differentiate"], "segment_catalogue", 1, segment)
            stage(session, specs()["interact"], "proposals", 1, {"kind": "'educacao'", "customer_id": "'10001'"})
            session.commit(date(2026, 10, 31))
        read: Any = open_lake(home)
        monkeypatch.setattr(revenue, "lake", lambda read=read: read)
        clear_cache()
        assert revenue.revenue_delivered() == bool(rows)
        assert [one.mrr is None for one in segment_lines(read)] == [not rows]
        assert [one.mrr_at_stake is None for one in proposal_lines(read)] == [not rows]
    clear_cache()
