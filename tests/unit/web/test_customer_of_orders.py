"""One customer of a house that sells by order: what stands where monthly revenue, churn and use stand for others."""

from collections.abc import Callable

import pytest
from django.test import Client

from b2shift.web.accounts.models import User
from b2shift.web.accounts.roles import Role
from b2shift.web.console.customer import scores
from b2shift.web.crm.customer_scores import Ordering
from b2shift.web.crm.models import Customer
from b2shift.web.crm.reading import visible_customers

SignIn = Callable[[Role], Client]


def test_who_orders_without_paying_by_month_is_told_by_orders(
    signed_in: SignIn, people: dict[Role, User], monkeypatch: pytest.MonkeyPatch
) -> None:
    customer = visible_customers(people[Role.ANALYST]).filter(churn_90d__isnull=False).order_by("customer_id")[0]
    assert "Risco de churn" in signed_in(Role.ANALYST).get(f"/clientes/{customer.customer_id}/").text
    Customer.objects.filter(pk=customer.pk).update(
        mrr=0, churn_90d=None, churn_band=None, usage_ratio=None, health_use=70
    )
    for chance, told in ((0.51, "51%"), (None, "Não se estima: as compras desta base não bastam")):
        ordering = Ordering(orders=3, value=1200.0, days_since=40, usual_days=20.4, chance=chance)
        monkeypatch.setattr("b2shift.web.console.customer.views.ordering", lambda one, found=ordering: found)
        page = signed_in(Role.ANALYST).get(f"/clientes/{customer.customer_id}/").text
        assert "Chance de voltar a comprar" in page
        assert told in page
        assert "há 40 dias" in page
        assert "costuma pedir a cada 20 dias" in page
        assert "Risco de churn" not in page
    renamed = Customer.objects.get(pk=customer.pk)
    assert scores.health_groups(renamed)[0].label == "Pedidos"
