"""Addresses of filtered lists: every figure of a home page opens its rows."""

from urllib.parse import urlencode

from django.urls import reverse


def customers_url(**asks: str) -> str:
    """The list of customers with these filters."""
    return f"{reverse('console:customers')}?{urlencode(asks)}" if asks else reverse("console:customers")
