"""The RFM grid as a page: every cell counts and opens one's own customers, and nobody else's."""

import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from tests.unit.web import factory

from b2shift.lake.api import writing
from b2shift.web.accounts.models import User
from b2shift.web.accounts.roles import Role
from b2shift.web.console.rfm.views import frequency_label, recency_label
from b2shift.web.crm.models import Customer, Publication
from b2shift.web.crm.reading import visible_customers
from b2shift.web.crm.rfm import Grid, Span, of_cell, rfm_grid

pytestmark = pytest.mark.records
SignIn = Callable[[Role], Client]
SCORED = """
    SELECT * REPLACE (
        CAST(CASE WHEN customer_id = '10001' THEN NULL WHEN customer_id = '10006' THEN 5 ELSE 2 END AS TINYINT)
            AS rfm_recency,
        CAST(CASE WHEN customer_id = '10001' THEN NULL WHEN customer_id = '10006' THEN 4 ELSE 1 END AS TINYINT)
            AS rfm_frequency)
    FROM segments
"""


@pytest.fixture
def scored(tmp_path: Path, lake_home: Path, settings: Any, published: Publication) -> Path:
    """The factory's lake: customer 10006 bought lately and often, 10001 never, all others once and long ago."""
    home = tmp_path / "home"
    shutil.copytree(lake_home / "lake", home / "lake")
    with writing(home) as session:
        session.write(factory.specs()["differentiate"]["segments"], SCORED)
        day = "CASE i % 2 WHEN 0 THEN DATE '2026-11-20' ELSE DATE '2026-11-30' END"
        line = {"customer_id": "'10006'", "bought_on": day, "amount": "10"}
        factory.stage(session, factory.specs()["identify"], "purchases", 4, line)
        version = session.commit(date(2026, 11, 30))
    Publication.objects.update(lake_version=version)
    settings.HOME = home
    return home


def test_every_customer_with_purchases_stands_in_one_cell(scored: Path, people: dict[Role, User]) -> None:
    grid = rfm_grid(people[Role.ANALYST])
    assert grid is not None
    everybody = Customer.objects.count()
    assert len(grid.cells) == 25
    assert (grid.customers, grid.without_purchases) == (everybody - 1, 1)
    assert (grid.days, grid.purchases) == ({5: (0, 0)}, {4: (2, 2)}), "what the scores stand for"
    filled = {(cell.recency, cell.frequency): cell for cell in grid.cells if cell.customers}
    assert filled.keys() == {(5, 4), (2, 1)}
    assert filled[2, 1].customers == everybody - 2
    assert filled[2, 1].mrr == sum(one.mrr for one in of_cell(people[Role.ANALYST], (2, 1)))
    assert list(of_cell(people[Role.ANALYST], (5, 4)).values_list("customer_id", flat=True)) == ["10006"]


def test_a_cell_opens_those_one_follows(scored: Path, signed_in: SignIn, people: dict[Role, User]) -> None:
    page = signed_in(Role.ANALYST).get("/segmentos/rfm/?recencia=5&frequencia=4")
    assert [one.customer_id for one in page.context["people"]] == ["10006"]
    assert "/clientes/10006/" in page.text
    assert "?recencia=2&amp;frequencia=1#quem" in page.text, "the twin of the picture has the doors too"
    manager = people[Role.MANAGER]
    own = set(visible_customers(manager).values_list("customer_id", flat=True))
    assert set(of_cell(manager, (2, 1)).values_list("customer_id", flat=True)) == own - {"10001", "10006"}
    empty = signed_in(Role.ANALYST).get("/segmentos/rfm/?recencia=1&frequencia=1").text
    assert "Ninguém nesta casa" in empty


@pytest.mark.parametrize("asked", ["recencia=6&frequencia=1", "recencia=5", "frequencia=x&recencia=1"])
def test_a_cell_that_does_not_exist_is_refused(scored: Path, signed_in: SignIn, asked: str) -> None:
    assert signed_in(Role.ANALYST).get(f"/segmentos/rfm/?{asked}").status_code == 400


def test_before_purchases_are_scored_the_page_says_so(published: Publication, signed_in: SignIn) -> None:
    page = signed_in(Role.ANALYST).get("/segmentos/rfm/").text
    assert "Nenhuma compra pontuada" in page


@pytest.mark.parametrize(
    ("days", "purchases", "told"),
    [
        ((0, 40), (1, 1), ("há até 40 dias", "1 compra")),
        ((41, 116), (30, 1165), ("há 41 a 116 dias", "30 a 1.165 compras")),
        ((1, 1), (2, 2), ("há 1 dia", "2 compras")),
    ],
)
def test_scores_are_labelled_by_what_they_stand_for(days: Span, purchases: Span, told: tuple[str, str]) -> None:
    grid = Grid((), 0, {5: days}, {5: purchases})
    assert (recency_label(grid, 5), frequency_label(grid, 5)) == told
    assert recency_label(grid, 1) == "nota 1"
