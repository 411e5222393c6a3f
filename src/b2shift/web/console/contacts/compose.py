"""`/contatos-devidos/<código>/contato/`: a proposal becomes a contact: channel, person, words, preview."""

from dataclasses import dataclass

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from b2shift.identify.contracts import Contact
from b2shift.interact.api import message_fields
from b2shift.interact.contracts import Channel
from b2shift.kernel.errors import InputError, UnknownNameError
from b2shift.web.accounts.permissions import Capability
from b2shift.web.channels.sms import segments
from b2shift.web.console.contacts.missing_channels import lacking
from b2shift.web.console.decorators import AuthenticatedRequest, access_required, is_htmx_request
from b2shift.web.crm.models import Proposal
from b2shift.web.crm.reading import proposed
from b2shift.web.ledger.trail import Doer
from b2shift.web.outreach import compose, content
from b2shift.web.outreach.models import Draft


@dataclass(frozen=True)
class ContactDraft:
    """What the form holds now."""

    channel: Channel
    person: Contact | None
    subject: str
    text: str

    @property
    def wanted(self) -> content.Wanted:
        """The same for the core."""
        return content.Wanted(self.channel, self.person, self.subject, self.text)


@access_required(Capability.OUTREACH, methods=("GET", "POST"))
def write(request: AuthenticatedRequest, proposal_id: str) -> HttpResponse:
    """The form with its preview; on POST with `send` the contact is kept."""
    request.user.unit_in_view = ""  # a link to a contact opens it whatever unit the lists show
    doer, proposal = Doer.of(request), _visible(request, proposal_id)
    people = compose.recipients(doer, proposal)
    asked = _bound_draft(request, proposal, people)
    context: dict[str, object] = {
        "proposal": proposal,
        "people": people,
        "asked": asked,
        "channels": [(one, lacking(one)) for one in proposal.channels],
        "names_person": asked.channel in content.TO_PERSONS,
        "fields": message_fields(),
    }
    if request.method == "POST" and "send" in request.POST:
        try:
            return _kept(request, compose.propose(doer, proposal, asked.wanted, timezone.now()))
        except InputError as error:
            context["refused"] = error
    context |= _preview(doer, proposal, asked)
    part = is_htmx_request(request)
    return render(request, f"console/contacts/{'form' if part else 'compose'}.html", context)


def _preview(doer: Doer, proposal: Proposal, asked: ContactDraft) -> dict[str, object]:
    try:
        seen = compose.preview(doer, proposal, asked.wanted, timezone.now())
    except InputError as error:
        return {"error": error}
    parts = segments(seen.written.text) if asked.channel is Channel.SMS else 0
    return {"seen": seen, "parts": parts, "approvals": seen.judgement.approvals_missing}


def _kept(request: AuthenticatedRequest, draft: Draft) -> HttpResponse:
    if draft.state == Draft.State.WAITING:
        messages.success(request, _("Contato preparado. Ele espera aprovação e vence em 7 dias."))
        return redirect("console:own_drafts")
    messages.success(request, _("Contato na fila de envio."))
    return redirect("console:due")


def _bound_draft(request: AuthenticatedRequest, proposal: Proposal, people: tuple[Contact, ...]) -> ContactDraft:
    """What was chosen; words are those of the form, or of the template when the channel has just been chosen."""
    params = request.POST if request.method == "POST" else request.GET
    name = params.get("channel", "") or next(iter(proposal.channels), "")
    if name not in proposal.channels:
        raise UnknownNameError(_("canal desta proposta"), name[:40], proposal.channels)
    channel = Channel(name)
    person = _chosen(params.get("person", ""), channel, people)
    subject, text = content.standard(proposal, channel)
    if params.get("written_for") == name:
        subject, text = params.get("subject", subject)[:300], params.get("text", text).replace("\r\n", "\n")[:8000]
    return ContactDraft(channel, person, subject, text)


def _chosen(code: str, channel: Channel, people: tuple[Contact, ...]) -> Contact | None:
    """The person of a code; for a channel that needs one, the first it reaches, who consents before who does not."""
    found = next((one for one in people if one.contact_id == code), None)
    if found is None and channel in content.TO_PERSONS:
        reached = [one for one in people if content.address_of(channel, one)]
        reached.sort(key=lambda one: getattr(one, f"consent_{channel.value}") is not True)
        found = next(iter(reached), None)
    return found


def _visible(request: AuthenticatedRequest, proposal_id: str) -> Proposal:
    found = proposed(request.user, proposal_id[:64])
    if found is None:
        raise Http404(_("Este contato devido não está entre os que você acompanha, ou a régua já não o pede."))
    return found
