"""Who was contacted and who was left out by lot, as the lot fell: what an effect is measured on."""

from datetime import date
from zoneinfo import ZoneInfo

from b2shift.learn.contracts import Assignment
from b2shift.web.campaigns.models import Campaign, Recipient

_ZONE = ZoneInfo("America/Sao_Paulo")
_APPROVED = (Campaign.State.RUNNING, Campaign.State.PAUSED, Campaign.State.DONE, Campaign.State.STOPPED)


def approved_on(one: Campaign) -> date | None:
    """The day of the last yes, in Brasília; None of a campaign that was not approved."""
    if one.state not in _APPROVED or one.decided_at is None:
        return None
    return one.decided_at.astimezone(_ZONE).date()


def assignments(campaign_key: int | None = None) -> list[Assignment]:
    """Of one campaign, or of all, each customer by the arm the lot gave: by intention to treat.

    `treated` is who was within reach when counted and not left out, whatever became of the contact; the day is that of
    the last yes, in Brasília. Campaigns nobody has approved, or without a control group, tell nothing.
    """
    found = Campaign.objects.filter(state__in=_APPROVED, control_share__gt=0)
    if campaign_key is not None:
        found = found.filter(pk=campaign_key)
    approved = {one.pk: (one.code, day) for one in found if (day := approved_on(one))}
    rows = Recipient.objects.filter(campaign__in=list(approved)).exclude(arm="").order_by("campaign_id", "customer_id")
    drawn = rows.values_list("campaign_id", "customer_id", "arm").iterator()
    return [
        Assignment(campaign_id=approved[key][0], customer_id=str(customer), arm=arm, assigned_on=approved[key][1])
        for key, customer, arm in drawn
    ]
