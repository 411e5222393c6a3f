"""A code for each request, in its answer and in the log, so that a person can say which one went wrong."""

import re
import uuid
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from b2shift.web.rest.problems import REQUEST_ID

_GIVEN = re.compile(r"[A-Za-z0-9._-]{8,64}")


class RequestId:
    """Keeps the code a caller or a proxy sent in X-Request-ID, or makes one; answers with it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        given = request.headers.get("X-Request-ID", "")
        code = given if _GIVEN.fullmatch(given) else uuid.uuid4().hex
        request.META[REQUEST_ID] = code
        response = self.get_response(request)
        response.headers["X-Request-ID"] = code
        return response
