"""Turning a proposal into a contact: what the guard says of it is shown, and nothing it refuses gets further."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from b2shift.identify.contracts import Contact
from b2shift.interact.api import load_actions, policy_in_force
from b2shift.interact.contracts import Effect, GuardContext, Judgement, Kind, Stage, Written
from b2shift.kernel.errors import AccessError, InputError, UnknownNameError
from b2shift.web.accounts.models import User
from b2shift.web.accounts.permissions import Capability, require
from b2shift.web.crm.models import Proposal
from b2shift.web.ledger.models import AuditEvent
from b2shift.web.ledger.personal import read_contacts
from b2shift.web.ledger.trail import Doer, record
from b2shift.web.outbox import gate
from b2shift.web.outbox.in_force import limits_in_force
from b2shift.web.outreach import content
from b2shift.web.outreach.content import Wanted
from b2shift.web.outreach.models import Draft
from b2shift.web.outreach.queueing import queue, tell_approvers

_OPEN = (Draft.State.WAITING, Draft.State.QUEUED)


@dataclass(frozen=True)
class Preview:
    """A contact as it would be delivered, what the guard says of it now, and what that rests on."""

    written: Written
    address: str
    effect: Effect
    judgement: Judgement
    known: GuardContext
    key: str


def recipients(doer: Doer, proposal: Proposal) -> tuple[Contact, ...]:
    """The people at the customer, read for the purpose of the proposal's kind, which the audit trail tells."""
    return read_contacts(doer, proposal.customer_id, gate.PURPOSE_OF[Kind(proposal.kind)])


def preview(doer: Doer, proposal: Proposal, wanted: Wanted, now: datetime) -> Preview:
    """The contact filled for its person. UnknownNameError and InputError tell what is wrong with channel or words."""
    return prepared(proposal, wanted, _person(doer), _group(proposal), now)


def prepared(proposal: Proposal, wanted: Wanted, author: User, group: str, now: datetime) -> Preview:
    """The same in somebody's name, whose right to do so the caller has asked for; `group`: of the policy's caps."""
    if wanted.channel.value not in proposal.channels:
        raise UnknownNameError(_("canal desta proposta"), wanted.channel.value, proposal.channels)
    if wanted.channel in content.TO_PERSONS and wanted.person is None:
        raise InputError(
            _("Escolha a pessoa que vai receber"), hint=_("Este canal fala com uma pessoa, não com a conta")
        )
    address = content.address_of(wanted.channel, wanted.person)
    if wanted.channel in content.TO_PERSONS and not address:
        raise InputError(_("Não há endereço desta pessoa neste canal"), hint=_("Escolha outro canal ou outra pessoa"))
    unit = _unit(proposal, author)
    words = content.written(proposal, wanted, author, unit)
    effect = _effect(proposal, wanted, words, author, unit, group)
    key = f"contato:{proposal.proposal_id}:{wanted.channel.value}"
    [known] = gate.guard_contexts([effect], Stage.FILA, now)
    return Preview(words, address, effect, gate.judge_known(effect, known, Stage.FILA, now), known, key)


def propose(doer: Doer, proposal: Proposal, wanted: Wanted, now: datetime) -> Draft:
    """Keep the contact; queued at once when nobody has to approve it, else it waits for them. InputError with every
    reason when the guard refuses, or when this proposal has its contact by this channel already."""
    seen = preview(doer, proposal, wanted, now)
    if seen.judgement.refusals:
        reasons = "; ".join(one.why for one in seen.judgement.refusals)
        raise InputError(_("Este contato não pode ser feito"), value=reasons, hint=_("Escolha outro canal ou pessoa"))
    _once(proposal, wanted)
    try:
        with transaction.atomic():
            draft = store_draft(_person(doer), proposal, wanted, seen, now)
            _audit(doer, draft, now)
    except IntegrityError:
        _once(proposal, wanted)
        raise
    return draft


