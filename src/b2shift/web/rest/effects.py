"""What campaigns changed among the customers you see, told by those left out by lot. Totals only."""

from django.http import HttpRequest
from ninja import P, PathEx, Router

from b2shift.learn import contracts as learnt
from b2shift.web.accounts.permissions import Capability
from b2shift.web.crm.campaign_effects import measured_campaign, measured_campaigns, measured_together
from b2shift.web.rest.authentication import caller_of, secured
from b2shift.web.rest.contracts.effects import (
    CampaignArm,
    CampaignEffect,
    CampaignResult,
    CampaignResultPage,
    EffectPage,
)
from b2shift.web.rest.pagination import single_page
from b2shift.web.rest.problems import not_found
from b2shift.web.rest.validators import conditional

router = Router(tags=["effects"])
CampaignCode = PathEx[str, P(description="code of the campaign", example="C003")]


@router.get("", response=EffectPage, summary="Effects of all campaigns together", **secured(Capability.EFFECTS))
@conditional
def list_effects(request: HttpRequest) -> EffectPage:
    """Those addressed against those left out, over every campaign whose 90 days are over."""
    return single_page(EffectPage, (_effect(one) for one in measured_together(caller_of(request).person).values()))


@router.get("/campaigns", response=CampaignResultPage, summary="What campaigns changed", **secured(Capability.EFFECTS))
@conditional
def list_campaign_results(request: HttpRequest) -> CampaignResultPage:
    """Every campaign with a control group that was delivered."""
    return single_page(CampaignResultPage, map(_result, measured_campaigns(caller_of(request).person)))


@router.get(
    "/campaigns/{campaign_id}",
    response=CampaignResult,
    summary="What one campaign changed",
    **secured(Capability.EFFECTS),
)
@conditional
def get_campaign_result(request: HttpRequest, campaign_id: CampaignCode) -> CampaignResult:
    """One campaign with its arms and effects."""
    found = measured_campaign(caller_of(request).person, campaign_id)
    if found is None:
        raise not_found()
    return _result(found)


def _result(one: learnt.CampaignResult) -> CampaignResult:
    return CampaignResult(
        campaign_id=one.campaign_id,
        product_family=one.product_family,
        channel=one.channel,
        began_on=one.began_on,
        ended_on=one.ended_on,
        running=one.runs,
        prospects=one.prospects,
        arms=tuple(CampaignArm(**arm.model_dump()) for arm in one.arms),
        effects=tuple(_effect(effect, running=one.runs) for effect in one.effects),
    )


def _effect(one: learnt.Effect, *, running: bool = False) -> CampaignEffect:
    low, high = one.interval(running=running)
    return CampaignEffect(
        measure=one.measure,
        arm=one.arm,
        against=one.against,
        grouping=one.grouping,
        group=one.group,
        customers=one.customers,
        others=one.others,
        difference=one.difference,
        low=low,
        high=high,
        verdict=one.verdict(running=running),
        detectable=one.detectable,
    )
