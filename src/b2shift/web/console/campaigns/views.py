"""`/campanhas/`: each campaign with whom it reaches, why not the others, what came back, and its cost."""

from collections.abc import Mapping

from django.contrib import messages
from django.db.models import Count, QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from b2shift.kernel.errors import InputError
from b2shift.learn.api import HORIZON_DAYS
from b2shift.web.accounts.models import User
from b2shift.web.accounts.permissions import Capability, may
from b2shift.web.campaigns import proposing, running
from b2shift.web.campaigns.accounting import accounts
from b2shift.web.campaigns.models import Campaign, Recipient
from b2shift.web.campaigns.reaching import needed
from b2shift.web.console.campaigns.effect import measured
from b2shift.web.console.decorators import AuthenticatedRequest, access_required, is_htmx_request
from b2shift.web.console.deliveries.listing import Figure
from b2shift.web.console.formats import counted, number
from b2shift.web.console.wording import word
from b2shift.web.crm.paging import page_of
from b2shift.web.crm.reading import visible_customers
from b2shift.web.ledger.trail import Doer
from b2shift.web.outbox.models import Message
from b2shift.web.outreach.models import Receipt

_SHOWN = 100
State, Reached = Campaign.State, Recipient.State


def _waiting(campaigns: int) -> str:
    template = ngettext("%(n)s campanha espera aprovação.", "%(n)s campanhas esperam aprovação.", campaigns)
    return counted(template, campaigns, none=_("Nenhuma campanha espera aprovação."))


@access_required(Capability.DELIVERY)
def index(request: AuthenticatedRequest) -> HttpResponse:
    """Every campaign, the newest first; those that wait for a yes are said."""
    found = Campaign.objects.select_related("author")[:_SHOWN]
    counted = _counted(Recipient.objects.filter(campaign__in=[one.pk for one in found]))
    waiting = sum(one.state == State.WAITING for one in found)
    context = {
        "rows": [(one, counted.get(one.pk, {})) for one in found],
        "may_write": may(request.user, Capability.OUTREACH),
        "sentence": _waiting(waiting),
    }
    return render(request, "console/campaigns/index.html", context)


@access_required(Capability.DELIVERY)
def detail(request: AuthenticatedRequest, key: int) -> HttpResponse:
    """One campaign. While it is counted or sent the figures come again by themselves."""
    one = _one(key)
    rows = _visible(request.user, one)
    states = _counted(rows).get(one.pk, {})
    mine, person = one.author_id == request.user.pk, request.user
    context = {
        "one": one,
        "figures": _figures(one, rows, states),
        "left_out": _left_out(one, rows),
        "account": next(iter(accounts(person, one.created_at, one.code)), None),
        "measured": measured(request.user, one),
        "horizon": HORIZON_DAYS,
        "missing": max(0, needed(one) - len(one.approvals)),
        "approved": list(User.objects.filter(pk__in=[int(said["person"][1:]) for said in one.approvals])),
        "counted": one.recipients - states.get(Reached.NEW, 0),
        "mine": mine,
        "may_approve": may(person, Capability.APPROVALS) and not mine and one.state == State.WAITING,
        "may_change": mine or may(person, Capability.SWITCHES),
        "unseen": one.recipients - sum(states.values()),
        "moving": one.state in (State.COUNTING, State.RUNNING),
        "sentence": _sentence(one, states),
    }
    part = is_htmx_request(request)
    return render(request, f"console/campaigns/{'figures' if part else 'detail'}.html", context)


@access_required(Capability.DELIVERY)
def customers(request: AuthenticatedRequest, key: int) -> HttpResponse:
    """The customers behind a number of the campaign's page."""
    one = _one(key)
    rows = _visible(request.user, one).select_related("customer", "message")
    said = []
    for name, (lookup, words) in _ASKS.items():
        if value := request.GET.get(name, "")[:40]:
            rows = rows.filter(**{lookup: value})
            said.append(word(words, value))
    total = rows.count()
    page = page_of(rows, column="id", descending=False, key="id", cursor=request.GET.get("cursor", ""))
    context = {
        "one": one,
        "page": page,
        "rows": page.rows,
        "total": total,
        "sentence": f"{', '.join(said) or _('Todos os clientes')}: {number(total)}.",
    }
    return render(request, f"console/campaigns/{'list' if is_htmx_request(request) else 'customers'}.html", context)


# Filter in the address: what it asks of a customer of a campaign, and where its words are.
_ASKS = {
    "estado": ("state", "recipient_state"),
    "motivo": ("code", "left_out"),
    "canal": ("channel", "channel"),
    "envio": ("message__state", "message_state"),
    "recibo": ("message__receipts__kind", "receipt"),
}


@access_required(Capability.DELIVERY, methods=("POST",))
def decide(request: AuthenticatedRequest, key: int) -> HttpResponse:
    """Propose, yes or no, pause, go on or end."""
    doer, now, said = Doer.of(request), timezone.now(), request.POST.get("answer", "")
    if said == "propose":
        proposing.propose(doer, key, now)
        messages.success(request, _("Campanha enviada para a aprovação de outra pessoa."))
    elif said == "approve":
        one = proposing.approve(doer, key, now)
        done = one.state == State.RUNNING
        messages.success(request, _("Aprovada: está na fila de envio.") if done else _("Aprovada; falta outra pessoa."))
    elif said == "reject":
        proposing.reject(doer, key, request.POST.get("why", ""), now)
        messages.success(request, _("Recusada; o autor vê o motivo."))
    elif said in running.ORDERS:
        running.change(doer, key, said, now)
        messages.success(request, _("Vale desde já, antes da próxima mensagem."))
    else:
        raise InputError(_("Esta resposta não existe"), value=said[:20], hint=_("Recarregue a página"))
    return redirect("console:campaign", key=key)


