"""What each person sees of the records: the only way pages and programs reach them."""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from functools import lru_cache
from typing import TypeVar

from django.db.models import Avg, Count, Q, QuerySet, Sum

from b2shift.kernel.money import brl
from b2shift.web.accounts.models import Team, User
from b2shift.web.accounts.permissions import Capability, Scope, may, scope_of
from b2shift.web.accounts.prepared import Prepared
from b2shift.web.accounts.units import house_units
from b2shift.web.crm.cache import cache_key, cached
from b2shift.web.crm.models import Customer, NextAction, Proposal, Segment, VendorUser

_members = Prepared(
    lambda manager: (
        User.objects.filter(teams__in=Team.objects.filter(manager=manager)).only("vendor_user_id").order_by()
    )
)
_reports = Prepared(lambda code: VendorUser.objects.filter(manager_id=code).only("user_id").order_by())
_owner = Prepared(lambda code: VendorUser.objects.filter(user_id=code).order_by())
_due = Prepared(lambda code: Proposal.objects.filter(customer_id=code).order_by("-priority", "proposal_id"))
_actions = Prepared(lambda code: NextAction.objects.filter(customer_id=code).order_by("-expected", "action_id"))
Row = TypeVar("Row", Proposal, NextAction)


def visible_customers(user: User) -> QuerySet[Customer]:
    """The customers of the person's scope (none, own, their teams', their unit's or all) in the unit in view."""
    seen = _seen_by(user)
    return Customer.objects.none() if seen is None else _of(*seen)


def visible_customer(user: User, code: str) -> Customer | None:
    """The one of `visible_customers` with this code, its owner with it."""
    seen = _seen_by(user)
    if seen is None:
        return None
    units, owners = seen
    found = _one_of(units)(code) if owners is None else _one_of(units)(code, owners)
    if not found:
        return None
    for owner in _owner(found[0].owner_id) if found[0].owner_id else []:
        found[0].owner = owner
    return found[0]


def _seen_by(user: User) -> tuple[tuple[str, ...], tuple[str, ...] | None] | None:
    """The business units whose customers the person sees and the owners of those, None for all; None for nobody's."""
    if not may(user, Capability.CUSTOMERS):
        return None
    units = (user.unit_in_view,) if user.unit_in_view else ()
    match scope_of(user):
        case Scope.ALL:
            return units, None
        case Scope.UNIT if user.business_unit:
            return (*units, user.business_unit), None
        case Scope.TEAM | Scope.OWN:
            owners = tuple(portfolio(user))
            return (units, owners) if owners else None
        case _:
            return None


def of_unit(key: str) -> Q:
    """Customers, or due contacts of customers, that a business unit serves."""
    return Q(units_key__contains=f"|{key}|")


def _of(units: tuple[str, ...], owners: tuple[str, ...] | None) -> QuerySet[Customer]:
    found = Customer.objects.all()
    for unit in units:
        found = found.filter(of_unit(unit))
    return found if owners is None else found.filter(owner__in=owners)


@lru_cache(maxsize=32)
def _one_of(units: tuple[str, ...]) -> Prepared[Customer]:
    def rows(code: str, owners: tuple[str, ...] | None = None) -> QuerySet[Customer]:
        return _of(units, owners).filter(customer_id=code)

    return Prepared(rows)


def portfolio(user: User) -> list[str]:
    """Vendor codes whose customers the person follows: their own, and as a manager those of their people."""
    own = {user.vendor_user_id} - {""}
    if scope_of(user) is Scope.TEAM:
        own |= {one.vendor_user_id for one in _members(user.pk)} - {""}
        own |= {one.user_id for one in (_reports(user.vendor_user_id) if user.vendor_user_id else [])}
    return sorted(own)


class Unlinked(StrEnum):
    """Why a person whose role sees customers is shown none, whatever they open; an administrator mends each."""

    NO_CODE = "no_code"
    NO_TEAM = "no_team"
    NO_UNIT = "no_unit"
    LOST_UNIT = "lost_unit"


