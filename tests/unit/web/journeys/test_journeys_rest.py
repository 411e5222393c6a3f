"""Journeys by programs: reading only, of the customers the key's person sees, under its own scope."""

from typing import Any

import pytest
from django.test import Client
from tests.unit.web.journeys.world import entrants, published
from tests.unit.web.outreach.world import CUSTOMER, NOW
from tests.unit.web.rest.conftest import program, unhurried

from b2shift.web.accounts.roles import Role
from b2shift.web.accounts.scopes import TokenScope
from b2shift.web.crm.models import Proposal
from b2shift.web.journeys.serving import serve_journeys
from b2shift.web.ledger.trail import Doer

__all__ = ["program", "unhurried"]
pytestmark = pytest.mark.records
STAYS = "/api/v1/journeys/curta/stays"


def test_a_key_reads_journeys_and_its_own_customers_stays(
    program: Any, manager: Doer, another_manager: Doer, due: Proposal, monkeypatch: pytest.MonkeyPatch
) -> None:
    published(manager, another_manager)
    with entrants(monkeypatch, CUSTOMER, "10013"):
        serve_journeys(NOW)
    [journey] = program(Role.ANALYST).get("/api/v1/journeys").json()["items"]
    assert (journey["journey_id"], journey["inside"], journey["ended"], journey["mode"]) == ("curta", 1, 1, "active")
    everybody = program(Role.ANALYST).get(STAYS).json()
    assert {one["customer_id"] for one in everybody["items"]} == {"10013", CUSTOMER}
    client = program(Role.EXECUTOR)
    [stay] = client.get(STAYS).json()["items"]
    assert (stay["customer_id"], stay["step"], stay["class_now"], stay["type"]) == (
        CUSTOMER, "esperar", "detrator", "neutro",
    )  # fmt: skip
    assert client.get(f"{STAYS}?state=ended").json()["total"] == 0
    assert client.get(f"{STAYS}?estado=ended").status_code == 422
    assert client.get("/api/v1/journeys/outra/stays").status_code == 404
    narrow = [one for one in TokenScope.values if one != "journeys:read"]
    for refused in (program(Role.ANALYST, narrow), program(Role.ADMINISTRATOR), Client()):
        assert refused.get("/api/v1/journeys").status_code in (401, 403)
        assert refused.get(STAYS).status_code in (401, 403)
