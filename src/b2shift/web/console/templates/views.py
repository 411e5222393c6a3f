"""`/modelos-de-mensagem/`: what is said in each kind of contact, tried on a customer before it is in force."""

from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from b2shift.identify.contracts import Contact
from b2shift.interact.api import (
    keep_templates,
    message_fields,
    policy_in_force,
    roll_back_templates,
    templates_changes,
    templates_in_force,
    templates_number,
    templates_versions,
)
from b2shift.interact.contracts import Channel, Kind, MessageTemplate, TemplatesVersion
from b2shift.interact.contracts import Written as Filled
from b2shift.kernel.errors import InputError
from b2shift.web.accounts.permissions import Capability, may
from b2shift.web.accounts.units import house_units
from b2shift.web.channels.sms import segments
from b2shift.web.console.decorators import AuthenticatedRequest, access_required, is_htmx_request
from b2shift.web.console.templates.forms import bound_form, initial_form
from b2shift.web.crm.models import Customer, Proposal
from b2shift.web.crm.reading import visible_customers
from b2shift.web.ledger.models import AuditEvent
from b2shift.web.ledger.personal import read_contacts
from b2shift.web.ledger.trail import Doer, record
from b2shift.web.outbox.gate import PURPOSE_OF
from b2shift.web.outreach import content
from b2shift.web.outreach.content import Wanted


@dataclass(frozen=True)
class Preview:
    """A template filled for one person of a customer: as e-mail and short; or why it cannot be."""

    customer: Customer | None = None
    person: str = ""
    mail: Filled | None = None
    short: str = ""
    parts: int = 0
    wrong: InputError | None = None


@access_required(Capability.RULES)
def index(request: AuthenticatedRequest) -> HttpResponse:
    """The templates in force, one a kind of contact."""
    context = {
        "templates": templates_in_force(_home()),
        "number": templates_number(_home()),
        "may_write": _may_write(request),
    }
    return render(request, "console/templates/index.html", context)


@access_required(Capability.STEER_RULES, methods=("GET", "POST"))
def edit(request: AuthenticatedRequest, kind: str) -> HttpResponse:
    """The form of a kind's template with its preview; a POST with `keep` puts it in force if nothing is wrong."""
    before = _of(kind)
    number = templates_number(_home())
    form = bound_form(request.POST, before) if request.method == "POST" else initial_form(before)
    moved_on = request.method == "POST" and request.POST.get("number") != str(number)
    if "keep" in request.POST and form.template and not moved_on:
        if form.values != {name: text.strip() for name, text in initial_form(before).values.items()}:
            _keep(request, form.template)
        return redirect("console:templates")
    shown = {
        "kind": kind,
        "before": before,
        "form": form,
        "number": number,
        "moved_on": moved_on,
        "fields": message_fields(),
        "customer": request.POST.get("customer", ""),
        "preview": _preview(request, form.template, request.POST.get("customer", "")),
    }
    status = 422 if "keep" in request.POST else 200
    return render(
        request, f"console/templates/{'form' if is_htmx_request(request) else 'edit'}.html", shown, status=status
    )


@access_required(Capability.RULES)
def versions(request: AuthenticatedRequest) -> HttpResponse:
    """Every version, newest first, with what each changed of the one before it."""
    context = {
        "versions": tuple(reversed(templates_versions(_home()))),
        "number": templates_number(_home()),
        "restore": "console:template_restore",
        "may_restore": _may_write(request),
    }
    return render(request, "console/templates/versions.html", context)


@access_required(Capability.STEER_RULES, methods=("POST",))
def restore(request: AuthenticatedRequest, number: int) -> HttpResponse:
    """Put another version in force; 0 is the product's own."""
    if number not in {0, *(one.number for one in templates_versions(_home()))}:
        raise Http404(_("Não há versão dos modelos com este número."))
    before = templates_in_force(_home())
    version = roll_back_templates(_home(), number)
    _written_down(request, "restored", version, before)
    messages.success(request, _("Em vigor: versão %(n)s. Vale desde já.") % {"n": number})
    return redirect("console:template_versions")


def _preview(request: AuthenticatedRequest, template: MessageTemplate | None, code: str) -> Preview | None:
    """For the customer of a code, else the first who has such a contact due, else the first there is.

    Reading the customer's people is written down; who may not read them sees the words without a person.
    """
    if template is None:
        return None
    seen = visible_customers(request.user)
    customer = _customer(seen, code.strip(), template.kind)
    if customer is None:
        return Preview(
            wrong=InputError(_("Este cliente não está entre os que você acompanha"), value=code[:20] or None)
        )
    persons: tuple[Contact, ...] = ()
    if may(request.user, Capability.CONTACTS):
        persons = read_contacts(Doer.of(request), customer.customer_id, PURPOSE_OF[template.kind])
    person = next((one for one in persons if one.email), None) or next(iter(persons), None)
    proposal = _proposal(customer, template.kind)
    unit = request.user.business_unit or next(iter(customer.business_units), house_units().default.key)
    try:
        mail, short = (
            content.written(proposal, Wanted(channel, person, template.subject, text), request.user, unit)
            for channel, text in ((Channel.EMAIL, template.text), (Channel.SMS, template.short))
        )
    except InputError as error:
        return Preview(customer, wrong=error)
    return Preview(customer, (person.name or "") if person else "", mail, short.text, segments(short.text))


def _customer(seen: QuerySet[Customer], code: str, kind: Kind) -> Customer | None:
    if code:
        return seen.filter(customer_id=code).first() if "\x00" not in code else None
    due = Proposal.objects.filter(kind=kind.value, customer_id__in=seen.values("customer_id"))
    first = due.select_related("customer").order_by("-priority", "customer_id").first()
    return first.customer if first else seen.order_by("customer_id").first()


def _proposal(customer: Customer, kind: Kind) -> Proposal:
    """The due contact of this kind, else one as the first rule of the kind would propose it; never saved."""
    due = Proposal.objects.select_related("owner", "customer").filter(customer=customer, kind=kind.value).first()
    if due is not None:
        return due
    rules = [rule for rule in policy_in_force(_home()).rules if rule.kind is kind]
    message = (rules[0].message if rules else None) or _("A mensagem-chave da regra vem aqui.")
    return Proposal(customer=customer, kind=kind.value, message=message, due_on=timezone.localdate(), reason="")


def _of(kind: str) -> MessageTemplate:
    found = next((one for one in templates_in_force(_home()) if one.kind.value == kind), None)
    if found is None:
        raise Http404(_("Não há modelo para este tipo de contato."))
    return found


def _keep(request: AuthenticatedRequest, made: MessageTemplate) -> None:
    before = templates_in_force(_home())
    after = tuple(made if one.kind is made.kind else one for one in before)
    _written_down(request, "kept", keep_templates(_home(), after, timezone.now()), before)
    messages.success(request, _("%(name)s está em vigor para os próximos contatos.") % {"name": made.name})


def _written_down(
    request: AuthenticatedRequest, what: str, version: TemplatesVersion, before: tuple[MessageTemplate, ...]
) -> None:
    changes = list(templates_changes(before, templates_in_force(_home())))
    record(
        AuditEvent.Action.POLICY_CHANGED, Doer.of(request), object_kind="templates", object_id=str(version.number),
        details={"what": what, "version": version.number, "changes": changes},
    )  # fmt: skip


def _may_write(request: AuthenticatedRequest) -> bool:
    return may(request.user, Capability.STEER_RULES)


def _home() -> Path:
    return Path(settings.HOME)
