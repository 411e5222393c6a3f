"""Errors as problem+json (RFC 9457): what happened, with what value, what to do, and never what is inside."""

import logging
from collections.abc import Mapping
from http import HTTPStatus

from django.db import OperationalError
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.functional import Promise
from django.utils.translation import gettext, gettext_lazy
from ninja.errors import ValidationError

from b2shift.kernel.errors import AccessError, InputError, StateError
from b2shift.web.rest.contracts.base import FieldError, Problem

MEDIA_TYPE = "application/problem+json"
REQUEST_ID = "b2shift.request_id"  # where the middleware leaves it in `request.META`
_log = logging.getLogger("b2shift.rest")

_TITLES: dict[int, tuple[str, str | Promise]] = {
    400: ("bad-request", gettext_lazy("Pedido malformado")),
    401: ("unauthenticated", gettext_lazy("Identificação necessária")),
    403: ("forbidden", gettext_lazy("Sem permissão")),
    404: ("not-found", gettext_lazy("Não encontrado")),
    405: ("method-not-allowed", gettext_lazy("Método não aceito aqui")),
    412: ("precondition-failed", gettext_lazy("A condição do pedido não vale mais")),
    413: ("too-large", gettext_lazy("Pedido grande demais")),
    422: ("invalid", gettext_lazy("Pedido com valores que não servem")),
    429: ("rate-limited", gettext_lazy("Pedidos demais")),
    500: ("internal", gettext_lazy("Algo deu errado aqui")),
    503: ("unavailable", gettext_lazy("Ainda não é possível responder")),
}


class ApiError(Exception):
    """A request that is not answered: the status and what to tell."""

    def __init__(
        self,
        status: int,
        detail: str = "",
        *,
        errors: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(status, detail)
        self.status, self.detail = status, detail
        self.errors, self.headers = dict(errors or {}), dict(headers or {})


def not_found() -> ApiError:
    """The one answer for what does not exist and for what this caller may not see: they look alike."""
    return ApiError(404, gettext("Não existe, ou não está entre o que você acompanha. Confira o código"))


def invalid(field: str, message: str) -> ApiError:
    """A parameter that cannot be used."""
    return ApiError(422, gettext("Corrija o que está em errors e repita"), errors={field: message})


def problem_response(
    request: HttpRequest,
    status: int,
    detail: str = "",
    *,
    errors: Mapping[str, str] | None = None,
    headers: Mapping[str, str] | None = None,
) -> HttpResponse:
    """The problem as an answer in the caller's language."""
    code, title = _TITLES.get(status) or (f"http-{status}", HTTPStatus(status).phrase)
    problem = Problem(
        type=f"urn:b2shift:problem:{code}",
        title=str(title),
        status=status,
        detail=detail or str(title),
        instance=request.path,
        request_id=str(request.META.get(REQUEST_ID, "")),
        errors=tuple(FieldError(field=field, message=message) for field, message in (errors or {}).items()),
    )
    response = HttpResponse(problem.model_dump_json(), status=status, content_type=MEDIA_TYPE)
    for name, value in (headers or {}).items():
        response.headers[name] = value
    return response


def on_exception(request: HttpRequest, error: Exception | type[Exception]) -> HttpResponse:
    """Any error of an endpoint as its problem; what is nobody's request at fault is logged with the request's code."""
    found = _as_api_error(error)
    if found.status >= 500:
        _log.error("request %s: %s", request.META.get(REQUEST_ID), error, exc_info=True)
    return problem_response(request, found.status, found.detail, errors=found.errors, headers=found.headers)


def _as_api_error(error: Exception | type[Exception]) -> ApiError:
    match error:
        case ApiError():
            found = error
        case ValidationError():
            errors = {str(one["loc"][-1]): _message(one) for one in error.errors}
            found = ApiError(422, gettext("Corrija o que está em errors e repita"), errors=errors)
        case AccessError():
            found = ApiError(403, str(error))
        case InputError():
            found = ApiError(422, str(error))
        case StateError():
            found = ApiError(503, error.what, headers={"Retry-After": "30"})
        case OperationalError():
            message = gettext("Os registros não responderam. Repita em instantes")
            found = ApiError(503, message, headers={"Retry-After": "5"})
        case Http404():
            found = ApiError(404)
        case _:
            found = ApiError(500, gettext("O erro foi registrado. Ao pedir ajuda, informe o código em request_id"))
    return found


def _message(error: Mapping[str, object]) -> str:
    """What pydantic found, in the caller's language; of a kind not listed, as pydantic says it."""
    context = error.get("ctx") or {}
    known = {
        "missing": gettext("Falta este parâmetro"),
        "literal_error": gettext("Deve ser um destes: %(expected)s"),
        "enum": gettext("Deve ser um destes: %(expected)s"),
        "int_parsing": gettext("Deve ser um número inteiro"),
        "int_parsing_size": gettext("Deve ser um número inteiro"),
        "decimal_parsing": gettext("Deve ser um número"),
        "finite_number": gettext("Deve ser um número finito"),
        "bool_parsing": gettext("Deve ser true ou false"),
        "greater_than_equal": gettext("Deve ser no mínimo %(ge)s"),
        "less_than_equal": gettext("Deve ser no máximo %(le)s"),
        "string_too_long": gettext("Deve ter no máximo %(max_length)s caracteres"),
        "value_error": "%(error)s",  # what our own validators say, which is in the caller's language already
        "string_pattern_mismatch": gettext("Tem um caractere que não é aceito"),
    }
    found = known.get(str(error.get("type")))
    return found % context if found and isinstance(context, Mapping) else str(error.get("msg"))
