"""What the lake published last; written by `crm.publication` only, read through `crm.reading`."""

from b2shift.web.crm.models.actions import ActionLimit, NextAction
from b2shift.web.crm.models.customers import Customer
from b2shift.web.crm.models.loads import Load, Publication, QualityCount
from b2shift.web.crm.models.people import VendorUser
from b2shift.web.crm.models.proposals import ContactRule, Proposal
from b2shift.web.crm.models.scores import ScoreCard
from b2shift.web.crm.models.segments import Segment, SegmentModel, SegmentTrait
from b2shift.web.crm.models.spelling import SearchForm, SearchWord

__all__ = [
    "ActionLimit",
    "ContactRule",
    "Customer",
    "Load",
    "NextAction",
    "Proposal",
    "Publication",
    "QualityCount",
    "ScoreCard",
    "SearchForm",
    "SearchWord",
    "Segment",
    "SegmentModel",
    "SegmentTrait",
    "VendorUser",
]
