"""What surrounds every request to the API: limits before anything is read, problems for every error, headers."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext

from b2shift.web.accounts.sign_in import address_of
from b2shift.web.rest.authentication import enforce_rate_limit
from b2shift.web.rest.problems import MEDIA_TYPE, ApiError, on_exception, problem_response

PREFIX = "/api/"
_KEPT = ("Allow", "Retry-After", "WWW-Authenticate")
# An office shares an address, so it may ask more often than one caller.
_PER_ADDRESS = 5


class ApiMiddleware:
    """Guards `/api/`; other addresses pass untouched."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not request.path_info.startswith(PREFIX):
            return self.get_response(request)
        try:
            self._refuse_large(request)
            enforce_rate_limit(f"address {address_of(request)}", settings.API_PER_MINUTE * _PER_ADDRESS)
            response = self.get_response(request)
        except ApiError as error:
            response = on_exception(request, error)
        if response.status_code >= 400 and response.headers.get("Content-Type") != MEDIA_TYPE:
            kept = {name: response.headers[name] for name in _KEPT if name in response.headers}
            response = problem_response(request, response.status_code, headers=kept)
        response.headers.setdefault("Cache-Control", "private, no-cache")
        patch_vary_headers(response, ["Authorization", "Cookie", "Accept-Language"])
        return response

    def _refuse_large(self, request: HttpRequest) -> None:
        content_length = request.META.get("CONTENT_LENGTH") or "0"
        if not content_length.isdecimal() or int(content_length[:18]) > settings.API_BODY_BYTES:
            too_large = gettext("O corpo do pedido pode ter no máximo %(bytes)s bytes")
            raise ApiError(413, too_large % {"bytes": settings.API_BODY_BYTES})
