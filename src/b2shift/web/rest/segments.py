"""Segments, their members, the models they were chosen from and the cards of the scores."""

from django.http import HttpRequest
from ninja import Query, Router

from b2shift.web.accounts.permissions import Capability
from b2shift.web.crm.answers import Nps, visible_nps
from b2shift.web.crm.catalogue import visible_candidates, visible_cards, visible_traits
from b2shift.web.crm.reading import SegmentFigures, visible_customers, visible_segments
from b2shift.web.rest.authentication import Caller, caller_of, secured
from b2shift.web.rest.contracts.customers import CustomerPage
from b2shift.web.rest.contracts.segments import (
    ScoreCard,
    ScoreCardPage,
    Segment,
    SegmentModel,
    SegmentModelPage,
    SegmentPage,
    SegmentSummary,
    Trait,
)
from b2shift.web.rest.customers import page_of_customers
from b2shift.web.rest.pagination import reject_unknown_parameters, single_page
from b2shift.web.rest.problems import not_found
from b2shift.web.rest.queries import MemberQuery, SegmentCode
from b2shift.web.rest.validators import conditional

router = Router(tags=["segments"])
scores = Router(tags=["scores"])


@router.get("", response=SegmentPage, summary="Segments", **secured(Capability.SEGMENTS))
@conditional
def list_segments(request: HttpRequest) -> SegmentPage:
    """Every segment, with figures over the customers you see."""
    caller = caller_of(request)
    nps = _nps(caller)
    return single_page(SegmentPage, (_summary(one, nps) for one in visible_segments(caller.person)))


@router.get("/models", response=SegmentModelPage, summary="Segmentations tried", **secured(Capability.MODELS))
@conditional
def list_segment_models(request: HttpRequest) -> SegmentModelPage:
    """The comparison of algorithms the segmentation was chosen from."""
    rows = visible_candidates(caller_of(request).person)
    return single_page(SegmentModelPage, (SegmentModel.model_validate(row, from_attributes=True) for row in rows))


@router.get("/{segment_id}", response=Segment, summary="One segment", **secured(Capability.SEGMENTS))
@conditional
def get_segment(request: HttpRequest, segment_id: SegmentCode) -> Segment:
    """A segment with the traits that mark it."""
    caller = caller_of(request)
    found = _figures(caller, segment_id)
    traits = visible_traits(caller.person).filter(segment_id=found.segment.segment_id)
    return Segment(
        **_summary(found, _nps(caller)).model_dump(),
        archetype_similarity=found.segment.archetype_similarity,
        archetype_why=found.segment.archetype_why,
        traits=tuple(Trait.model_validate(trait, from_attributes=True) for trait in traits),
    )


@router.get("/{segment_id}/members", response=CustomerPage, summary="Members you see", **secured(Capability.SEGMENTS))
@conditional
def list_segment_members(request: HttpRequest, segment_id: SegmentCode, query: Query[MemberQuery]) -> CustomerPage:
    """The customers of a segment, of those you see."""
    reject_unknown_parameters(request, MemberQuery)
    caller = caller_of(request)
    caller.require(Capability.CUSTOMERS)
    found = _figures(caller, segment_id)
    return page_of_customers(visible_customers(caller.person).filter(segment=found.segment), query)


@scores.get("/cards", response=ScoreCardPage, summary="Cards of the scores", **secured(Capability.MODELS))
@conditional
def list_score_cards(request: HttpRequest) -> ScoreCardPage:
    """How far each score can be believed, measured on later data."""
    rows = visible_cards(caller_of(request).person)
    return single_page(ScoreCardPage, (ScoreCard.model_validate(row, from_attributes=True) for row in rows))


def _figures(caller: Caller, segment_id: str) -> SegmentFigures:
    for found in visible_segments(caller.person):
        if found.segment.segment_id == segment_id:
            return found
    raise not_found()


def _nps(caller: Caller) -> dict[str, Nps]:
    return visible_nps(caller.person, visible_customers(caller.person))


def _summary(found: SegmentFigures, nps: dict[str, Nps]) -> SegmentSummary:
    segment = found.segment
    answers = nps.get(segment.segment_id)
    return SegmentSummary(
        segment_id=segment.segment_id,
        name=segment.name,
        paragraph=found.paragraph,
        customers=found.customers,
        share=found.share,
        mrr=found.mrr,
        churn_mean=found.churn_mean,
        health_mean=found.health_mean,
        nps=answers.value if answers else None,
        top_traits=tuple(segment.top_traits),
        exemplars=tuple(found.exemplars),
        archetype=segment.archetype,
    )
