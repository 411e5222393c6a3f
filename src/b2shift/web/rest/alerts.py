"""One's own alerts and what fired, and the editions of reports made for one."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router

from b2shift.web.accounts.permissions import Capability
from b2shift.web.rest.authentication import caller_of, secured
from b2shift.web.rest.contracts.alerts import AlertItem, AlertPage, EditionItem, EditionPage, FiringItem, FiringPage
from b2shift.web.rest.pagination import page_by_number, reject_unknown_parameters
from b2shift.web.rest.problems import not_found
from b2shift.web.rest.queries import ListQuery, Number
from b2shift.web.watch.alert_texts import condition_text
from b2shift.web.watch.alerts import visible_alerts
from b2shift.web.watch.models import Alert, Edition, Firing
from b2shift.web.watch.reports import MEDIA, visible_editions

alerts = Router(tags=["alerts"])
editions = Router(tags=["reports"])


@alerts.get("", response=AlertPage, summary="Your alerts", **secured(Capability.ASK))
def list_alerts(request: HttpRequest, query: Query[ListQuery]) -> Any:
    """What you asked to be told of, newest first, with what the last look said."""
    reject_unknown_parameters(request, ListQuery)
    return page_by_number(AlertPage, visible_alerts(caller_of(request).person), query, _alert)


@alerts.get("/{alert_id}/firings", response=FiringPage, summary="Crossings of an alert", **secured(Capability.ASK))
def list_firings(request: HttpRequest, alert_id: Number, query: Query[ListQuery]) -> Any:
    """Each time the number crossed the line, as it was then."""
    reject_unknown_parameters(request, ListQuery)
    alert = visible_alerts(caller_of(request).person).filter(pk=alert_id).first()
    if alert is None:
        raise not_found()
    return page_by_number(FiringPage, alert.firings.all(), query, _firing)


@editions.get("", response=EditionPage, summary="Report files made for you", **secured(Capability.ASK))
def list_editions(request: HttpRequest, query: Query[ListQuery]) -> Any:
    """Files of reports over the customers you see, newest first."""
    reject_unknown_parameters(request, ListQuery)
    rows = visible_editions(caller_of(request).person).defer("content").select_related("report")
    return page_by_number(EditionPage, rows, query, _edition)


_ASKING = secured(Capability.ASK)
_FILES = {200: {"content": {kind: {"schema": {"type": "string", "format": "binary"}} for kind in MEDIA.values()}}}
_OF_FILES = _ASKING["openapi_extra"] | {"responses": _FILES}


@editions.get(
    "/{edition_id}/file", response={200: None}, summary="One report file", auth=_ASKING["auth"], openapi_extra=_OF_FILES
)
def get_edition_file(request: HttpRequest, edition_id: Number) -> HttpResponse:
    """The PDF or XLSX itself."""
    found = visible_editions(caller_of(request).person).filter(pk=edition_id).first()
    if found is None:
        raise not_found()
    answer = HttpResponse(bytes(found.content), content_type=MEDIA[found.format])
    answer["Content-Disposition"] = f'attachment; filename="{found.name}"'
    return answer


def _alert(row: Alert) -> AlertItem:
    fields = {name: getattr(row, name) for name in AlertItem.model_fields if hasattr(row, name)}
    return AlertItem.model_validate(
        fields
        | {"alert_id": row.pk, "line": condition_text(row), "scope": row.rows.described(), "beyond": row.standing}
    )


def _firing(row: Firing) -> FiringItem:
    fields = {name: getattr(row, name) for name in FiringItem.model_fields if name != "firing_id"}
    return FiringItem.model_validate(fields | {"firing_id": row.pk})


def _edition(row: Edition) -> EditionItem:
    fields = {name: getattr(row, name) for name in EditionItem.model_fields if name != "edition_id"}
    return EditionItem.model_validate(fields | {"edition_id": row.pk, "report": row.report.title})
