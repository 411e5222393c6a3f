"""What each role reads of a segment: the same by REST as on the page, and the whole base only for who sees it."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from b2shift.web.accounts.models import User
from b2shift.web.accounts.roles import Role
from b2shift.web.console.segments.overview import overview
from b2shift.web.crm.models import Segment
from b2shift.web.crm.reading import visible_customers

pytestmark = pytest.mark.records

SEES_BASE = {Role.EXECUTIVE, Role.ANALYST}
SEES = (Role.EXECUTIVE, Role.ANALYST, Role.MARKETING, Role.MANAGER, Role.EXECUTOR)
# Figures of the whole base that no portfolio of the factory comes to.
BASE = {"paragraph": "98765 clientes, com R$ 43.210 de receita.", "customers": 98765, "mrr": "4321012.34", "nps": 54.3}
TOLD = ("98765", "98.765", "43.210", "4321012", "4.321.012", "54.3", "54,3")
DOORS = (
    "/api/v1/segments", "/api/v1/segments/s0", "/api/v1/segments/s0/members", "/segmentos/", "/segmentos/s0/",
    "/segmentos/mapa/", "/segmentos/comparar/?a=s0&b=s1", "/regua/", "/", "/clientes/?segment=s0", "/clientes/10000/",
    "/contatos-devidos/?segment=s0",
)  # fmt: skip


@pytest.fixture
def base(people: dict[Role, User]) -> None:
    """Every segment carries figures of the whole base, as the lake's catalogue does."""
    Segment.objects.update(**BASE, share=0.98765, mrr_median="43210.00", churn_mean=0.543, health_mean=54.3)


@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize("role", Role)
def test_no_door_tells_the_whole_base_to_who_sees_a_part(
    base: None, signed_in: Callable[[Role], Client], role: Role, door: str
) -> None:
    answer = signed_in(role).get(door)
    shown = [text for text in TOLD if text in answer.content.decode()]
    if role in SEES_BASE and door in {"/api/v1/segments", "/api/v1/segments/s0", "/segmentos/s0/"}:
        assert {"98765", "43.210"} <= set(shown)
    else:
        assert shown == []


@pytest.mark.parametrize("role", sorted(SEES_BASE))
def test_who_looks_at_one_unit_is_told_of_that_unit(
    base: None, signed_in: Callable[[Role], Client], role: Role
) -> None:
    browser = signed_in(role)
    browser.post("/unidade/", {"unit": "rd_station"})
    for door in ("/segmentos/", "/segmentos/s0/"):
        assert "98765" not in browser.get(door).text


@pytest.mark.parametrize("role", SEES)
def test_programs_read_what_the_page_shows(
    program: Callable[[Role], Client], people: dict[Role, User], role: Role
) -> None:
    items: list[dict[str, Any]] = program(role).get("/api/v1/segments").json()["items"]
    rows = overview(people[role], visible_customers(people[role]))
    assert [one["segment_id"] for one in items] == [row.code for row in rows]
    for one, row in zip(items, rows, strict=True):
        figures = row.figures
        assert (one["customers"], one["share"], one["mrr"]) == (figures.customers, figures.share, str(figures.mrr))
        assert (one["churn_mean"], one["health_mean"]) == (figures.churn_mean, figures.health_mean)
        assert one["nps"] == (row.nps.value if row.nps else None)
        assert (one["paragraph"] is not None) == (role in SEES_BASE)
        alone = program(role).get(f"/api/v1/segments/{row.code}").json()
        assert {name: alone[name] for name in one} == one
    assert any(one["nps"] is not None for one in items)
