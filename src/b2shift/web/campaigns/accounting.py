"""What contacts cost, by campaign, rule and journey step, and the deals that came after them.

A deal counts once, for the last contact with its customer within 90 days before it was won. It came after; whether it
came of it only an experiment with a control group tells.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from b2shift.interact.api import load_contact_costs
from b2shift.interact.contracts import Channel
from b2shift.web.accounts.models import User
from b2shift.web.accounts.permissions import Capability, may
from b2shift.web.crm.lake import lake
from b2shift.web.outbox.models import Message
from b2shift.web.outreach.models import Outcome
from b2shift.web.outreach.reading import visible_messages

AFTER = timedelta(days=90)
_ZONE = ZoneInfo("America/Sao_Paulo")
_State = Message.State
_CHANNELS = frozenset(one.value for one in Channel)
_WON = """
SELECT opportunity_id, customer_id, kind, product_family, value, closed_on FROM opportunities
WHERE result = 'ganho' AND customer_id IS NOT NULL AND closed_on >= ? ORDER BY closed_on, opportunity_id
"""


@dataclass(frozen=True)
class Deal:
    """A deal won after a contact."""

    code: str
    customer_id: str
    kind: str
    family: str
    value: Decimal
    closed_on: date
    contact: int
    contacted_on: date


@dataclass
class Account:
    """The contacts of one campaign, rule or journey step."""

    origin: str
    step: str
    asked: int = 0
    sent: int = 0
    suppressed: int = 0
    in_doubt: int = 0
    answered: int = 0
    accepted: int = 0
    minutes: float = 0
    cost: Decimal = Decimal(0)
    deals: list[Deal] = field(default_factory=list)

    @property
    def won(self) -> Decimal:
        """BRL of the deals that came after."""
        return sum((one.value for one in self.deals), Decimal(0))


def accounts(user: User, since: datetime, origin: str = "") -> list[Account]:
    """Of the contacts the person sees asked for since a moment, the dearest first; of one origin where it is named.

    Deals only for who may see sellers' work.
    """
    rows = visible_messages(user).exclude(customer_id="").filter(created_at__gte=since)
    if origin:
        rows = rows.filter(payload__rule_id=origin)
    contacts = list(
        rows.order_by("sent_at", "id").values_list(
            "pk", "dedupe_key", "customer_id", "channel", "state", "sent_at", "payload__rule_id", "payload__proposal_id"
        )
    )
    found: dict[tuple[str, str], Account] = {}
    for row in contacts:
        key = _place(row[6], row[7])
        _add(found.setdefault(key, Account(*key)), row[3], row[4])
    keys = {row[1]: _place(row[6], row[7]) for row in contacts}
    for name, counted in (("answered", "respondeu"), ("accepted", "aceitou")):
        outcomes = Outcome.objects.filter(value=counted, at__gte=since).values_list("key", flat=True)
        for one in set(outcomes) & keys.keys():
            account = found[keys[one]]
            setattr(account, name, getattr(account, name) + 1)
    if may(user, Capability.COMMERCIAL):
        for place, deal in _deals(contacts, since):
            found[place].deals.append(deal)
    return sorted(found.values(), key=lambda one: (-one.cost, -one.sent, one.origin, one.step))


def _place(rule: str | None, proposal: str | None) -> tuple[str, str]:
    """Campaign, rule or journey, and of a journey its step: its contacts are known by `j<stay>.<step>`."""
    stay, _dot, step = (proposal or "").partition(".")
    return rule or "", step if stay[:1] == "j" and stay[1:].isdecimal() else ""


def _add(one: Account, channel: str, state: str) -> None:
    costs = load_contact_costs()
    one.asked += 1
    one.suppressed += state == _State.SUPPRESSED
    one.in_doubt += state == _State.IN_DOUBT
    if state == _State.SENT and channel in _CHANNELS:
        found = costs.channels[Channel(channel)]
        one.sent += 1
        one.minutes += found.minutes
        one.cost += Decimal(str(found.cost)) + Decimal(str(found.minutes * costs.hour / 60))


def _deals(rows: Iterable[tuple[Any, ...]], since: datetime) -> Iterable[tuple[tuple[str, str], Deal]]:
    contacts: dict[str, list[tuple[date, int, tuple[str, str]]]] = defaultdict(list)
    for key, _dedupe, customer, _channel, state, sent_at, rule, proposal in rows:
        if state == _State.SENT and sent_at is not None:
            contacts[customer].append((sent_at.astimezone(_ZONE).date(), key, _place(rule, proposal)))
    for won in _won(since.astimezone(_ZONE).date()) if contacts else ():
        closed_on, theirs = won["closed_on"], contacts.get(won["customer_id"], ())
        before = [one for one in theirs if timedelta() <= closed_on - one[0] <= AFTER]
        if before:
            day, key, place = max(before)
            yield (
                place,
                Deal(
                    code=won["opportunity_id"],
                    customer_id=won["customer_id"],
                    kind=won["kind"] or "",
                    family=won["product_family"] or "",
                    value=won["value"] or Decimal(0),
                    closed_on=closed_on,
                    contact=key,
                    contacted_on=day,
                ),
            )


def _won(since: date) -> list[Mapping[str, Any]]:
    read = lake()
    return list(read.query(_WON, [since]).to_pylist()) if read.has("opportunities") else []
