"""Questions written once tell what the ORM tells, for every value, and see what was written since."""

import pytest
from django.db.models import QuerySet

from b2shift.identify.api import product_units
from b2shift.web.accounts.models import User
from b2shift.web.accounts.prepared import Prepared
from b2shift.web.accounts.roles import Role
from b2shift.web.crm.models import Customer
from b2shift.web.crm.reading import visible_customer, visible_customers

pytestmark = [pytest.mark.django_db, pytest.mark.records]


def test_other_values_and_new_rows_are_seen() -> None:
    of_role = Prepared(lambda role: User.objects.filter(role=role).order_by("email"))
    for n in range(3):
        assert [one.email for one in of_role(Role.ANALYST.value)] == [f"{told}@x.example" for told in range(n)]
        User.objects.create_user(f"{n}@x.example", name="A", role=Role.ANALYST)
        assert of_role(Role.MANAGER.value) == []


def test_tuples_of_any_length_and_numbers() -> None:
    keys = [User.objects.create_user(f"{n}@x.example", name="A", role=Role.ANALYST).pk for n in range(3)]
    among = Prepared(lambda emails, least: User.objects.filter(email__in=emails, pk__gte=least).order_by("pk"))
    assert [one.pk for one in among(("0@x.example", "2@x.example"), keys[0])] == [keys[0], keys[2]]
    assert [one.pk for one in among(("1@x.example", "2@x.example"), keys[2])] == [keys[2]]
    assert [one.pk for one in among(("1@x.example",), 0)] == [keys[1]]


def test_a_value_that_is_not_compared_as_it_is_is_refused() -> None:
    def holding(text: str) -> QuerySet[User]:
        return User.objects.filter(email__contains=text)

    with pytest.raises(ValueError, match="compared with a column"):
        Prepared(holding)("a")


def test_rows_joined_to_others_are_refused() -> None:
    with pytest.raises(ValueError, match="one table"):
        Prepared(lambda code: Customer.objects.select_related("owner").filter(customer_id=code))("a")


@pytest.mark.parametrize("unit", ["", *product_units().keys])
def test_one_customer_is_found_by_whom_the_list_shows_it(people: dict[Role, User], unit: str) -> None:
    for person in people.values():
        person.unit_in_view = unit
        listed = set(visible_customers(person).values_list("customer_id", flat=True))
        codes = Customer.objects.values_list("customer_id", flat=True)
        assert {code for code in codes if visible_customer(person, code)} == listed
    people[Role.ANALYST].is_active = False
    assert visible_customer(people[Role.ANALYST], codes[0]) is None
