"""`/proximas-acoes/`: the plan of actions a person sees, and what its limits are worth."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Count, QuerySet, Sum
from django.http import HttpResponse, QueryDict
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from b2shift.interact.api import load_actions
from b2shift.interact.contracts import OwnerRole
from b2shift.web.accounts.models import User
from b2shift.web.accounts.permissions import Capability, may
from b2shift.web.console import wording
from b2shift.web.console.decorators import AuthenticatedRequest, access_required, is_htmx_request
from b2shift.web.console.filter_bar import Field, chips_of
from b2shift.web.console.formats import counted, money_short, number
from b2shift.web.crm.cache import cache_key, cached
from b2shift.web.crm.filters import ACTION_FILTERS, ACTION_SORTS, filter_actions, sort_column
from b2shift.web.crm.models import ActionLimit, NextAction
from b2shift.web.crm.paging import page_of
from b2shift.web.crm.reading import sees_whole_base, visible_actions, visible_customers
from b2shift.web.crm.search import search

DEFAULT_SORT = "-expected"


@dataclass(frozen=True)
class ActionRow:
    """A next action as pages show it, with the name of the second best and of each action left out."""

    action: NextAction
    runner_up: str
    left: list[tuple[str, str]]


@dataclass(frozen=True)
class Held:
    """What the actions a person sees hold, for the filters to offer: with how often where that helps to choose."""

    actions: tuple[tuple[str, str, int], ...] = ()
    kinds: tuple[str, ...] = ()
    weeks: tuple[int, ...] = ()
    owners: tuple[tuple[str, str, int], ...] = ()


@access_required(Capability.PROPOSALS)
def index(request: AuthenticatedRequest) -> HttpResponse:
    """The actions that the address asks for, those worth most first."""
    sort = request.GET.get("sort") or DEFAULT_SORT
    column, descending = sort_column(ACTION_SORTS, sort)
    rows = _asked(request.user, request.GET)
    page = page_of(rows, column=column, descending=descending, key="action_id", cursor=request.GET.get("cursor", ""))
    bar = _fields(request.user, request.GET)
    total, worth = _figures(rows)
    context = {
        "page": page,
        "rows": action_rows(page.rows),
        "total": total,
        "sort": sort,
        "sentence": _sentence(total, worth),
        "chips": chips_of(bar, request.GET, _("Busca")),
        "prepares": may(request.user, Capability.OUTREACH),
    }
    if is_htmx_request(request):
        return render(request, "console/actions/list.html", context)
    context |= {"first_fields": bar[:3], "more_fields": bar[3:], "limits": _limits(request.user)}
    return render(request, "console/actions/index.html", context)


def action_rows(actions: Iterable[NextAction]) -> list[ActionRow]:
    """Each action with the names of the others."""
    names = {one.id: wording.shipped(one.name) for one in load_actions().actions}
    return [
        ActionRow(
            one,
            names.get(one.runner_up or "", one.runner_up or ""),
            [(names.get(left["action"], left["action"]), left["why"]) for left in one.left],
        )
        for one in actions
    ]


def _asked(user: User, params: QueryDict) -> QuerySet[NextAction]:
    rows = filter_actions(visible_actions(user), params)
    if words := params.get("q", "").strip():
        rows = rows.filter(customer__in=search(visible_customers(user), words).rows.values("customer_id"))
    return rows


def _fields(user: User, params: QueryDict) -> list[Field]:
    """The filters, offering what this person's actions hold."""
    seen = visible_actions(user).select_related(None).order_by()
    question = cache_key(seen)
    choices = Held() if question is None else cached(("action choices", question), lambda: _held(seen))
    options: dict[str, tuple[tuple[str, str], ...]] = {
        "action": tuple(
            (action, f"{wording.shipped(name)} ({number(count)})") for action, name, count in choices.actions
        ),
        "kind": tuple((kind, wording.word("kind", kind)) for kind in choices.kinds),
        "role": tuple((role.value, wording.word("owner_role", role.value)) for role in OwnerRole),
        "week": tuple((str(week), _("semana %(n)s") % {"n": week + 1}) for week in choices.weeks),
        "owner": tuple((owner, f"{name} ({number(count)})") for owner, name, count in choices.owners),
    }
    return [
        Field(one.name, str(one.label), params.get(one.name, ""), options.get(one.name, ()), type="text")
        for one in ACTION_FILTERS
    ]


def _held(seen: QuerySet[NextAction]) -> Held:
    """Counted once a publication: every page of the list offers the same."""
    owned = seen.exclude(customer__owner=None).values_list("customer__owner_id", "customer__owner__name")
    return Held(
        actions=tuple(seen.values_list("action", "name").annotate(count=Count("*")).order_by("name")),
        kinds=tuple(sorted(seen.values_list("kind", flat=True).distinct())),
        weeks=tuple(sorted(seen.values_list("week", flat=True).distinct())),
        owners=tuple(owned.annotate(count=Count("*")).order_by("customer__owner__name")),
    )


def _figures(rows: QuerySet[NextAction]) -> tuple[int, float]:
    """How many they are and what they are worth together."""
    question = cache_key(rows.select_related(None).order_by())
    if question is None:
        return 0, 0.0
    return cached(("action figures", question), lambda: _summed(rows))


def _summed(rows: QuerySet[NextAction]) -> tuple[int, float]:
    sums = rows.select_related(None).order_by().aggregate(total=Count("*"), worth=Sum("expected"))
    return sums["total"], sums["worth"] or 0.0


def _limits(user: User) -> list[ActionLimit]:
    """The limits and what one more of each is worth; only for who sees the whole base, which they are of."""
    return list(ActionLimit.objects.order_by("limit")) if sees_whole_base(user) else []


def _sentence(total: int, worth: float) -> str:
    if not total:
        return _("Nenhuma ação com estes filtros.")
    text = counted(ngettext("%(n)s ação", "%(n)s ações", total), total)
    expected = _("%(money)s esperados (estimativa: chance × valor, menos custo)") % {"money": money_short(worth)}
    return f"{text}; {expected}."
