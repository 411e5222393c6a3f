"""`/api/v1`: every endpoint, with its errors as problem+json."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import NinjaAPI
from ninja.errors import ValidationError
from ninja.openapi.schema import OpenAPISchema
from ninja.operation import Operation
from ninja.renderers import JSONRenderer

from b2shift.web.rest import (
    accuracy,
    alerts,
    answers,
    companies,
    contacts,
    customers,
    effects,
    journeys,
    openapi,
    operation,
    proposals,
    segments,
)
from b2shift.web.rest.odata.endpoints import router as odata
from b2shift.web.rest.problems import on_exception
from b2shift.web.rest.validators import add_validators


class _Readable(JSONRenderer):
    """JSON whose accents are letters, not escapes."""

    json_dumps_params = {"ensure_ascii": False, "separators": (",", ":")}


class Api(NinjaAPI):
    """Ninja with our names, headers and schema."""

    _schema: OpenAPISchema | None = None

    def get_openapi_operation_id(self, operation: Operation) -> str:
        """`list_customers`, not the path of a module."""
        return str(operation.view_func.__name__)

    def get_openapi_schema(self, **kwargs: Any) -> OpenAPISchema:
        """The schema with what all operations share; it is the same for everybody, so it is written once."""
        if self._schema is None:
            schema = super().get_openapi_schema(**kwargs)
            openapi.complete(schema)
            self._schema = schema
        return self._schema

    def create_response(self, request: HttpRequest, data: Any, **kwargs: Any) -> HttpResponse:
        """An answer with the validators of its view."""
        response = super().create_response(request, data, **kwargs)
        add_validators(request, response)
        return response


api = Api(
    title="B2Shift",
    version="1",
    description=openapi.DESCRIPTION,
    urls_namespace="rest",
    docs_url=None,
    renderer=_Readable(),
)
for kind in (Exception, ValidationError):
    api.add_exception_handler(kind, on_exception)
api.add_router("/answers", answers.router)
api.add_router("/customers", customers.router)
api.add_router("/companies", companies.router)
api.add_router("/segments", segments.router)
api.add_router("/scores", segments.scores)
api.add_router("/scores", accuracy.router)
api.add_router("/proposals", proposals.router)
api.add_router("/proposals", contacts.due)
api.add_router("/journeys", journeys.router)
api.add_router("/effects", effects.router)
api.add_router("/messages", contacts.messages)
api.add_router("/tasks", contacts.to_do)
api.add_router("/next-actions", proposals.actions)
api.add_router("/rules", proposals.rules)
api.add_router("/alerts", alerts.alerts)
api.add_router("/reports", alerts.editions)
api.add_router("/odata", odata)
api.add_router("/quality", operation.quality)
api.add_router("", operation.router)
