"""`/clientes/<código>/`: the page, its timeline and its people."""

from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _

from b2shift.identify.contracts import Customer360
from b2shift.kernel.errors import InputError
from b2shift.web.accounts.permissions import Capability, may
from b2shift.web.console.actions.views import action_rows
from b2shift.web.console.customer import pictures, scores, tables, timeline
from b2shift.web.console.customer.conversation import SHOWN, conversation
from b2shift.web.console.customer.influence import influence_map
from b2shift.web.console.decorators import AuthenticatedRequest, access_required, is_htmx_request
from b2shift.web.crm import reading
from b2shift.web.crm.customer_scores import ordering
from b2shift.web.crm.models import Customer, Proposal, Segment
from b2shift.web.crm.rank import churn_rank, score_card
from b2shift.web.crm.reading import actions_of, due_of
from b2shift.web.crm.view360 import visible_360
from b2shift.web.journeys.reading import stays_of, step_names
from b2shift.web.ledger.personal import Purpose, read_contacts
from b2shift.web.ledger.trail import Doer
from b2shift.web.outreach.health import health_now
from b2shift.web.outreach.reading import task_outcomes

_STAYS = 10


@access_required(Capability.CUSTOMERS)
def index(request: AuthenticatedRequest, customer_id: str) -> HttpResponse:
    """One customer."""
    return render(request, "console/customer.html", _page(request, visible_customer(request, customer_id)))


@access_required(Capability.CUSTOMERS)
def history(request: AuthenticatedRequest, customer_id: str) -> HttpResponse:
    """Another stretch of the timeline; without htmx, the whole page with it."""
    customer = visible_customer(request, customer_id)
    if not is_htmx_request(request):
        return render(request, "console/customer.html", _page(request, customer))
    context = {"customer": customer, **_timeline(request, _read(request, customer), due_of(request.user, customer))}
    return render(request, "console/customer/timeline.html", context)


@access_required(Capability.CUSTOMERS)
def section(request: AuthenticatedRequest, customer_id: str, name: str) -> HttpResponse:
    """The rows of a list that the page leaves out; without htmx, all of them on a page of their own."""
    customer = visible_customer(request, customer_id)
    view = visible_360(request.user, customer, whole=True)
    if view is None or name not in tables.SECTIONS:
        raise Http404
    context = {"customer": customer, "section": tables.SECTIONS[name](view)}
    part = is_htmx_request(request)
    return render(request, f"console/customer/{'rest' if part else 'whole_section'}.html", context)


@access_required(Capability.CONTACTS, methods=("POST",))
def contacts(request: AuthenticatedRequest, customer_id: str) -> HttpResponseBase:
    """The customer's people, for the purpose chosen; who read them and why is written first."""
    customer = visible_customer(request, customer_id)
    purpose = request.POST.get("purpose", "")
    context: dict[str, object] = {"customer": customer, "purposes": Purpose.choices, "purpose": purpose}
    try:
        found = read_contacts(Doer.of(request), customer_id, purpose)
        context |= {
            "contacts": found,
            "influence": influence_map(found),
            "purpose_label": dict(Purpose.choices)[purpose],
        }
    except InputError as error:
        context["purpose_error"] = f"{error.what}."
    if is_htmx_request(request):
        return render(request, "console/customer/people.html", context)
    return render(request, "console/customer.html", _page(request, customer) | context)


def visible_customer(request: AuthenticatedRequest, customer_id: str) -> Customer:
    """The customer of a code when the person sees it; Http404 when not, whether it exists or not."""
    request.user.unit_in_view = ""  # a link to a customer opens it whatever unit the lists show
    customer = reading.visible_customer(request.user, customer_id.upper())
    if customer is None:
        raise Http404(
            _("Não há cliente com o código %(code)s entre os que você acompanha.") % {"code": customer_id[:20]}
        )
    return customer


def _timeline(request: AuthenticatedRequest, view: Customer360 | None, due: list[Proposal]) -> dict[str, object]:
    kind, number = _stretch(request)
    events = timeline.page(view, due, kind=kind, number=number) if view else None
    return {"events": events, "event_kind": kind, "event_kinds": timeline.KINDS, "first_page": number == 1}


def _stretch(request: AuthenticatedRequest) -> tuple[str, int]:
    """Which kind and which page of the timeline an address asks for."""
    kind, number = request.GET.get("tipo", ""), request.GET.get("pagina", "1")
    if not number.isdecimal() or not 1 <= int(number) <= 1000:
        raise InputError(_("Esta página do histórico não existe"), value=number[:20])
    return kind if kind in timeline.KINDS else "", int(number)


def _read(request: AuthenticatedRequest, customer: Customer) -> Customer360 | None:
    """The customer's 360; going back in time, or into one kind, needs the whole of it."""
    return visible_360(request.user, customer, whole=_stretch(request) != ("", 1))


def _page(request: AuthenticatedRequest, customer: Customer) -> dict[str, object]:
    view, due = _read(request, customer), due_of(request.user, customer)
    card, stays = score_card("churn_90d"), stays_of(request.user, customer, SHOWN)
    tasks = task_outcomes(customer.customer_id)
    context: dict[str, object] = {
        "customer": customer,
        "came_from": _name_of(customer.migrated_from) if customer.migrated_from else "",
        "sentence": scores.now_sentence(customer, len(due)),
        "due": due,
        "actions": action_rows(actions_of(request.user, customer)),
        "card": card,
        "churn_sentence": scores.churn_sentence(customer, churn_rank(customer)),
        "churn_reasons": scores.reasons_of(customer, "churn_90d"),
        "health_reasons": scores.reasons_of(customer, "health"),
        "health_groups": scores.health_groups(customer),
        "ordering": ordering(customer),
        "health_now": health_now(customer, tasks),
        "prepares": may(request.user, Capability.OUTREACH),
        "conversation": conversation(request.user, customer, stays, tasks),
        "journeys": [(one, step_names(one).get(one.step, one.step)) for one in stays[:_STAYS]],
        "sees_contacts": may(request.user, Capability.CONTACTS),
        "sees_corrections": may(request.user, Capability.REJECTED_ROWS),
        "purposes": Purpose.choices,
        "view": view,
    }
    if view:
        context |= {
            "revenue": pictures.revenue(view),
            "families": pictures.families(view),
            "usage": pictures.usage(view),
            "tickets": pictures.tickets(view, customer.as_of),
            "year_ago": _year_ago(view),
            "lines": tables.lines(view),
            "answers": tables.answers(view),
            "invoices": tables.invoices(view),
            "orders": tables.orders(view),
            "ticket_list": tables.tickets(view),
            "commercial": [section for section in _commercial(view) if section.rows],
        }
    return context | _timeline(request, view, due)


def _name_of(segment_id: str) -> str:
    """The name of a segment; the code of one that is no more."""
    return Segment.objects.filter(pk=segment_id).values_list("name", flat=True).first() or segment_id


def _commercial(view: Customer360) -> tuple[tables.Section, ...]:
    return tables.outcomes(view), tables.opportunities(view), tables.quotes(view)


def _year_ago(view: Customer360) -> float | None:
    """How the MRR of the newest month compares with the one 12 months before; None without both."""
    if len(view.revenue) < 13:
        return None
    before, now = view.revenue[-13].mrr, view.revenue[-1].mrr
    return float(now / before) - 1 if before and now is not None else None
