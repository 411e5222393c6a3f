"""The door of every page: signed in, allowed, by the right method; otherwise the page that says so."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseNotAllowed

from b2shift.web.accounts.models import User
from b2shift.web.accounts.permissions import Capability, require
from b2shift.web.console.shell import unit_of
from b2shift.web.crm.current import one_publication, publication_of_answer

View = Callable[..., HttpResponseBase]
OF_PUBLICATION = "B2Shift-Publication"
"""On a part of a page: which publication it is of, so that the page can tell one that is older than its new part."""


class AskedBy(HttpRequest):
    """A request that passed a door: somebody signed in."""

    user: User
    htmx: Any


def door(capability: Capability | None = None, *, methods: tuple[str, ...] = ("GET",)) -> Callable[[View], View]:
    """A view for people who hold the capability (None: everybody signed in); the rest meet sign-in, 403 or 405."""
    allowed = {*methods, "HEAD"} if "GET" in methods else set(methods)

    def guard(view: View) -> View:
        @wraps(view)
        def entered(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if not isinstance(request.user, User):
                return _sign_in(request)
            if request.method not in allowed:
                return HttpResponseNotAllowed(methods)
            if capability is not None:
                require(request.user, capability)
            request.user.unit_in_view = unit_of(request)
            with one_publication():
                answer = view(request, *args, **kwargs)
                if request.headers.get("HX-Request") and (shown := publication_of_answer()):
                    answer.headers[OF_PUBLICATION] = str(shown.pk)
                return answer

        return entered

    return guard


def wants_part(request: AskedBy) -> bool:
    """Whether the browser will put the answer into the page it has; going back asks for a whole page again."""
    return bool(request.htmx) and not request.htmx.history_restore_request


def _sign_in(request: HttpRequest) -> HttpResponse:
    """To the sign-in page; a partial request takes the whole window there."""
    answer = redirect_to_login(request.get_full_path())
    if request.headers.get("HX-Request"):
        told = HttpResponse(status=204)
        told.headers["HX-Redirect"] = answer.url
        return told
    return answer
