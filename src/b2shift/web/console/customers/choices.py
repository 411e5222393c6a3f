"""What the filters offer, and the filters in force as chips one can take away."""

from collections.abc import Mapping

from django.db.models import QuerySet
from django.http import QueryDict
from django.utils.translation import gettext as _

from b2shift.differentiate.api import journey_stages
from b2shift.web.accounts.units import unit_choices
from b2shift.web.console import wording
from b2shift.web.console.filter_bar import Chip, Field, without
from b2shift.web.console.formats import money, number
from b2shift.web.crm.cache import cache_key, cached
from b2shift.web.crm.filters import CUSTOMER_FILTERS
from b2shift.web.crm.models import Customer, Segment, VendorUser

# Filters in the first row of the bar; the rest stand behind "more filters".
FIRST = ("segment", "situation", "churn_band", "owner")
# Filter: the words of its values.
WORDED = {
    "situation": "situation",
    "churn_band": "churn_band",
    "life_stage": "life_stage",
    "nps": "nps_class",
    "market_segment": "market_segment",
    "revenue_band": "revenue_band",
    "contract_band": "contract_band",
    "tenure_band": "tenure_band",
}
FLAGS, AMOUNTS = ("overdue", "due"), ("mrr_min", "health_max")


def fields(seen: QuerySet[Customer], params: QueryDict) -> tuple[list[Field], list[Field]]:
    """The bar: the first filters and the rest, with what the address chose."""
    options = _options(seen)
    made = {
        one.name: Field(one.name, str(one.label), params.get(one.name, ""), options.get(one.name, ()))
        for one in CUSTOMER_FILTERS
        if one.name in AMOUNTS or options.get(one.name)
    }
    first = [made.pop(name) for name in FIRST if name in made]
    made.pop("unit", None)  # the top bar switches it
    return first, list(made.values())


def chips(seen: QuerySet[Customer], params: QueryDict) -> list[Chip]:
    """The filters in force, in words."""
    filtered = any(params.get(one.name, "").strip() for one in CUSTOMER_FILTERS)
    options = {name: dict(pairs) for name, pairs in _options(seen).items()} if filtered else {}
    found = []
    if words := params.get("q", "").strip():
        found.append(Chip(_("Busca"), words, without(params, "q")))
    for one in CUSTOMER_FILTERS:
        if value := params.get(one.name, "").strip():
            word = wording.written(options.get(one.name, {}).get(value) or _amount(one.name, value))
            found.append(Chip(str(one.label), word, without(params, one.name)))
    return found


def _options(seen: QuerySet[Customer]) -> Mapping[str, tuple[tuple[str, str], ...]]:
    worded = {
        name: tuple((value, str(word)) for value, word in wording.WORDS[kind].items()) for name, kind in WORDED.items()
    }
    yes_no = (("1", _("Sim")), ("0", _("Não")))
    stages = tuple((stage, stage) for stage in journey_stages())
    return {**worded, "unit": tuple(unit_choices()), "stage": stages, **dict.fromkeys(FLAGS, yes_no), **_stored(seen)}


def _stored(seen: QuerySet[Customer]) -> dict[str, tuple[tuple[str, str], ...]]:
    """Choices that depend on what was published: only values the person's customers have."""

    def read() -> dict[str, tuple[tuple[str, str], ...]]:
        columns = ("segment_id", "owner_id", "state", "rfm_class", "migrated_from")
        groups = list(seen.order_by().values_list(*columns).distinct())
        segments, owners, states, classes, before = ({group[n] for group in groups} - {None, ""} for n in range(5))
        names = tuple(Segment.objects.filter(pk__in=segments | before).order_by("name").values_list("pk", "name"))
        ended = tuple((code, code) for code in sorted(before - {code for code, _name in names}))
        return {
            "segment": tuple(pair for pair in names if pair[0] in segments),
            "came_from": (*(pair for pair in names if pair[0] in before), *ended),
            "owner": tuple(VendorUser.objects.filter(pk__in=owners).order_by("name").values_list("pk", "name")),
            "state": tuple((state, state) for state in sorted(states)),
            "rfm": tuple((name, name) for name in sorted(classes)),
        }

    question = cache_key(seen.order_by().values("pk"))
    return {} if question is None else cached(("choices", question), read)


def _amount(name: str, value: str) -> str:
    try:
        return money(float(value)) if name == "mrr_min" else number(float(value))
    except ValueError:
        return value
