"""What a campaign of the product's own changed: told on its page once a later delivery reaches beyond its approval."""

from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.conf import LazySettings
from django.test import Client
from tests.unit.identify.refined import fill
from tests.unit.web.campaigns.test_assignments import HALF, approved
from tests.unit.web.outreach.world import doer

from b2shift.identify.api import build_customers
from b2shift.lake.api import writing
from b2shift.web.accounts.models import User
from b2shift.web.accounts.roles import Role
from b2shift.web.campaigns.assignments import assignments
from b2shift.web.campaigns.models import Campaign, Recipient
from b2shift.web.ledger.trail import Doer

pytestmark = pytest.mark.records
APPROVED_ON = date(2026, 12, 2)


@pytest.fixture
def executive(people: dict[Role, User]) -> Doer:
    return doer(people[Role.EXECUTIVE])


def _delivery(home: Path, one: Campaign, as_of: date) -> None:
    """A house in which everybody contacted wins a deal of about R$ 100 five days later, and everybody else one of
    about R$ 40."""
    lot = assignments(one.pk)
    deals: list[dict[str, Any]] = [
        {
            "opportunity_id": f"O{number}", "customer_id": each.customer_id, "result": "ganho",
            "value": Decimal((100 if each.arm == "treated" else 40) + number % 5),
            "created_on": APPROVED_ON, "closed_on": APPROVED_ON + timedelta(days=5),
        }
        for number, each in enumerate(lot)
    ]  # fmt: skip
    registry = [{"customer_id": each.customer_id, "customer_since": date(2020, 1, 1)} for each in lot]
    with writing(home) as session:
        fill(session, customer_registry=registry, opportunities=deals)
        build_customers(session, as_of)
        session.commit(as_of)


def _enlarge(one: Campaign) -> None:
    """As many customers of the lot as an effect needs; the base of the tests is smaller."""
    arms = Recipient.Arm.TREATED, Recipient.Arm.CONTROL
    states = Recipient.State.QUEUED, Recipient.State.CONTROL
    Recipient.objects.bulk_create(
        Recipient(campaign=one, customer_id=f"Z{n:05d}", arm=arms[n % 2], state=states[n % 2]) for n in range(200)
    )


def _page(client: Client, person: User, one: Campaign) -> str:
    client.force_login(person)
    return client.get(f"/campanhas/{one.pk}/").content.decode()


def test_the_page_tells_what_changed_with_its_interval(
    client: Client, manager: Doer, executive: Doer, people: dict[Role, User], tmp_path: Path, settings: LazySettings
) -> None:
    one = approved(manager, executive)
    _enlarge(one)
    settings.HOME = tmp_path / "home"
    _delivery(tmp_path / "home", one, APPROVED_ON + timedelta(days=30))
    page = _page(client, people[Role.EXECUTIVE], one)
    assert "O que mudou" in page
    assert "Negócios ganhos, por cliente" in page
    assert "Ajudou" in page
    assert "Os dados vão até 30 dias depois da aprovação, de 90" in page


def test_others_see_what_changed_among_their_customers_or_nothing(
    client: Client, manager: Doer, executive: Doer, people: dict[Role, User], tmp_path: Path, settings: LazySettings
) -> None:
    """The customers of the test are nobody's: of the figures of the whole campaign nothing may be told."""
    one = approved(manager, executive)
    _enlarge(one)
    settings.HOME = tmp_path / "home"
    _delivery(tmp_path / "home", one, APPROVED_ON + timedelta(days=30))
    assert "Ajudou" in _page(client, people[Role.MANAGER], one), "its author"
    page = _page(client, people[Role.MARKETING], one)
    assert "Poucos clientes" in page
    assert "Ajudou" not in page
    assert "O que mudou" not in _page(client, people[Role.EXECUTOR], one)


def test_before_data_reach_the_approval_nothing_is_told(
    client: Client, manager: Doer, executive: Doer, people: dict[Role, User], tmp_path: Path, settings: LazySettings
) -> None:
    one = approved(manager, executive)
    settings.HOME = tmp_path / "home"
    _delivery(tmp_path / "home", one, APPROVED_ON)
    page = _page(client, people[Role.EXECUTIVE], one)
    assert "ainda não vão além do dia da aprovação" in page
    assert "Ajudou" not in page


def test_a_campaign_that_leaves_nobody_out_says_nothing_of_effects(
    client: Client, manager: Doer, executive: Doer, people: dict[Role, User]
) -> None:
    one = approved(manager, executive, **(HALF | {"control_share": 0}))
    assert "O que mudou" not in _page(client, people[Role.EXECUTIVE], one)
