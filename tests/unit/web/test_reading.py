"""What each person sees of the records, down to the row and the cent."""

from decimal import Decimal
from statistics import mean

import pytest

from b2shift.identify.api import product_units
from b2shift.web.accounts.models import Team, User
from b2shift.web.accounts.roles import Role
from b2shift.web.crm.current import newest_publication
from b2shift.web.crm.filters import filter_customers, filter_proposals
from b2shift.web.crm.models import Customer, Proposal, Publication, VendorUser
from b2shift.web.crm.reading import (
    portfolio,
    visible_customers,
    visible_proposals,
    visible_segments,
)
from b2shift.web.crm.view360 import visible_360

pytestmark = pytest.mark.records
UNITS = product_units().keys

People = dict[Role, User]


def rows(user: User) -> set[int]:
    """The factory's row numbers of the customers a person sees."""
    codes = visible_customers(user).values_list("customer_id", flat=True)
    return {int(code[1:]) if code.startswith("C") else int(code) - 10000 for code in codes}


def owned(*sellers: int) -> set[int]:
    return {row for row in range(60) if row % 13 != 12 and 2 + row % 6 in sellers}


def test_the_rows_of_each_role(people: People) -> None:
    assert rows(people[Role.EXECUTIVE]) == rows(people[Role.ANALYST]) == set(range(60))
    assert rows(people[Role.MARKETING]) == {row for row in range(60) if row % 4 == 1}
    assert rows(people[Role.EXECUTOR]) == owned(2)
    assert rows(people[Role.MANAGER]) == owned(2, 4, 6, 3)
    assert rows(people[Role.ADMINISTRATOR]) == set()


def test_a_manager_sees_by_the_vendors_lines_and_by_teams(people: People) -> None:
    manager = people[Role.MANAGER]
    assert portfolio(manager) == ["U0000", "U0002", "U0003", "U0004", "U0006"]
    Team.objects.get().members.clear()
    assert portfolio(manager) == ["U0000", "U0002", "U0004", "U0006"]
    manager.vendor_user_id = ""
    assert portfolio(manager) == []
    assert rows(manager) == set()
    other = User.objects.create_user("x@empresa.example", name="X", role=Role.MANAGER)
    Team.objects.get().members.add(people[Role.EXECUTOR])
    assert portfolio(manager) == ["U0002"]
    assert portfolio(other) == []


def test_a_team_alone_makes_no_manager(people: People) -> None:
    Team.objects.update(manager=people[Role.EXECUTOR])
    assert rows(people[Role.EXECUTOR]) == owned(2)


def test_nobody_in_particular_sees_nothing(people: People) -> None:
    """An empty code or unit is no wildcard."""
    executor, marketing = people[Role.EXECUTOR], people[Role.MARKETING]
    executor.vendor_user_id = marketing.business_unit = ""
    assert rows(executor) == rows(marketing) == set()
    marketing.business_unit = "rd"
    assert rows(marketing) == set()
    VendorUser.objects.update(manager_id="")
    people[Role.MANAGER].vendor_user_id = ""
    Team.objects.all().delete()
    assert rows(people[Role.MANAGER]) == set()


@pytest.mark.parametrize("role", Role)
def test_who_left_sees_nothing(people: People, role: Role) -> None:
    people[role].is_active = False
    assert rows(people[role]) == set()
    assert not visible_proposals(people[role]).exists()
    assert visible_segments(people[role]) == []


@pytest.mark.parametrize("unit", UNITS)
def test_a_unit_is_matched_whole(people: People, unit: str) -> None:
    people[Role.MARKETING].business_unit = unit
    expected = {customer.customer_id for customer in Customer.objects.all() if unit in customer.business_units}
    assert set(visible_customers(people[Role.MARKETING]).values_list("customer_id", flat=True)) == expected
    assert expected


def test_proposals_are_those_of_the_customers_seen(people: People) -> None:
    for user in people.values():
        told = set(visible_proposals(user).values_list("proposal_id", flat=True))
        assert told == {f"p_{row}" for row in rows(user) if row < 30}


