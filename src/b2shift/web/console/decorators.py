"""Access control of views: signed in, allowed, by the right method; otherwise the page that says so."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseNotAllowed

from b2shift.web.accounts.models import User
from b2shift.web.accounts.permissions import Capability, require
from b2shift.web.accounts.units import house_units, is_divided
from b2shift.web.crm.current import one_publication, publication_of_answer

View = Callable[..., HttpResponseBase]
UNIT_SESSION_KEY = "unit"
PUBLICATION_HEADER = "B2Shift-Publication"
"""On a part of a page: which publication it is of, so that the page can tell one that is older than its new part."""


class AuthenticatedRequest(HttpRequest):
    """A request of somebody signed in, as `access_required` hands it to a view."""

    user: User


def access_required(
    capability: Capability | None = None, *, methods: tuple[str, ...] = ("GET",)
) -> Callable[[View], View]:
    """A view for people who hold the capability (None: everybody signed in); the rest meet sign-in, 403 or 405."""
    allowed = {*methods, "HEAD"} if "GET" in methods else set(methods)

    def decorator(view: View) -> View:
        @wraps(view)
        def wrapper(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if not isinstance(request.user, User):
                return _sign_in(request)
            if request.method not in allowed:
                return HttpResponseNotAllowed(methods)
            if capability is not None:
                require(request.user, capability)
            request.user.unit_in_view = selected_unit(request)
            with one_publication():
                answer = view(request, *args, **kwargs)
                if is_htmx_request(request) and (shown := publication_of_answer()):
                    answer.headers[PUBLICATION_HEADER] = str(shown.pk)
                return answer

        return wrapper

    return decorator


def is_htmx_request(request: HttpRequest) -> bool:
    """Whether the browser (htmx) will put the answer into the page it has; going back asks for a whole page again."""
    return "HX-Request" in request.headers and "HX-History-Restore-Request" not in request.headers


def selected_unit(request: HttpRequest) -> str:
    """The business unit chosen in the top bar, or nothing; `crm.reading` takes it as `unit`."""
    unit = request.session.get(UNIT_SESSION_KEY, "") if hasattr(request, "session") else ""
    return unit if unit and is_divided() and unit in house_units().keys else ""


def _sign_in(request: HttpRequest) -> HttpResponse:
    """To the sign-in page; a partial request takes the whole window there."""
    answer = redirect_to_login(request.get_full_path())
    if is_htmx_request(request):
        response = HttpResponse(status=204)
        response.headers["HX-Redirect"] = answer.url
        return response
    return answer
