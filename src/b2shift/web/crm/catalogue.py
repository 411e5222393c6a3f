"""What a person sees of the segmentation, the scores, the rules and the quality: nothing without the capability."""

from typing import TypeVar

from django.db.models import Model, QuerySet

from b2shift.web.accounts.models import User
from b2shift.web.accounts.permissions import Capability, may
from b2shift.web.crm.models import ContactRule, Load, QualityCount, ScoreCard, SegmentModel, SegmentTrait

Row = TypeVar("Row", bound=Model)


def visible_traits(user: User) -> QuerySet[SegmentTrait]:
    """Prevalence and lift of each trait, over the whole base: no customer can be told from them."""
    return _granted(user, Capability.SEGMENTS, SegmentTrait.objects.all())


def visible_candidates(user: User) -> QuerySet[SegmentModel]:
    """The segmentations that were tried, the chosen one first."""
    return _granted(user, Capability.MODELS, SegmentModel.objects.all())


def visible_cards(user: User) -> QuerySet[ScoreCard]:
    """How far each score can be believed."""
    return _granted(user, Capability.MODELS, ScoreCard.objects.all())


def visible_rules(user: User) -> QuerySet[ContactRule]:
    """The contact rules in force; their counts are of the whole base, so show them with `Capability.OVERVIEW` only."""
    return _granted(user, Capability.RULES, ContactRule.objects.all())


def visible_loads(user: User) -> QuerySet[Load]:
    """The files of the last delivery and what became of their rows."""
    return _granted(user, Capability.QUALITY, Load.objects.all())


def visible_quality(user: User) -> QuerySet[QualityCount]:
    """Counts of defects by file, kind, column and treatment."""
    return _granted(user, Capability.QUALITY, QualityCount.objects.all())


def _granted(user: User, capability: Capability, rows: QuerySet[Row]) -> QuerySet[Row]:
    return rows if may(user, capability) else rows.none()
