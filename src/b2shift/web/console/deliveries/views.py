"""`/envios/`: the campaign console: what was sent to whom and why, what came back, and what is stuck."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from b2shift.interact.contracts import Kind
from b2shift.kernel.errors import InputError
from b2shift.web.accounts.permissions import Capability, may
from b2shift.web.console.decorators import AuthenticatedRequest, access_required, is_htmx_request
from b2shift.web.console.deliveries.listing import fields, figures, requested_list, with_customers
from b2shift.web.console.filter_bar import Field, chips_of
from b2shift.web.console.formats import counted
from b2shift.web.crm.paging import page_of
from b2shift.web.ledger.models import AuditEvent
from b2shift.web.ledger.trail import Doer, record
from b2shift.web.outbox.gate import PURPOSE_OF
from b2shift.web.outreach import operate
from b2shift.web.outreach.models import Draft, Incoming, Outcome, Receipt
from b2shift.web.outreach.reading import visible_messages


@access_required(Capability.DELIVERY)
def index(request: AuthenticatedRequest) -> HttpResponse:
    """The messages that the address asks for, with what everything comes to."""
    rows = requested_list(request.user, request.GET)
    total = rows.count()
    page = page_of(rows, column="id", descending=True, key="id", cursor=request.GET.get("cursor", ""))
    bar = fields(request.user, request.GET)
    outcome = Field("outcome", _("Resultado"), request.GET.get("outcome", ""))
    context = {
        "page": page,
        "rows": with_customers(page.rows),
        "total": total,
        "chips": chips_of([*bar, outcome], request.GET),
        "may_redeliver": may(request.user, Capability.REDELIVERY),
    }
    context["sentence"] = _sentence(total, filtered=bool(context["chips"]))
    if is_htmx_request(request):
        return render(request, "console/deliveries/list.html", context)
    context |= {
        "figures": figures(request.user),
        "first_fields": bar[:3],
        "more_fields": bar[3:],
        "may_stop": may(request.user, Capability.SWITCHES),
    }
    return render(request, "console/deliveries/index.html", context)


def _sentence(total: int, *, filtered: bool) -> str:
    if filtered:
        template = ngettext("%(n)s mensagem com estes filtros.", "%(n)s mensagens com estes filtros.", total)
        return counted(template, total, none=_("Nenhuma mensagem com estes filtros."))
    template = ngettext("%(n)s mensagem.", "%(n)s mensagens.", total)
    return counted(template, total, none=_("Nenhuma mensagem preparada ou enviada."))


@access_required(Capability.DELIVERY)
def detail(request: AuthenticatedRequest, key: int) -> HttpResponse:
    """One message: why, who approved it, what became of it; its words for who may read personal data, written down."""
    message = visible_messages(request.user).filter(pk=key).first()
    if message is None:
        raise Http404(_("Esta mensagem não está entre as que você acompanha."))
    reads = may(request.user, Capability.CONTACTS) and bool(message.customer_id)
    if reads:
        purpose = PURPOSE_OF[Kind(message.effect["kind"])]
        details = {"message": message.pk}
        record(
            AuditEvent.Action.PERSONAL_READ,
            Doer.of(request),
            object_kind="customer",
            object_id=message.customer_id,
            purpose=purpose,
            details=details,
        )
    [(_same, customer, receipts, called)] = with_customers([message])
    context = {
        "message": message,
        "customer": customer,
        "receipts": receipts,
        "called": called,
        "reads": reads,
        "draft": Draft.objects.select_related("author").filter(message=message).first(),
        "replies": Incoming.objects.filter(answers=message) if reads else [],
        "outcomes": Outcome.objects.filter(key=message.dedupe_key),
        "may_redeliver": may(request.user, Capability.REDELIVERY),
        "kinds": dict(Receipt.Kind.choices),
    }
    return render(request, "console/deliveries/detail.html", context)


@access_required(Capability.REDELIVERY, methods=("POST",))
def settle(request: AuthenticatedRequest, key: int) -> HttpResponse:
    """What a person decides of a message that died or is in doubt."""
    doer, now, said = Doer.of(request), timezone.now(), request.POST.get("answer", "")
    if said == "again":
        operate.send_again(doer, key, now)
        messages.success(request, _("De volta à fila; as regras de contato são conferidas de novo antes do envio."))
    elif said in ("sent", "not_sent"):
        operate.settle(doer, key, now, sent=said == "sent")
        messages.success(request, _("Anotado: enviada.") if said == "sent" else _("De volta à fila de envio."))
    else:
        raise InputError(_("Esta resposta não existe"), value=said[:20], hint=_("Volte à página de envios"))
    return redirect("console:delivery", key=key)
