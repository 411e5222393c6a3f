"""Journeys under way and who is in them. Reading only: a journey is drawn, approved and paused by people."""

from typing import Any

from django.http import HttpRequest
from ninja import P, PathEx, Query, Router
from pydantic import Field

from b2shift.web.accounts.permissions import Capability
from b2shift.web.journeys.models import Enrolment
from b2shift.web.journeys.reading import Totals, totals, under_way, visible_stays
from b2shift.web.journeys.texts import journey_of
from b2shift.web.rest.authentication import caller_of, secured
from b2shift.web.rest.contracts.journeys import Journey, JourneyPage, Stay, StayPage
from b2shift.web.rest.pagination import page_by_number, reject_unknown_parameters, single_page
from b2shift.web.rest.problems import not_found
from b2shift.web.rest.queries import ListQuery, Value

router = Router(tags=["journeys"])
JourneyCode = PathEx[str, P(description="code of the journey", example="detrator")]


class StayQuery(ListQuery):
    """Filters of stays; several must all agree."""

    state: Enrolment.State | None = Field(None, description="where the stay is")
    step: Value | None = Field(None, description="code of the step")
    outcome: Value | None = Field(None, description="how it ended")
    customer: Value | None = Field(None, description="code of the customer")


@router.get("", response=JourneyPage, summary="Journeys under way", **secured(Capability.JOURNEYS))
def list_journeys(request: HttpRequest) -> JourneyPage:
    """Every journey with a version in force, and how the customers you see are doing in it."""
    figures = totals(visible_stays(caller_of(request).person))
    return single_page(
        JourneyPage,
        (
            Journey(
                journey_id=one.journey_id,
                name=one.version.name,
                version=one.version.number,
                mode=one.mode,
                type=journey_of(one.version).type,
                **_counts(figures.get(one.journey_id, Totals())),
            )
            for one in under_way()
        ),
    )


@router.get("/{journey_id}/stays", response=StayPage, summary="Stays in a journey", **secured(Capability.JOURNEYS))
def list_stays(request: HttpRequest, journey_id: JourneyCode, query: Query[StayQuery]) -> Any:
    """Of the customers you see, newest first: where each one is, why it began and how it ended."""
    reject_unknown_parameters(request, StayQuery)
    if "\x00" in journey_id or not under_way().filter(journey_id=journey_id).exists():
        raise not_found()
    rows = visible_stays(caller_of(request).person).filter(journey_id=journey_id)
    asked = {"state": query.state, "step": query.step, "outcome": query.outcome, "customer_id": query.customer}
    rows = rows.filter(**{name: value for name, value in asked.items() if value is not None})
    return page_by_number(StayPage, rows, query, _stay)


def _counts(totals: Totals) -> dict[str, int]:
    names = ("inside", "held", "ended", "goal", "measured", "reached")
    return {name: getattr(totals, name) for name in names}


def _stay(one: Enrolment) -> Stay:
    names = set(Stay.model_fields) - {"stay_id", "version"}
    fields = {name: getattr(one, name) for name in names if not name.startswith("class_")}
    classes = {name: one.classes.get(name) for name in names if name.startswith("class_")}
    return Stay.model_validate(fields | classes | {"stay_id": one.pk, "version": one.version.number})
