"""Addresses of rows behind a journey's figures."""

from django.urls import reverse
from django.utils.http import urlencode


def stays_url(name: str, **asked: str) -> str:
    """The stays of a journey that the page of its figures opens."""
    return f"{reverse('console:journey_stays', args=[name])}?{urlencode(asked)}"
