"""Customers that ask for attention: where the most money may go first."""

from django.db.models import F, FloatField, QuerySet
from django.db.models.functions import Cast

from b2shift.web.crm.models import Customer

SHOWN = 8
BANDS = ("alto", "médio")
"""A customer of low risk asks for no attention, however much revenue their little risk is of."""


def riskiest(customers: QuerySet[Customer], shown: int = SHOWN) -> list[Customer]:
    """Of high or medium risk, those with the most MRR at it: MRR times the probability of going within 90 days."""
    loss = F("churn_90d") * Cast("mrr", FloatField())
    found = customers.filter(churn_band__in=BANDS, mrr__gt=0).annotate(loss=loss)
    return list(found.select_related("owner").defer("search_text", "reasons").order_by("-loss", "customer_id")[:shown])


def most_overdue(customers: QuerySet[Customer], shown: int = 5) -> list[Customer]:
    """Those that owe the most."""
    found = customers.filter(overdue_amount__gt=0).defer("search_text", "reasons")
    return list(found.order_by("-overdue_amount", "-customer_id")[:shown])
