"""Effects of campaigns as programs read them."""

from datetime import date

from pydantic import Field

from b2shift.kernel.contract import Contract
from b2shift.learn.contracts import Measure, Verdict
from b2shift.web.rest.contracts.base import Money, Page


class CampaignArm(Contract):
    """What the customers of one variant of a campaign did."""

    variant: str = Field(description="`control` for who was left out by lot, else the variant", examples=["A"])
    customers: int = Field(description="customers of it")
    sent: int = Field(description="of them: a message went out")
    opened: int = Field(description="of them: opened it")
    clicked: int = Field(description="of them: followed a link of it")
    replied: int = Field(description="of them: answered")
    accepted: int = Field(description="of them: said yes")
    rejected: int = Field(description="of them: said no")
    unsubscribed: int = Field(description="of them: want no more")
    bought: int = Field(description="of them: bought within 90 days, as the campaign's source tells")
    cost: Money = Field(description="BRL of the contacts, as the costs of channels say")


class CampaignEffect(Contract):
    """The mean of a measure in one arm less that in another. Rates from 0 to 1, the others BRL per customer."""

    measure: Measure = Field(description="bought, won (deals), mrr_change or lost (stopped paying)")
    arm: str = Field(description="`treated` (every variant) or one variant")
    against: str = Field(description="`control` or another variant")
    grouping: str = Field(description="market_segment or revenue_band; empty for everyone")
    group: str = Field(description="value of the grouping; empty for everyone")
    customers: int = Field(description="customers of the arm")
    others: int = Field(description="customers of the other arm")
    difference: float = Field(description="adjusted by what was known before")
    low: float = Field(description="lower end of the 95 % interval; of a running campaign one that always holds")
    high: float = Field(description="upper end of it")
    verdict: Verdict = Field(description="helped, harmed, or unclear: the interval leaves zero in")
    detectable: float = Field(description="the smallest true effect told from chance four times in five")


class CampaignResult(Contract):
    """A randomised campaign and what it changed."""

    campaign_id: str = Field(description="campaign", examples=["C003"])
    product_family: str | None = Field(description="product family it offers; null when of none")
    channel: str | None = Field(description="channel; null when not told")
    began_on: date = Field(description="first day of the lot")
    ended_on: date = Field(description="last day of the lot")
    running: bool = Field(description="whether the 90 days of its last customers are not over")
    prospects: int = Field(description="prospects of it, who are not compared")
    arms: tuple[CampaignArm, ...] = Field(description="control last")
    effects: tuple[CampaignEffect, ...] = Field(description="of everyone first, then of groups")


class CampaignResultPage(Page[CampaignResult]):
    """Randomised campaigns, the newest first."""


class EffectPage(Page[CampaignEffect]):
    """Effects over all campaigns whose 90 days are over, one a measure."""
