"""What the time machine tells."""

from datetime import date

from pydantic import Field

from b2shift.interact.shapes.rules import OwnerRole
from b2shift.kernel.contract import Contract


class WeekLoad(Contract):
    """What the people of a role would have had to do in a week."""

    role: OwnerRole
    week: date = Field(description="its Monday")
    contacts: int
    spoken: int = Field(description="of those, by telephone, in a meeting or in a visit")
    capacity: int | None = Field(None, description="contacts the role can make in a week; None when not counted")


class DayContacts(Contract):
    """What would have been sent on one day."""

    day: date
    contacts: int
    customers: int


class RuleContacts(Contract):
    """What one rule would have sent."""

    rule: str
    name: str
    contacts: int
    customers: int
    blocked: int = Field(description="customers it could not reach for want of consent")


class Repeated(Contract):
    """A customer contacted more than once within seven days."""

    customer_id: str
    day: date
    rules: tuple[str, ...] = Field(description="the rules of those days, oldest first")


class Replay(Contract):
    """What a policy would have done, day by day; nothing was sent."""

    policy: str
    version: str
    start: date
    end: date
    forecast: bool = Field(description="days to come: today's features and scores held still, dates moving on")
    days: int = Field(description="business days")
    refreshed: int = Field(
        description="days on which features were computed again; dated events count on their own day"
    )
    customers: int = Field(description="customers known on the last of those days")
    contacts: int
    contacted: int = Field(description="customers contacted at least once")
    repeated: int = Field(description="customers contacted more than once within seven days")
    examples: tuple[Repeated, ...]
    by_day: tuple[DayContacts, ...]
    by_rule: tuple[RuleContacts, ...]
    by_week: tuple[WeekLoad, ...]
    unknown: tuple[str, ...] = Field(description="metrics of the policy without a past: their conditions never held")
    stand_ins: tuple[str, ...] = Field(description="metrics read off the monthly usage instead of telemetry")
    seconds: float
