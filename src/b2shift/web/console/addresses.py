"""Addresses asked for many times on one page, found once."""

from functools import lru_cache
from urllib.parse import quote, urlencode

from django.urls import reverse

_SOMEBODY = "-"


@lru_cache(maxsize=64)
def address(name: str) -> str:
    """The address of a page without parts."""
    return reverse(name)


@lru_cache(maxsize=8)
def _around(name: str) -> tuple[str, str]:
    before, _one, after = reverse(name, args=[_SOMEBODY]).rpartition(_SOMEBODY)
    return before, after


def customer_url(customer_id: str) -> str:
    """The page of a customer."""
    return _url_of("console:customer", customer_id)


def compose_url(proposal_id: str) -> str:
    """Where a due contact is made into a message or a task."""
    return _url_of("console:compose", proposal_id)


def _url_of(name: str, key: str) -> str:
    before, after = _around(name)
    return f"{before}{quote(key, safe='')}{after}"


def customers_url(**asks: str) -> str:
    """The list of customers with these filters: every figure opens its rows."""
    return f"{address('console:customers')}?{urlencode(asks)}" if asks else address("console:customers")
