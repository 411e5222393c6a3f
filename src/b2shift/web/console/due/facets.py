"""What the filters of due contacts offer this person: only values that occur, with how often."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.db.models import Count, QuerySet
from django.http import QueryDict
from django.utils.translation import gettext as _

from b2shift.web.console import wording
from b2shift.web.console.filter_bar import Field
from b2shift.web.console.formats import number
from b2shift.web.crm.cache import cache_key, cached
from b2shift.web.crm.filters import PROPOSAL_FILTERS
from b2shift.web.crm.models import Proposal, Segment, VendorUser

# Filters in the first row of the bar; the rest stand behind "more filters".
FIRST = ("segment", "rule", "owner")
# Filter: the column it counts over.
_COUNTED = {
    "kind": "kind",
    "trigger": "trigger",
    "rule": "rule_id",
    "segment": "segment_id",
    "owner": "owner_id",
    "owner_role": "owner_role",
}
_WORDED = ("kind", "trigger", "owner_role")


@dataclass(frozen=True)
class Choice:
    """A value of a filter, its word and how many due contacts hold it."""

    value: str
    label: str
    count: int


def fields(seen: QuerySet[Proposal], params: QueryDict) -> tuple[list[Field], list[Field]]:
    """The bar: the first filters and the rest, with what the address chose."""
    question = cache_key(seen.order_by())
    choices = {} if question is None else cached(("due choices", question), lambda: _choices(seen))
    made = {}
    for one in PROPOSAL_FILTERS:
        options: tuple[tuple[str, str], ...] = ()
        if one.name in _COUNTED:
            options = tuple((c.value, f"{c.label} ({number(c.count)})") for c in choices.get(one.name, []))
        elif one.name == "blocked":
            options = (("0", _("Livres")), ("1", _("Impedidos")))
        made[one.name] = Field(one.name, str(one.label), params.get(one.name, ""), options)
    made["customer"] = Field("customer", _("Código do cliente"), params.get("customer", ""), type="text")
    kept = {name: field for name, field in made.items() if field.options or name not in _COUNTED}
    first = [kept.pop(name) for name in FIRST if name in kept]
    return first, list(kept.values())


def kinds_of(proposals: QuerySet[Proposal]) -> list[Choice]:
    """How many of these due contacts are of each kind, most frequent first."""
    rows = proposals.select_related(None).order_by().values_list("kind").annotate(count=Count("*"))
    return _by_size({kind: count for kind, count in rows if kind}, "kind")


def _choices(seen: QuerySet[Proposal]) -> dict[str, list[Choice]]:
    # Owners apart: with them nearly every row would be a group of its own.
    rows, columns = seen.select_related(None).order_by(), [one for one in _COUNTED.values() if one != "owner_id"]
    groups = list(rows.values(*columns, "rule_name").annotate(count=Count("*")))
    owners = rows.exclude(owner=None).values_list("owner_id").annotate(count=Count("*"))
    counted: dict[str, dict[str, int]] = {name: {} for name in _COUNTED}
    for group in groups:
        for name, column in _COUNTED.items():
            if group.get(column):
                counted[name][group[column]] = counted[name].get(group[column], 0) + group["count"]
    counted["owner"] = dict(owners)
    names = {
        "rule": {group["rule_id"]: wording.shipped(group["rule_name"]) or group["rule_id"] for group in groups},
        "owner": dict(VendorUser.objects.filter(pk__in=counted["owner"]).values_list("pk", "name")),
        "segment": dict(Segment.objects.filter(pk__in=counted["segment"]).values_list("pk", "name")),
    }
    found = {name: _by_name(counted[name], words) for name, words in names.items()}
    return found | {name: _by_size(counted[name], name) for name in _WORDED}


def _by_size(counts: Mapping[str, int], kind: str) -> list[Choice]:
    ordered = sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))
    return [Choice(value, wording.word(kind, value), count) for value, count in ordered]


def _by_name(counts: Mapping[str, int], names: Mapping[str, str]) -> list[Choice]:
    found = [Choice(value, names.get(value, value), count) for value, count in counts.items()]
    return sorted(found, key=lambda choice: (choice.label.casefold(), choice.value))
