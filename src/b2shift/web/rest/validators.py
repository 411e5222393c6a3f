"""Answers that have not changed since the caller asked last: what a publication and the caller's rights decide."""

from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from hashlib import blake2b
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils import timezone, translation
from django.utils.cache import get_conditional_response
from django.utils.http import http_date

import b2shift
from b2shift.web.accounts.models import User
from b2shift.web.crm.current import newest_publication, one_publication
from b2shift.web.crm.models import Publication
from b2shift.web.crm.reading import portfolio
from b2shift.web.rest.authentication import Caller, caller_of

CONDITIONAL: set[str] = set()  # names of the views that may answer 304
HEADERS = "b2shift.validators"  # where a view's validators wait in `request.META` for its answer
_RESOLUTION = timedelta(seconds=1)  # of dates in HTTP


def conditional(view: Callable[..., Any]) -> Callable[..., Any]:
    """A view whose answer depends on the publication, the caller and the address only; 304 when they are the same."""

    CONDITIONAL.add(view.__name__)

    @wraps(view)
    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        with one_publication():
            newest = newest_publication()
            if newest is None:
                return view(request, *args, **kwargs)
            unchanged = _unchanged(request, newest)
            return view(request, *args, **kwargs) if unchanged is None else unchanged

    return answer


def _unchanged(request: HttpRequest, newest: Publication) -> HttpResponse | None:
    """304 (or 412, or None) by what the caller holds; leaves the validators for the answer."""
    etag = _etag(request, caller_of(request), newest)
    headers = {"ETag": etag}
    modified: int | None = None
    # Two publications within one second have one date: it says nothing until that second has passed.
    if timezone.now() - newest.published_at > _RESOLUTION:
        modified = int(newest.published_at.timestamp())
        headers["Last-Modified"] = http_date(modified)
    request.META[HEADERS] = headers
    found = get_conditional_response(request, etag=etag, last_modified=modified)
    if found is not None:
        add_validators(request, found)
    return found


def add_validators(request: HttpRequest, response: HttpResponse) -> None:
    """Put the view's validators on its answer."""
    for name, value in request.META.get(HEADERS, {}).items():
        response.headers[name] = value


def _etag(request: HttpRequest, caller: Caller, newest: Publication) -> str:
    person = caller.person
    parts = (
        b2shift.__version__,
        newest.pk,
        newest.lake_version,
        newest.published_at.isoformat(),
        *_rights(person),
        sorted(caller.token.scopes) if caller.token else "session",
        translation.get_language(),
        request.get_full_path(),
    )
    return f'W/"{blake2b(repr(parts).encode(), digest_size=12).hexdigest()}"'


def _rights(person: User) -> tuple[object, ...]:
    return (person.pk, person.role, person.business_unit, portfolio(person))
