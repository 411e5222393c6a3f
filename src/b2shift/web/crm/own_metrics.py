"""The metrics that this house added, in force while a person or a job is served; a new version counts at once."""

from collections.abc import Callable
from functools import lru_cache, wraps
from pathlib import Path
from typing import ParamSpec, TypeVar

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from b2shift.metrics.api import own_metrics_at, own_number, with_own_metrics
from b2shift.metrics.contracts import OwnMetric

Given = ParamSpec("Given")
Returned = TypeVar("Returned")


class OwnMetrics:
    """Middleware: a request is served with the dictionary of this home."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        with with_own_metrics(_of_home()):
            return self.get_response(request)


def of_this_home(function: Callable[Given, Returned]) -> Callable[Given, Returned]:
    """The same for what jobs call outside a request."""

    @wraps(function)
    def served(*args: Given.args, **kwargs: Given.kwargs) -> Returned:
        with with_own_metrics(_of_home()):
            return function(*args, **kwargs)

    return served


def _of_home() -> tuple[OwnMetric, ...]:
    home = Path(settings.HOME)
    return _kept(home, own_number(home))


@lru_cache(maxsize=8)
def _kept(home: Path, number: int) -> tuple[OwnMetric, ...]:
    return own_metrics_at(home, number)
