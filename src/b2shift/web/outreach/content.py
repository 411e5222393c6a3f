"""What a contact says by each channel: the template of its kind, filled for one person, with the way out."""

import re
from dataclasses import dataclass
from datetime import date, timedelta
from html import unescape
from typing import Any

from django.conf import settings
from django.utils import timezone

from b2shift.identify.contracts import Contact
from b2shift.interact.api import templates_in_force, write_message
from b2shift.interact.contracts import Channel, Kind, MessageTemplate, Written
from b2shift.web.accounts.models import User
from b2shift.web.accounts.units import unit_name
from b2shift.web.crm.models import Proposal
from b2shift.web.outreach import links
from b2shift.web.outreach.models import Incoming

PLACES = (Channel.IN_APP, Channel.PORTAL)
TO_PERSONS = (Channel.EMAIL, Channel.WHATSAPP, Channel.SMS)
_CONVERSATION = timedelta(days=30)
_HREF = re.compile(r'href="(https?://[^"]+)"')


@dataclass(frozen=True)
class Wanted:
    """What a person wants to say: channel, to whom, and the words, with fields; to how many customers at once."""

    channel: Channel
    person: Contact | None
    subject: str
    text: str
    recipients: int = 1


def template_of(proposal: Proposal) -> MessageTemplate:
    """The template of the proposal's kind."""
    return next(one for one in templates_in_force(settings.HOME) if one.kind == Kind(proposal.kind))


def standard(proposal: Proposal, channel: Channel) -> tuple[str, str]:
    """Subject and text of the template for a channel, fields unfilled."""
    template = template_of(proposal)
    if channel.by_people:
        return _plain(proposal.action), _plain(f"{proposal.objective}\n\n{proposal.message}\n\n{proposal.reason}")
    if channel is Channel.EMAIL:
        return template.subject, template.text
    return template.subject, template.short


def written(proposal: Proposal, wanted: Wanted, author: User, unit: str) -> Written:
    """The words filled for this person. Raises UnknownNameError or InputError, as `write_message`."""
    customer = proposal.customer
    values: dict[str, str | float | date | None] = {
        "pessoa": (wanted.person.name or "").split(" ")[0] if wanted.person else None,
        "cliente": customer.display_name,
        "mensagem": proposal.message,
        "responsavel": proposal.owner.name if proposal.owner else author.name,
        "unidade": unit_name(unit),
        "anos_de_casa": customer.tenure_years,
        "valor_em_atraso": float(customer.overdue_amount) or None,
        "prazo": proposal.due_on,
    }
    return write_message(wanted.subject, wanted.text, values)


def payload_of(proposal: Proposal, wanted: Wanted, words: Written, key: str) -> dict[str, Any]:
    """What the sender of the channel is given."""
    about: dict[str, Any] = {
        "customer_id": proposal.customer_id,
        "person_id": wanted.person.contact_id if wanted.person else None,
        "proposal_id": proposal.proposal_id,
        "rule_id": proposal.rule_id,
        "kind": proposal.kind,
        "subject": words.subject,
        "text": words.text,
    }
    match wanted.channel, wanted.person:
        case Channel.EMAIL, Contact() as person:
            return about | {"to": person.email} | _mail(words, key) | _conversation(person)
        case Channel.WHATSAPP, Contact() as person:
            template = template_of(proposal).whatsapp
            values = [" ".join(words.text.split())]
            named = "to" if digits(person) else "recipient"
            address = address_of(wanted.channel, person)
            return about | {named: address, "whatsapp_template": template, "whatsapp_values": values}
        case Channel.SMS, Contact() as person:
            status = {"status_url": f"{settings.PUBLIC_URL}/ganchos/sms/"} if settings.PUBLIC_URL else {}
            return about | {"to": f"+{digits(person)}", "text": f"{words.text} Para sair, responda SAIR."} | status
        case Channel.TELEFONE | Channel.REUNIAO | Channel.VISITA, _:
            due = proposal.due_on.isoformat() if proposal.due_on else None
            return about | {"owner_id": proposal.owner_id or "", "due_on": due}
        case _:
            return about


def digits(person: Contact) -> str:
    """A telephone as its digits with the country's code; nothing when there is none."""
    number = "".join(one for one in person.phone or "" if one.isdigit()).removeprefix("0")
    return f"55{number}" if len(number) in (10, 11) else number


def address_of(channel: Channel, person: Contact | None) -> str:
    """Where a channel reaches a person; nothing when it does not."""
    if person is None:
        return ""
    if channel is Channel.EMAIL:
        return person.email or ""
    return digits(person) or (_scoped(person) if channel is Channel.WHATSAPP else "")


def _scoped(person: Contact) -> str:
    """The business-scoped id under which a person without a number wrote to us by WhatsApp; nothing when nobody did."""
    wrote = Incoming.objects.filter(person_id=person.contact_id, channel=Channel.WHATSAPP.value).order_by("-at")
    return next((one for one in wrote.values_list("sender", flat=True)[:20] if one and not one.isdecimal()), "")


def _mail(words: Written, key: str) -> dict[str, Any]:
    """Text and HTML with the way out, links that are counted, and where asked the picture that counts opens."""
    base = settings.PUBLIC_URL
    if not base:
        out = "Para não receber mais e-mails nossos, responda SAIR."
        return {"text": f"{words.text}\n\n--\n{out}", "html": _before_end(words.html, f"<p><small>{out}</small></p>")}
    leave = links.signed_link("leave", base, {"k": key})
    foot = f'<p><small><a href="{leave}">Não quero mais receber e-mails</a></small></p>'
    if settings.TRACK_OPENS:
        foot += f'<img src="{links.signed_link("open", base, {"k": key})}" width="1" height="1" alt="">'
    counted = _HREF.sub(
        lambda found: f'href="{links.signed_link("click", base, {"k": key, "u": unescape(found[1])})}"', words.html
    )
    text = f"{words.text}\n\n--\nPara não receber mais e-mails nossos: {leave}"
    return {"text": text, "html": _before_end(counted, foot), "unsubscribe": leave}


def _before_end(html: str, part: str) -> str:
    return html.replace("</body>", f"{part}</body>")


def _conversation(person: Contact) -> dict[str, Any]:
    """The last thing the person wrote, so that this is shown as its answer."""
    since = timezone.now() - _CONVERSATION
    last = Incoming.objects.filter(person_id=person.contact_id, channel="email", at__gt=since, answers__isnull=False)
    found = last.select_related("answers").order_by("-at").first()
    if found is None or found.answers is None:
        return {}
    return {"thread": found.answers.dedupe_key, "answers": found.external_id}


def _plain(text: str) -> str:
    """Words of ours that are no template: braces mean nothing in them."""
    return text.replace("{", "(").replace("}", ")")