def _once(proposal: Proposal, wanted: Wanted) -> None:
    known = Draft.objects.filter(
        proposal_id=proposal.proposal_id, channel=wanted.channel.value, state__in=_OPEN
    ).first()
    if known is not None:
        hint = _("Abra-o em Aprovações ou em Envios; para outro canal, escolha-o aqui")
        raise InputError(_("Este contato já foi preparado por este canal"), value=known.author.name, hint=hint)


def store_draft(
    author: User, proposal: Proposal, wanted: Wanted, seen: Preview, now: datetime, *, ask: bool = False
) -> Draft:
    """Store a contact the guard did not refuse; queued unless approvals are missing or `ask`.

    Call it inside the transaction of the decision.
    """
    draft = _draft(author, proposal, wanted, seen, now)
    if seen.judgement.approvals_missing or ask:
        tell_approvers(draft, now)
    else:
        queue(draft, seen.effect, now)
    return draft


def _draft(author: User, proposal: Proposal, wanted: Wanted, seen: Preview, now: datetime) -> Draft:
    default = Wanted(wanted.channel, wanted.person, *content.standard(proposal, wanted.channel))
    usual = content.written(proposal, default, author, seen.effect.unit)
    return Draft.objects.create(
        proposal_id=proposal.proposal_id,
        rule_id=proposal.rule_id,
        rule_name=proposal.rule_name,
        customer_id=proposal.customer_id,
        person_id=seen.effect.person_id,
        channel=wanted.channel.value,
        kind=proposal.kind,
        reason=proposal.reason,
        template=content.template_of(proposal).id,
        standard=f"{usual.subject}\n\n{usual.text}",
        text=f"{seen.written.subject}\n\n{seen.written.text}",
        effect=seen.effect.model_dump(mode="json"),
        payload=content.payload_of(proposal, wanted, seen.written, seen.key),
        author=author,
        created_at=now,
        expires_at=now + timedelta(days=limits_in_force().approval_days),
    )


def _effect(proposal: Proposal, wanted: Wanted, words: Written, author: User, unit: str, group: str) -> Effect:
    return Effect(
        customer_id=proposal.customer_id,
        person_id=wanted.person.contact_id if wanted.person else None,
        channel=wanted.channel,
        kind=Kind(proposal.kind),
        group=group,
        unit=unit,
        proposer=f"u{author.pk}",
        content=f"{words.subject}\n\n{words.text}",
        stake=float(proposal.mrr_at_stake),
        recipients=wanted.recipients,
    )


def _group(proposal: Proposal) -> str:
    """The group of caps of the rule that proposed it, in the policy in force, or of the action of the catalogue."""
    rules = {action.id: action.cap_group for action in load_actions().actions}
    rules |= {rule.id: rule.cap_group for rule in policy_in_force(settings.HOME).rules}
    if proposal.rule_id not in rules:
        hint = _("A régua mudou: rode o ciclo de novo para propor pelas regras em vigor")
        raise InputError(_("A regra desta proposta não está na régua em vigor"), value=proposal.rule_id, hint=hint)
    return rules[proposal.rule_id]


def _unit(proposal: Proposal, author: User) -> str:
    """The unit that speaks: the author's, the one looked at, else the customer's first."""
    of_customer = proposal.customer.business_units or []
    for wished in (author.business_unit, author.unit_in_view, *of_customer):
        if wished in of_customer:
            return str(wished)
    raise InputError(_("O cliente não é de nenhuma unidade de negócio"), value=proposal.customer_id)


def _person(doer: Doer) -> User:
    if doer.person is None:
        raise AccessError(_("Entre para preparar contatos"))
    require(doer.person, Capability.OUTREACH)
    return doer.person


def _audit(doer: Doer, draft: Draft, now: datetime) -> None:
    record(
        AuditEvent.Action.OUTREACH,
        doer,
        object_kind="draft",
        object_id=str(draft.pk),
        details={"what": "proposed", "customer": draft.customer_id, "channel": draft.channel, "state": draft.state},
        at=now,
    )