def _figures(one: Campaign, rows: QuerySet[Recipient], states: Mapping[str, int]) -> list[Figure]:
    """What became of its customers; each figure opens them."""
    sent = dict(rows.exclude(message=None).order_by().values_list("message__state").annotate(count=Count("pk")))
    kinds = Receipt.objects.filter(message__in=rows.exclude(message=None).values("message_id")).order_by()
    back = dict(kinds.values_list("kind").annotate(count=Count("pk")))
    message, kind = Message.State, Receipt.Kind
    return [
        Figure(_("Clientes"), sum(states.values()), _rows(one), "people"),
        Figure(_("Alcançáveis"), states.get(Reached.REACHABLE, 0), _rows(one, estado=Reached.REACHABLE), "check",
               "good", _("As regras de contato os deixariam passar agora; são conferidas de novo na fila e no envio")),
        *_control(one, states),
        Figure(_("De fora"), states.get(Reached.LEFT_OUT, 0), _rows(one, estado=Reached.LEFT_OUT), "reject"),
        Figure(_("Na saída"), states.get(Reached.QUEUED, 0), _rows(one, estado=Reached.QUEUED), "clock"),
        Figure(_("Enviadas"), sent.get(message.SENT, 0), _rows(one, envio=message.SENT), "mail", "good"),
        Figure(_("Em dúvida"), sent.get(message.IN_DOUBT, 0), _rows(one, envio=message.IN_DOUBT), "warning", "warn"),
        Figure(_("Suprimidas"), sent.get(message.SUPPRESSED, 0), _rows(one, envio=message.SUPPRESSED), "reject"),
        Figure(_("Respondidas"), back.get(kind.REPLIED, 0), _rows(one, recibo=kind.REPLIED), "message"),
    ]  # fmt: skip


def _control(one: Campaign, states: Mapping[str, int]) -> list[Figure]:
    """Nothing of campaigns without a control group."""
    if not one.control_share:
        return []
    why = _("Sorteados entre os alcançáveis: não recebem nada, para que se possa medir o efeito")
    held = states.get(Reached.CONTROL, 0)
    return [Figure(_("Grupo de controle"), held, _rows(one, estado=Reached.CONTROL), "eye", "", why)]


def _left_out(one: Campaign, rows: QuerySet[Recipient]) -> list[tuple[str, int, str]]:
    """(reason, customers, address of them), the most frequent first."""
    found = rows.filter(state=Reached.LEFT_OUT).order_by().values_list("code")
    counts = found.annotate(count=Count("pk")).order_by("-count", "code")
    return [(word("left_out", code), count, _rows(one, motivo=code)) for code, count in counts]


def _sentence(one: Campaign, states: Mapping[str, int]) -> str:
    reached = states.get(Reached.REACHABLE, 0) + states.get(Reached.QUEUED, 0)
    text = counted(ngettext("%(n)s cliente", "%(n)s clientes", one.recipients), one.recipients)
    if (seen := sum(states.values())) < one.recipients:
        text = _("%(all)s, dos quais você acompanha %(seen)s") % {"all": text, "seen": number(seen)}
    if uncounted := states.get(Reached.NEW, 0):
        reach = {"all": text, "reached": number(reached), "counted": number(seen - uncounted)}
        told = _("%(all)s; alcança %(reached)s dos %(counted)s já contados") % reach
    else:
        told = _("%(all)s; alcança %(reached)s") % {"all": text, "reached": number(reached)}
    held = states.get(Reached.CONTROL, 0)
    out = ngettext("%(n)s fica no grupo de controle", "%(n)s ficam no grupo de controle", held)
    return f"{told}; {counted(out, held)}." if one.control_share else f"{told}."


def _counted(rows: QuerySet[Recipient]) -> dict[int, dict[str, int]]:
    found: dict[int, dict[str, int]] = {}
    counts = rows.order_by().values_list("campaign_id", "state").annotate(count=Count("pk"))
    for campaign, state, count in counts:
        found.setdefault(campaign, {})[state] = count
    return found


def _visible(user: User, one: Campaign) -> QuerySet[Recipient]:
    """Its customers that the person sees; its author sees all, even one who left the base."""
    if one.author_id == user.pk:
        return one.all_recipients.all()
    return one.all_recipients.filter(customer_id__in=visible_customers(user).values("customer_id"))


def _one(key: int) -> Campaign:
    one = Campaign.objects.select_related("author", "decided_by").filter(pk=key).first()
    if one is None:
        raise Http404(_("Não há esta campanha."))
    return one


def _rows(one: Campaign, **asked: str) -> str:
    asks = f"?{urlencode({name: str(value) for name, value in asked.items()})}" if asked else ""
    return f"{reverse('console:campaign_customers', args=[one.pk])}{asks}"