@pytest.mark.parametrize("unit", UNITS)
@pytest.mark.parametrize("role", Role)
def test_a_unit_in_view_narrows_proposals_as_it_does_customers(people: People, role: Role, unit: str) -> None:
    """A proposal says its customer's units itself: what it says must be what its customer says."""
    people[role].unit_in_view = unit
    seen = set(visible_customers(people[role]).values_list("customer_id", flat=True))
    expected = set(Proposal.objects.filter(customer__in=seen).values_list("pk", flat=True))
    assert set(visible_proposals(people[role]).values_list("pk", flat=True)) == (
        expected if role is not Role.ADMINISTRATOR else set()
    )
    assert all(one.units_key == one.customer.units_key for one in Proposal.objects.select_related("customer"))


@pytest.mark.parametrize("role", [Role.ANALYST, Role.MANAGER, Role.EXECUTOR, Role.MARKETING])
def test_figures_of_segments_are_over_the_customers_seen(people: People, role: Role) -> None:
    seen = list(visible_customers(people[role]))
    figures = visible_segments(people[role])
    assert [one.customers for one in figures] == sorted((one.customers for one in figures), reverse=True)
    assert sum(one.customers for one in figures) == len(seen)
    for one in figures:
        members = [customer for customer in seen if customer.segment_id == one.segment.segment_id]
        assert one.customers == len(members)
        assert one.share == pytest.approx(len(members) / len(seen))
        assert one.mrr == sum((customer.mrr for customer in members), Decimal(0))
        assert one.mrr.as_tuple().exponent == -2
        risks = [customer.churn_90d for customer in members if customer.churn_90d is not None]
        assert one.churn_mean == (pytest.approx(mean(risks)) if risks else None)
        health = [customer.health for customer in members if customer.health is not None]
        assert one.health_mean == (pytest.approx(mean(health)) if health else None)
        assert set(one.exemplars) == {"10000", "10001"} & {customer.customer_id for customer in seen}


def test_segments_without_any_customer_seen_are_still_told(people: People) -> None:
    people[Role.EXECUTOR].vendor_user_id = "U0001"
    figures = visible_segments(people[Role.EXECUTOR])
    assert [(one.customers, one.share, one.mrr, one.churn_mean) for one in figures] == [
        (0, 0.0, Decimal("0.00"), None)
    ] * 3


def test_the_360_leaves_out_what_the_person_may_not_see(people: People) -> None:
    customer = Customer.objects.get(customer_id="10000")
    for role, commercial in (
        (Role.EXECUTOR, True),
        (Role.ANALYST, True),
        (Role.EXECUTIVE, False),
        (Role.MARKETING, False),
    ):
        found = visible_360(people[role], customer)
        assert found is not None
        assert found.contacts == ()
        assert (len(found.activities), len(found.opportunities)) == ((1, 1) if commercial else (0, 0))
        assert len(found.revenue) == 2


def test_a_customer_the_lake_does_not_hold_has_no_360(people: People) -> None:
    assert visible_360(people[Role.ANALYST], Customer(customer_id="ZZZZZ9")) is None


def test_filters_of_pages_read_texts(published: Publication) -> None:
    everybody = Customer.objects.all()
    assert filter_customers(everybody, {}).count() == 60
    assert filter_customers(everybody, {"state": "  ", "nothing": "x"}).count() == 60
    assert filter_customers(everybody, {"state": " MG ", "overdue": "1"}).count() == 0
    assert filter_customers(everybody, {"state": "SP", "overdue": "true"}).count() == 15
    assert filter_customers(everybody, {"overdue": "0"}).count() == 45
    assert filter_customers(everybody, {"unit": "RD_STATION"}).count() == 15
    assert filter_customers(everybody, {"unit": "rd"}).count() == 0
    assert filter_customers(everybody, {"unit": "%"}).count() == 0
    assert filter_customers(everybody, {"mrr_min": "9999.1", "situation": "ativo"}).count() == 0
    assert filter_proposals(Proposal.objects.all(), {"blocked": "true"}).count() == 6
    assert filter_proposals(Proposal.objects.all(), {"priority_min": "25", "kind": "retencao"}).count() == 2


def test_the_newest_publication_is_the_one_shown(published: Publication) -> None:
    assert newest_publication() == published
    Publication.objects.all().delete()
    assert newest_publication() is None
