"""Addresses asked for many times on one page, found once."""

from functools import lru_cache
from urllib.parse import quote, urlencode

from django.urls import reverse

_SOMEBODY = "-"


@lru_cache(maxsize=64)
def address(name: str) -> str:
    """The address of a page without parts."""
    return reverse(name)


@lru_cache(maxsize=1)
def _around_customer() -> tuple[str, str]:
    before, _customer, after = reverse("console:customer", args=[_SOMEBODY]).rpartition(_SOMEBODY)
    return before, after


def customer_url(customer_id: str) -> str:
    """The page of a customer."""
    before, after = _around_customer()
    return f"{before}{quote(customer_id, safe='')}{after}"


def customers_url(**asks: str) -> str:
    """The list of customers with these filters: every figure opens its rows."""
    return f"{address('console:customers')}?{urlencode(asks)}" if asks else address("console:customers")
