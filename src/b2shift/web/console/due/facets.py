"""What the filters of due contacts offer this person: only values that occur, with how often."""

from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet

from b2shift.web.console import wording
from b2shift.web.crm.models import Proposal, Segment, VendorUser


@dataclass(frozen=True)
class Choice:
    """A value of a filter, its word and how many due contacts hold it."""

    value: str
    label: str
    count: int


@dataclass(frozen=True)
class Facets:
    """Choices by filter."""

    kind: list[Choice]
    trigger: list[Choice]
    rule: list[Choice]
    segment: list[Choice]
    owner: list[Choice]
    owner_role: list[Choice]


def facets_of(proposals: QuerySet[Proposal]) -> Facets:
    """The choices over these due contacts, most frequent first; people and rules by name."""
    columns = ("kind", "trigger", "rule_id", "rule_name", "segment_id", "owner_id", "owner_role")
    groups = list(proposals.select_related(None).order_by().values(*columns).annotate(count=Count("pk")))
    counted: dict[str, dict[str, int]] = {column: {} for column in columns}
    rules: dict[str, str] = {}
    for group in groups:
        rules[group["rule_id"]] = group["rule_name"] or group["rule_id"]
        for column in columns:
            if group[column]:
                counted[column][group[column]] = counted[column].get(group[column], 0) + group["count"]
    owners = dict(VendorUser.objects.filter(user_id__in=counted["owner_id"]).values_list("user_id", "name"))
    segments = dict(Segment.objects.filter(segment_id__in=counted["segment_id"]).values_list("segment_id", "name"))
    return Facets(
        kind=_by_size(counted["kind"], "kind"),
        trigger=_by_size(counted["trigger"], "trigger"),
        rule=_by_name(counted["rule_id"], rules),
        segment=_by_name(counted["segment_id"], segments),
        owner=_by_name(counted["owner_id"], owners),
        owner_role=_by_size(counted["owner_role"], "owner_role"),
    )


def kinds_of(proposals: QuerySet[Proposal]) -> list[Choice]:
    """How many of these due contacts are of each kind, most frequent first."""
    rows = proposals.select_related(None).order_by().values_list("kind").annotate(count=Count("pk"))
    return _by_size({kind: count for kind, count in rows if kind}, "kind")


@dataclass(frozen=True)
class Urgency:
    """Of some due contacts: how many in all, already late, due within the week, and impeded."""

    total: int
    late: int
    week: int
    blocked: int


def urgency(proposals: QuerySet[Proposal], as_of: object, week_end: object) -> Urgency:
    """Counts against the date of reference: late is due before it, the week ends on the date given."""
    told = proposals.select_related(None).aggregate(
        total=Count("pk"),
        late=Count("pk", filter=Q(due_on__lt=as_of)),
        week=Count("pk", filter=Q(due_on__gte=as_of, due_on__lte=week_end)),
        blocked=Count("pk", filter=Q(blocked__isnull=False)),
    )
    return Urgency(**told)


def _by_size(counts: dict[str, int], kind: str) -> list[Choice]:
    ordered = sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))
    return [Choice(value, wording.word(kind, value), count) for value, count in ordered]


def _by_name(counts: dict[str, int], names: dict[str, str]) -> list[Choice]:
    found = [Choice(value, names.get(value, value), count) for value, count in counts.items()]
    return sorted(found, key=lambda choice: (choice.label.casefold(), choice.value))
