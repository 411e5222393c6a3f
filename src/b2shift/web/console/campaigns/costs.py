"""`/envios/contas/`: what contacts cost by campaign, rule and journey step, and the deals that came after them."""

from datetime import datetime, timedelta
from decimal import Decimal

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from b2shift.interact.api import load_contact_costs
from b2shift.web.accounts.permissions import Capability, may
from b2shift.web.campaigns.accounting import Account, accounts
from b2shift.web.console.contact_origins import origin_names
from b2shift.web.console.decorators import AuthenticatedRequest, access_required
from b2shift.web.console.formats import money
from b2shift.web.crm.current import newest_publication
from b2shift.web.crm.models import Customer
from b2shift.web.journeys.reading import names_of, under_way
from b2shift.web.journeys.texts import journey_of

DAYS = ("30", "90", "365")


@access_required(Capability.DELIVERY)
def index(request: AuthenticatedRequest) -> HttpResponse:
    """One line for each origin of contacts; every number opens its rows."""
    days, since = _period(request)
    found = accounts(request.user, since)
    names = names_of_origins(found)
    context = {
        "rows": [(one, *names[one.origin, one.step], _sent(one), _deals(one, days)) for one in found],
        "days": days,
        "choices": DAYS,
        "costs": load_contact_costs(),
        "may_deals": may(request.user, Capability.COMMERCIAL),
        "total": sum((one.cost for one in found), Decimal(0)),
        "minutes": sum(one.minutes for one in found),
        "won": sum((one.won for one in found), Decimal(0)),
        "as_of": published.as_of if (published := newest_publication()) else None,
        "sentence": _("%(cost)s em contatos nos últimos %(days)s dias.")
        % {"cost": money(sum((one.cost for one in found), Decimal(0))), "days": days},
    }
    return render(request, "console/campaigns/costs.html", context)


@access_required(Capability.COMMERCIAL)
def deals(request: AuthenticatedRequest) -> HttpResponse:
    """The deals behind a number, each with the contact before it."""
    days, since = _period(request)
    origin, step = request.GET.get("origem", "")[:120], request.GET.get("passo", "")[:40]
    one = next((each for each in accounts(request.user, since, origin) if each.step == step), None)
    if one is None:
        raise Http404(_("Não há contatos desta origem no período."))
    customers = {
        customer.customer_id: customer
        for customer in Customer.objects.filter(customer_id__in={d.customer_id for d in one.deals})
    }
    name, said = names_of_origins([one])[origin, step]
    context = {
        "one": one,
        "name": name,
        "step": said,
        "days": days,
        "rows": [(deal, customers.get(deal.customer_id)) for deal in one.deals],
        "sentence": _("Vieram depois do contato, em até 90 dias; não se sabe se por causa dele."),
    }
    return render(request, "console/campaigns/deals.html", context)


def _period(request: AuthenticatedRequest) -> tuple[str, datetime]:
    days = request.GET.get("dias", DAYS[1])
    if days not in DAYS:
        raise Http404(_("O período é de 30, 90 ou 365 dias."))
    return days, timezone.now() - timedelta(days=int(days))


def names_of_origins(found: list[Account]) -> dict[tuple[str, str], tuple[str, str]]:
    """(origin, step) → what people call them: a campaign's, a journey's or a rule's name, and the step's."""
    names = origin_names(one.origin for one in found)
    steps = {one.journey_id: names_of(journey_of(one.version)) for one in under_way()}
    return {
        (one.origin, one.step): (names[one.origin], steps.get(one.origin, {}).get(one.step, one.step)) for one in found
    }


def _sent(one: Account) -> str:
    asks = {"rule": one.origin} | ({"step": one.step} if one.step else {})
    return f"{reverse('console:deliveries')}?{urlencode(asks)}"


def _deals(one: Account, days: str) -> str:
    return f"{reverse('console:contact_deals')}?{urlencode({'origem': one.origin, 'passo': one.step, 'dias': days})}"
