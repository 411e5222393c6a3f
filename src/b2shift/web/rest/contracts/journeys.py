"""Journeys and the stays in them, as programs read them."""

from datetime import datetime

from pydantic import Field

from b2shift.interact.contracts import CampaignType, CustomerClass
from b2shift.kernel.contract import Contract
from b2shift.web.journeys.models import Enrolment, Running
from b2shift.web.rest.contracts.base import Page, Text


class Journey(Contract):
    """A journey under way; counts are of the customers you see."""

    journey_id: str = Field(description="code of the journey", examples=["detrator"])
    name: str = Field(description="its name, in Portuguese")
    version: int = Field(description="version that those who enter now go by")
    mode: str = Field(description="how it runs", json_schema_extra={"enum": list(Running.Mode.values)})
    type: CampaignType = Field(description="what it truly is")
    inside: int = Field(description="customers inside")
    held: int = Field(description="customers held back as a control group")
    ended: int = Field(description="stays that ended")
    goal: int = Field(description="stays that reached a goal")
    measured: int = Field(description="stays whose measure was taken")
    reached: int = Field(description="of those measured, how many reached the measure")


class JourneyPage(Page[Journey]):
    """Every journey under way."""


class Stay(Contract):
    """One stay of a customer in a journey."""

    stay_id: int = Field(description="number of the stay")
    journey_id: str = Field(description="code of the journey")
    version: int = Field(description="version the stay goes by")
    customer_id: str = Field(description="customer")
    type: CampaignType = Field(description="what the journey truly is")
    state: str = Field(description="where it is", json_schema_extra={"enum": list(Enrolment.State.values)})
    step: str = Field(description="code of the step")
    reason: Text = Field(description="why it began, in Portuguese")
    class_now: CustomerClass | None = Field(description="class of the customer on entry")
    class_3m: CustomerClass | None = Field(description="class 3 months before")
    class_6m: CustomerClass | None = Field(description="class 6 months before")
    class_12m: CustomerClass | None = Field(description="class 12 months before")
    entered_at: datetime = Field(description="when it began")
    ended_at: datetime | None = Field(description="when it ended")
    outcome: Text = Field(description="how it ended", examples=["aceitou"])
    goal: bool = Field(description="whether it reached a goal")
    measured: bool | None = Field(description="whether it reached the journey's measure; null until it is taken")


class StayPage(Page[Stay]):
    """Some stays, newest first."""
