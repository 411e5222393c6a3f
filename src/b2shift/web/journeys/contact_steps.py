"""Message and task steps as contacts: the first channel and person that the guard allows."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from b2shift.identify.contracts import Contact
from b2shift.interact.contracts import Channel, Journey, Kind, MessageStep, TaskStep
from b2shift.kernel.calendar import add_business_days
from b2shift.kernel.errors import B2ShiftError
from b2shift.web.crm.models import Proposal
from b2shift.web.journeys.models import Enrolment
from b2shift.web.ledger.personal import Purpose, contacts_to_reach
from b2shift.web.outbox import gate
from b2shift.web.outbox.models import Message
from b2shift.web.outreach import compose, content
from b2shift.web.outreach.content import Wanted
from b2shift.web.outreach.models import Draft

_MOST_PERSONS = 5
_ZONE = ZoneInfo("America/Sao_Paulo")


def key_of(enrolment: Enrolment, step: str) -> str:
    """The key of a step's contact, message, task and outcomes."""
    return f"j{enrolment.pk}.{step}"


def ask(enrolment: Enrolment, journey: Journey, step: MessageStep | TaskStep, now: datetime) -> str:
    """Prepare the contact and hand it on, inside the transaction of the decision; nothing when it was, else why not.

    The guard is asked here, at the queue and at sending; a contact that waits for people is a draft until they say yes.
    """
    shown, why = _proposal(enrolment, journey, step, now), []
    purpose = Purpose(gate.PURPOSE_OF[Kind(journey.kind)])
    persons = contacts_to_reach(f"jornada {journey.id}", enrolment.customer_id, purpose)
    channels = (step.channel,) if isinstance(step, TaskStep) else step.channels
    for channel in channels:
        for wanted in _wanted(step, shown, Channel(channel), persons):
            try:
                seen = compose.prepared(shown, wanted, enrolment.version.author, journey.cap_group, now)
            except B2ShiftError as error:
                why.append(f"{channel}: {error.what}")
                continue
            if not seen.judgement.refusals:
                always = step.approval == "sempre"
                compose.store_draft(enrolment.version.author, shown, wanted, seen, now, ask=always)
                return ""
            why += [f"{channel}: {one.why}" for one in seen.judgement.refusals]
    return "; ".join(dict.fromkeys(why)) or "Ninguém do cliente tem endereço nestes canais"


def settled(enrolment: Enrolment, pediu: Iterable[str], impedido: Iterable[str]) -> dict[str, str]:
    """The state of every contact this stay requested: waits for people, done or blocked."""
    found = dict.fromkeys(impedido, "impedido")
    codes = [key_of(enrolment, step) for step in pediu]
    drafts = Draft.objects.filter(proposal_id__in=codes).select_related("message")
    for one in drafts:
        name = one.proposal_id.partition(".")[2]
        if one.state == Draft.State.WAITING:
            found[name] = "espera"
        elif one.state == Draft.State.QUEUED and one.message is not None:
            stopped = one.message.state == Message.State.SUPPRESSED
            found[name] = "impedido" if stopped else "feito"
        else:
            found[name] = "impedido"
    return found


def _wanted(
    step: MessageStep | TaskStep, shown: Proposal, channel: Channel, persons: tuple[Contact, ...]
) -> Iterator[Wanted]:
    subject, text = content.standard(shown, channel)
    if isinstance(step, MessageStep) and channel is Channel.EMAIL:
        subject, text = step.subject or subject, step.text or text
    if channel not in content.TO_PERSONS:
        yield Wanted(channel, None, subject, text)
        return
    for person in [one for one in persons if content.address_of(channel, one)][:_MOST_PERSONS]:
        yield Wanted(channel, person, subject, text)


def _proposal(enrolment: Enrolment, journey: Journey, step: MessageStep | TaskStep, now: datetime) -> Proposal:
    """What compose reads a contact from; never saved."""
    task, customer = isinstance(step, TaskStep), enrolment.customer
    today = now.astimezone(_ZONE).date()
    return Proposal(
        proposal_id=key_of(enrolment, step.id),
        customer=customer,
        as_of=today,
        rule_id=journey.id,
        rule_name=f"{journey.name}: {step.name}",
        kind=journey.kind.value,
        action=step.name,
        objective=journey.about,
        message=step.text if isinstance(step, TaskStep) else step.message,
        channels=[step.channel.value] if isinstance(step, TaskStep) else [one.value for one in step.channels],
        owner_role=journey.owner_role.value,
        owner_id=customer.owner_id,
        due_on=add_business_days(today, step.due_days) if isinstance(step, TaskStep) and task else None,
        reason=enrolment.reason,
        mrr_at_stake=customer.mrr or Decimal(0),
    )
