"""Health with what people recorded of their contacts, before any delivery brings it: the lake's own rules asked again.

Health counts the days since somebody of ours last spoke with the customer. A contact recorded here and newer than the
newest one delivered is the newest there is; once a delivery has it, or a newer one, nothing is left to add.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo

from b2shift.differentiate.api import what_if
from b2shift.kernel.errors import InputError, StateError, UnknownNameError
from b2shift.web.crm.lake import lake
from b2shift.web.crm.models import Customer
from b2shift.web.outreach.models import Outcome, Task

SCORE, FEATURE = "health", "activity_days_since"
SPOKEN = (Task.Outcome.DONE, Task.Outcome.REFUSED, Task.Outcome.ACCEPTED)
_ZONE = ZoneInfo("America/Sao_Paulo")


@dataclass(frozen=True)
class HealthNow:
    """Points of health before and after, and the row behind: what was recorded, when and by whom; the number of the
    lake's that it replaces, in words, as delivered and as it is."""

    published: float
    value: float
    recorded: str
    on: date
    by: str
    label: str
    delivered: str
    now: str


def health_now(customer: Customer, done: Iterable[Outcome]) -> HealthNow | None:
    """What the newest recorded contact among the customer's tasks makes of the health that is published.

    None where it changes nothing, where the customer has no health, or where the lake's version kept no rules of it.
    """
    if customer.health is None:
        return None
    newest = _newest_contact(done)
    if newest is None:
        return None
    on = newest.at.astimezone(_ZONE).date()
    days = max(0, (customer.as_of - on).days)
    try:
        simulated = what_if(lake(), customer.customer_id, FEATURE, days, SCORE)
    except (InputError, StateError, UnknownNameError):
        return None
    if simulated.after <= simulated.before:
        return None
    recorded = str(Task.Outcome(newest.value).label)
    return HealthNow(
        simulated.before, simulated.after, recorded, on, newest.by, simulated.label, simulated.now, simulated.then
    )


def _newest_contact(rows: Iterable[Outcome]) -> Outcome | None:
    """Of the tasks in which the customer was spoken to, as they stand now: what was taken back does not count."""
    standing = {one.key: one for one in rows}
    spoken = [one for one in standing.values() if one.value in SPOKEN]
    return max(spoken, key=lambda one: (one.at, one.pk), default=None)
