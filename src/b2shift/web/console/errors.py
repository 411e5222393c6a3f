"""What went wrong, as a page: what happened, with what value, what to do; a part of a page gets a part."""

import logging
import secrets
import uuid
from collections.abc import Callable

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import get_script_prefix
from django.utils.translation import gettext as _

from b2shift.kernel.errors import AccessError, B2ShiftError, InputError, LakeEmptyError, StateError
from b2shift.web.console.decorators import is_htmx_request

_log = logging.getLogger(__name__)


class ErrorPageMiddleware:
    """Turns the kernel's errors into pages with the right status; programs (`/api/`) have their own."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """The page of an error of ours; None leaves the rest to Django."""
        if not isinstance(error, B2ShiftError) or request.path.startswith("/api/"):
            return None
        match error:
            case AccessError():
                return forbidden(request, error)
            case LakeEmptyError():
                hint = _("Esta página abre depois da primeira carga, que se pede em Fontes.")
                return _page(request, 503, _("Ainda não há dados"), hint, icon="quality")
            case InputError():
                title = error.what if error.value is None else f"{error.what}: {error.value}"
                return _page(request, 400, title, error.hint)
            case StateError():
                _log.warning("%s %s: %s", request.method, request.path, error)
                return _page(request, 503, error.what, error.hint)
        return None


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """403: the person's role does not open this page."""
    return _page(
        request,
        403,
        _("Seu papel não abre esta página"),
        _("Se você precisa dela no seu trabalho, peça acesso a quem administra o B2Shift."),
        icon="lock",
    )


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """404: no such address, or one this person does not see; the two look alike."""
    message = exception.args[0] if isinstance(exception, Http404) and exception.args else ""
    usual = _("O endereço pode ter mudado, ou o registro não está entre os que você acompanha.")
    return _page(
        request,
        404,
        _("Não encontramos esta página"),
        message if isinstance(message, str) and message else usual,
        icon="search",
    )


def csrf_failed(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403 of a form whose proof of origin is missing or old."""
    return _page(
        request,
        403,
        _("Esta página ficou aberta tempo demais"),
        _("Recarregue a página e envie de novo. Nada foi salvo."),
        icon="clock",
    )


def failed(request: HttpRequest) -> HttpResponse:
    """500: it needs neither records nor built assets, which may be what failed; the code finds the trace in the log."""
    code, nonce = uuid.uuid4().hex[:8], secrets.token_urlsafe(16)
    _log.error("Error %s on %s %s", code, request.method, request.path)
    context = {"code": code, "nonce": nonce, "home": get_script_prefix()}
    policy = f"default-src 'none'; style-src 'nonce-{nonce}'; base-uri 'none'; frame-ancestors 'none'"
    return HttpResponse(
        render_to_string("errors/500.html", context), status=500, headers={"Content-Security-Policy": policy}
    )


def _page(request: HttpRequest, status: int, title: str, what_to_do: str, *, icon: str = "warning") -> HttpResponse:
    context = {"title": title, "what_to_do": what_to_do, "icon": icon, "status": status}
    return render(
        request, "parts/failure.html" if is_htmx_request(request) else "errors/page.html", context, status=status
    )
