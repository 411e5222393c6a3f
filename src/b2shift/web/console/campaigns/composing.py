"""`/campanhas/nova/`: the words of a campaign beside how they reach one customer of its audience."""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from b2shift.interact.api import message_fields, policy_in_force, templates_in_force
from b2shift.interact.contracts import Kind
from b2shift.kernel.errors import InputError
from b2shift.learn.api import FEWEST_CUSTOMERS
from b2shift.web.accounts.permissions import Capability
from b2shift.web.campaigns import control_group, proposing, serving
from b2shift.web.campaigns.models import Campaign, Recipient
from b2shift.web.campaigns.proposing import Words
from b2shift.web.campaigns.reaching import Reached, reach
from b2shift.web.console.contacts.missing_channels import lacking
from b2shift.web.console.customers.choices import chips
from b2shift.web.console.customers.listing import DEFAULT_SORT, filters_in, requested_list
from b2shift.web.console.decorators import AuthenticatedRequest, access_required, is_htmx_request
from b2shift.web.crm.models import Customer
from b2shift.web.crm.reading import visible_customers
from b2shift.web.ledger.personal import read_contacts
from b2shift.web.ledger.trail import Doer
from b2shift.web.outbox.gate import PURPOSE_OF

_USUAL, _GROUP = Kind.RELACIONAMENTO, "mensagens"
_CHANNELS = ("email", "in_app")
"""Those a campaign starts with, where this installation can send by them."""


@dataclass(frozen=True)
class Shown:
    """How it reaches one customer, whether the lot holds them in the control group, or what is wrong with the words."""

    customer: Customer | None = None
    reached: Reached | None = None
    held: bool = False
    wrong: InputError | None = None


@access_required(Capability.OUTREACH, methods=("GET", "POST"))
def write(request: AuthenticatedRequest) -> HttpResponse:
    """The form with its preview; on POST with `send` the campaign is kept and counted."""
    rows = requested_list(visible_customers(request.user), request.GET).rows
    params = request.POST if request.method == "POST" else QueryDict()
    typed, wrong = _typed_numbers(params)
    words = _words(params, typed)
    doer, now = Doer.of(request), timezone.now()
    if "send" in params and wrong is None:
        try:
            made = proposing.begin(doer, words, rows, filters_in(request.GET), now)
        except InputError as error:
            wrong = error
        else:
            serving.count(made, now)
            messages.success(request, _("Campanha salva. Veja quem ela alcança antes de pedir aprovação."))
            return redirect("console:campaign", key=made.pk)
    filters, total = filters_in(request.GET), rows.count()
    context = {
        "words": words,
        "total": total,
        "typed": typed,
        "control": _control(words, total),
        "most_control": control_group.MOST,
        "filters": chips(visible_customers(request.user), request.GET),
        "list_address": urlencode({**filters, "sort": DEFAULT_SORT}),
        "kinds": [one.value for one in Kind],
        "groups": sorted(cap.group for cap in policy_in_force(settings.HOME).caps),
        "channels": [(one.value, lacking(one.value), one.value in words.channels) for one in proposing.CHANNELS],
        "fields": message_fields(),
        "shown": _shown(doer, rows.order_by("customer_id").first(), words, total, request.method == "POST"),
        "refused": wrong,
        "here": f"{request.path}?{urlencode(filters)}",
    }
    part = is_htmx_request(request)
    return render(request, f"console/campaigns/{'form' if part else 'new'}.html", context)


def _shown(doer: Doer, first: Customer | None, words: Words, total: int, written: bool) -> Shown | None:
    """The preview for the first of them, once somebody has written; reading its people is written down."""
    if first is None or not written:
        return None
    try:
        proposing.checked(words)
    except InputError as error:
        return Shown(wrong=error)
    persons = read_contacts(doer, first.customer_id, PURPOSE_OF[Kind(words.kind)])
    about = Campaign(
        pk=0,
        name=words.name,
        kind=words.kind,
        group=words.group,
        channels=list(words.channels),
        subject=words.subject,
        text=words.text,
        short=words.short,
        message=words.message,
        recipients=total,
        author=doer.person,
    )
    reached = reach(about, Recipient(customer=first), persons, timezone.now(), counting=True)
    held = control_group.falls_in_control(words.group, first.customer_id, words.control_share)
    return Shown(first, reached, held)


def _control(words: Words, total: int) -> dict[str, int | bool]:
    """About how many of the audience would be left out by lot, and whether they are too few to tell an effect."""
    share = words.control_share
    told = 0 < share <= control_group.MOST
    about = control_group.expected(total, share)
    few = about < FEWEST_CUSTOMERS
    return {"told": told, "about": about, "few": told and few, "fewest": FEWEST_CUSTOMERS}


def _typed_numbers(params: QueryDict) -> tuple[dict[str, str], InputError | None]:
    """What stands in the fields of whole numbers, and what is wrong with one that holds none."""
    pace = params.get("per_hour", "0").strip()[:20] or "0"
    share = params.get("control_share", str(control_group.USUAL)).strip()[:20]
    wrong: InputError | None = None
    if not share.isdecimal():
        hint = _("De 0 a %(most)s") % {"most": control_group.MOST}
        wrong = InputError(_("O grupo de controle pede um número inteiro em %"), value=share, hint=hint)
    if not pace.isdecimal():
        wrong = InputError(_("O ritmo pede um número inteiro por hora"), value=pace, hint=_("0 é sem limite"))
    return {"per_hour": pace, "control_share": share}, wrong


def _words(params: QueryDict, typed: Mapping[str, str]) -> Words:
    """What the form holds; what was not written yet is the product's template of the kind."""
    kind = params.get("kind", _USUAL.value)
    templates = templates_in_force(settings.HOME)
    template = next((one for one in templates if one.kind.value == kind), templates[0])
    same = params.get("written_for") == kind
    pace, share = typed["per_hour"], typed["control_share"]
    return Words(
        name=params.get("name", "")[:120],
        kind=kind,
        group=params.get("group", _GROUP),
        channels=tuple(params.getlist("channels")) if params else tuple(one for one in _CHANNELS if not lacking(one)),
        subject=params.get("subject", "")[:150] if same else template.subject,
        text=params.get("text", "").replace("\r\n", "\n")[:8000] if same else template.text,
        short=params.get("short", "").replace("\r\n", "\n")[:700] if same else template.short,
        message=params.get("message", "")[:1000],
        per_hour=int(pace[:9]) if pace.isdecimal() else 0,
        control_share=int(share[:9]) if share.isdecimal() else 0,
    )