def unlinked(user: User) -> Unlinked | None:
    """What the person lacks to see any customer; None when nothing does, or when their role sees none anyway."""
    if not may(user, Capability.CUSTOMERS):
        return None
    match scope_of(user):
        case Scope.OWN if not user.vendor_user_id:
            return Unlinked.NO_CODE
        case Scope.TEAM if not user.vendor_user_id and not portfolio(user):
            return Unlinked.NO_TEAM
        case Scope.UNIT if not user.business_unit:
            return Unlinked.NO_UNIT
        case Scope.UNIT if user.business_unit not in house_units().keys:
            return Unlinked.LOST_UNIT
    return None


def visible_proposals(user: User) -> QuerySet[Proposal]:
    """Due contacts of the customers the person sees."""
    return _proposed(user, Proposal.objects.select_related("customer", "owner", "segment"))


def visible_actions(user: User) -> QuerySet[NextAction]:
    """Next best actions of the customers the person sees."""
    return _proposed(user, NextAction.objects.select_related("customer", "customer__owner"))


def due_of(user: User, seen: Customer) -> list[Proposal]:
    """The due contacts of a customer the person was found to see, the first to be made first."""
    if not may(user, Capability.PROPOSALS):
        return []
    return _due(seen.customer_id)


def actions_of(user: User, seen: Customer) -> list[NextAction]:
    """The next actions of a customer the person was found to see, the dearest first."""
    if not may(user, Capability.PROPOSALS):
        return []
    return _actions(seen.customer_id)


def proposed(user: User, code: str) -> Proposal | None:
    """The due contact of a code, or the next action told as one; None when the person does not see it."""
    found = visible_proposals(user).filter(proposal_id=code).first()
    if found is not None:
        return found
    action = visible_actions(user).filter(action_id=code).first()
    return action.as_proposal() if action else None


def _proposed(user: User, proposals: QuerySet[Row]) -> QuerySet[Row]:
    if not may(user, Capability.PROPOSALS):
        return proposals.none()
    if scope_of(user) is Scope.ALL or (scope_of(user) is Scope.UNIT and user.business_unit):
        # Nearly everybody's: told by the proposal itself, lest each question gather the customers first.
        for unit in {user.unit_in_view, user.business_unit if scope_of(user) is Scope.UNIT else ""} - {""}:
            proposals = proposals.filter(of_unit(unit))
        return proposals
    return proposals.filter(customer__in=visible_customers(user).values("customer_id"))


def sees_whole_base(user: User) -> bool:
    """Whether what the person looks at now is every customer; only then may figures of the whole base be told."""
    return scope_of(user) is Scope.ALL and not user.unit_in_view


@dataclass(frozen=True)
class SegmentFigures:
    """A segment with figures over the customers this person sees (over the whole base for those who see it all).

    `paragraph` tells sizes and money of the whole base: it is empty for who sees less.
    """

    segment: Segment
    paragraph: str
    customers: int
    share: float
    mrr: Decimal
    churn_mean: float | None
    health_mean: float | None
    exemplars: list[str]


def visible_segments(user: User) -> list[SegmentFigures]:
    """Segments, largest first. Words and lifts describe the whole base; sizes, money and risk only what one sees."""
    if not may(user, Capability.SEGMENTS):
        return []
    customers = visible_customers(user)
    rows = (
        customers.exclude(segment=None)
        .values("segment_id")
        .annotate(count=Count("pk"), money=Sum("mrr"), risk=Avg("churn_90d"), wellness=Avg("health"))
    )
    question = ("segments", cache_key(rows))
    figures = cached(question, lambda: {row["segment_id"]: row for row in rows})
    total = sum(row["count"] for row in figures.values())
    segments = list(Segment.objects.all())
    named = {code for segment in segments for code in segment.exemplars}
    seen = set(customers.filter(customer_id__in=named).values_list("customer_id", flat=True))
    found = []
    for segment in segments:
        row = figures.get(segment.segment_id)
        found.append(
            SegmentFigures(
                segment=segment,
                paragraph=segment.paragraph if sees_whole_base(user) else "",
                customers=row["count"] if row else 0,
                share=row["count"] / total if row else 0.0,
                mrr=brl((row and row["money"]) or 0),
                churn_mean=row["risk"] if row else None,
                health_mean=row["wellness"] if row else None,
                exemplars=[code for code in segment.exemplars if code in seen],
            )
        )
    return sorted(found, key=lambda one: (-one.customers, one.segment.segment_id))
