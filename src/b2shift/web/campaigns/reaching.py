"""How a campaign reaches one customer: the first channel, and the first person, that the guard lets through."""

from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from hashlib import blake2b
from itertools import chain

from django.db.models import Count, Max

from b2shift.identify.contracts import Contact
from b2shift.interact.contracts import Approval, Channel, Effect, Judgement, Stage
from b2shift.kernel.errors import B2ShiftError
from b2shift.web.campaigns.models import Campaign, Recipient
from b2shift.web.crm.models import Proposal
from b2shift.web.outbox import gate
from b2shift.web.outbox.in_force import limits_in_force
from b2shift.web.outreach import compose, content
from b2shift.web.outreach.content import Wanted

WITHOUT_ADDRESS, WORDS_DO_NOT_FIT, WITHOUT_APPROVAL = "sem_endereco", "campo", "sem_aprovacao"
_MOST_PERSONS = 5


@dataclass(frozen=True)
class Reached:
    """The contact that would be made, or the code and the reasons why none would."""

    wanted: Wanted | None = None
    seen: compose.Preview | None = None
    effect: Effect | None = None
    code: str = ""
    reason: str = ""


def approved_as(campaign: Campaign) -> str:
    """What a yes to a campaign is of: its words, its channels, each of its customers and how many stay out by lot."""
    texts = [campaign.name, campaign.kind, campaign.group, *campaign.channels, campaign.subject]
    texts += [campaign.text, campaign.short, campaign.message]
    if campaign.control_share:  # without, what was said yes to before there were control groups goes on
        texts.append(f"{campaign.control_share}% em controle")
    counted = campaign.all_recipients.aggregate(rows=Count("pk"), newest=Max("pk"))
    return _digest(campaign.pk, tuple(texts), counted["rows"], counted["newest"])


@lru_cache(maxsize=64)
def _digest(campaign: int, texts: tuple[str, ...], _rows: int, _newest: int | None) -> str:
    """Read whole once in a process, and again when the words or the rows of customers are not the same ones."""
    rows = Recipient.objects.filter(campaign_id=campaign).order_by("customer_id")
    customers = map(str, rows.values_list("customer_id", flat=True).iterator())
    digest = blake2b(digest_size=16)
    for part in chain(texts, customers):
        digest.update(f"{len(part)}:{part}".encode())
    return digest.hexdigest()


def reach(
    campaign: Campaign, one: Recipient, persons: tuple[Contact, ...], now: datetime, *, counting: bool
) -> Reached:
    """The contact with this customer. `counting` tells what would be, were the campaign approved."""
    lacking = 0 if counting else needed(campaign) - len(campaign.approvals)
    if lacking > 0:
        return Reached(code=WITHOUT_APPROVAL, reason=_lacking(lacking))
    proposal, why = proposal_of(campaign, one), list[tuple[str, str]]()
    for channel in map(Channel, campaign.channels):
        for wanted in _wanted(campaign, channel, persons):
            try:
                seen = compose.prepared(proposal, wanted, campaign.author, campaign.group, now)
            except B2ShiftError as error:
                why.append((WORDS_DO_NOT_FIT, f"{error.what}: {error.value}" if error.value else error.what))
                continue
            effect = seen.effect.model_copy(update={"approvals": _approvals(campaign, seen.effect)})
            judgement = gate.judge_known(effect, seen.known, Stage.FILA, now)
            if not judgement.refusals and judgement.approvals_missing <= (needed(campaign) if counting else 0):
                return Reached(wanted, seen, effect)
            why += _refused(judgement)
    code, _text = why[0] if why else (WITHOUT_ADDRESS, "")
    text = "; ".join(dict.fromkeys(text for _code, text in why))
    return Reached(code=code, reason=text or "Ninguém do cliente tem endereço nestes canais")


def needed(campaign: Campaign) -> int:
    """How many people must say yes: one always, two for a crowd."""
    return 2 if campaign.recipients > limits_in_force().four_eyes_recipients else 1


def proposal_of(campaign: Campaign, one: Recipient) -> Proposal:
    """What compose reads a contact from; never saved."""
    return Proposal(
        proposal_id=f"c{campaign.pk}.{one.customer_id}",
        customer=one.customer,
        as_of=one.customer.as_of,
        rule_id=campaign.code,
        rule_name=campaign.name,
        kind=campaign.kind,
        action=campaign.name,
        objective=campaign.name,
        message=campaign.message,
        channels=campaign.channels,
        owner_id=one.customer.owner_id,
        reason=campaign.name,
        mrr_at_stake=0,
    )


def _wanted(campaign: Campaign, channel: Channel, persons: tuple[Contact, ...]) -> list[Wanted]:
    text = campaign.text if channel is Channel.EMAIL else campaign.short
    if channel not in content.TO_PERSONS:
        return [Wanted(channel, None, campaign.subject, text, campaign.recipients)]
    with_address = [one for one in persons if content.address_of(channel, one)][:_MOST_PERSONS]
    return [Wanted(channel, one, campaign.subject, text, campaign.recipients) for one in with_address]


def _approvals(campaign: Campaign, effect: Effect) -> tuple[Approval, ...]:
    """A yes to the campaign is a yes to each of its contacts; the guard counts them and looks at their age."""
    of = effect.fingerprint()
    return tuple(Approval.model_validate({**said, "of": of}) for said in campaign.approvals)


def _refused(judgement: Judgement) -> list[tuple[str, str]]:
    found = [(one.code, one.why) for one in judgement.refusals]
    if not found and judgement.approvals_missing:
        found.append((WITHOUT_APPROVAL, _lacking(judgement.approvals_missing)))
    return found


def _lacking(count: int) -> str:
    return f"Faltam {count} aprovações para este cliente" if count > 1 else "Falta uma aprovação para este cliente"
