"""A campaign from its first words to everybody's yes: nothing goes out before, and nobody says yes to their own."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from b2shift.interact.api import message_fields_in, policy_in_force
from b2shift.interact.contracts import Channel, Kind
from b2shift.kernel.errors import AccessError, InputError, UnknownNameError
from b2shift.web.accounts.models import User
from b2shift.web.accounts.permissions import Capability, require
from b2shift.web.campaigns import control_group
from b2shift.web.campaigns.models import Campaign, Recipient
from b2shift.web.campaigns.reaching import approved_as, needed
from b2shift.web.crm.models import Customer
from b2shift.web.crm.reading import visible_customers
from b2shift.web.ledger.models import AuditEvent
from b2shift.web.ledger.trail import Doer, record
from b2shift.web.outreach.approve import approval_of

State = Campaign.State
CHANNELS = tuple(one for one in Channel if not one.by_people)
LARGEST = 200_000
_AT_ONCE, _SHORTEST = 1_000, 3


@dataclass(frozen=True)
class Words:
    """What a campaign says, by what, and how many percent it leaves out by lot; texts with fields."""

    name: str
    kind: str
    group: str
    channels: tuple[str, ...]
    subject: str
    text: str
    short: str
    message: str
    per_hour: int = 0
    control_share: int = control_group.USUAL


def begin(
    doer: Doer, words: Words, customers: QuerySet[Customer], audience: Mapping[str, str], now: datetime
) -> Campaign:
    """Keep a campaign for these customers, each once, to be counted. Raises what `checked` raises, AccessError, and
    InputError without customers or with too many."""
    person = _person(doer, Capability.OUTREACH)
    require(person, Capability.CONTACTS)
    checked(words)
    codes = list(customers.order_by("customer_id").values_list("customer_id", flat=True)[: LARGEST + 1])
    if not 0 < len(codes) <= LARGEST:
        raise InputError(
            _("Uma campanha fala com 1 a %(most)s clientes") % {"most": LARGEST},
            value=len(codes),
            hint=_("Mude os filtros da lista de clientes"),
        )
    with transaction.atomic():
        made = Campaign.objects.create(
            name=words.name.strip(),
            kind=words.kind,
            group=words.group,
            channels=list(words.channels),
            subject=words.subject.strip(),
            text=words.text,
            short=words.short,
            message=words.message.strip(),
            per_hour=words.per_hour,
            control_share=words.control_share,
            audience=dict(audience),
            recipients=len(codes),
            author=person,
            created_at=now,
        )
        rows = (Recipient(campaign=made, customer_id=code) for code in codes)
        Recipient.objects.bulk_create(rows, batch_size=_AT_ONCE)
        audit(doer, made, "begun", now, customers=len(codes), control_share=made.control_share)
    return made


def checked(words: Words) -> None:
    """UnknownNameError for a kind, group, channel or field there is not; InputError for missing words."""
    groups = {cap.group for cap in policy_in_force(settings.HOME).caps}
    known = {"tipo": (words.kind, {one.value for one in Kind}), "grupo de limites": (words.group, groups)}
    for what, (value, names) in known.items():
        if value not in names:
            raise UnknownNameError(what, value[:80], sorted(names))
    names = {one.value for one in CHANNELS}
    for channel in words.channels:
        if channel not in names:
            raise UnknownNameError("canal", channel[:40], sorted(names))
    for text, label in (
        (words.name, _("o nome")),
        (words.subject, _("o assunto")),
        (words.text, _("o texto do e-mail")),
        (words.short, _("o texto curto")),
        (words.message, _("a mensagem-chave")),
    ):
        if len(text.strip()) < _SHORTEST:
            raise InputError(_("Falta %(what)s da campanha") % {"what": label}, hint=_("Escreva ao menos 3 letras"))
    if not words.channels:
        raise InputError(_("Escolha ao menos um canal"))
    if not 0 <= words.per_hour <= 100_000:
        raise InputError(_("O ritmo vai de 0 a 100.000 por hora"), value=words.per_hour)
    if not 0 <= words.control_share <= control_group.MOST:
        raise InputError(
            _("O grupo de controle vai de 0 a %(most)s%% dos clientes") % {"most": control_group.MOST},
            value=words.control_share,
            hint=_("0 não deixa ninguém de fora, e então não se mede o efeito"),
        )
    for text in (words.subject, words.text, words.short):
        message_fields_in(text)


def propose(doer: Doer, key: int, now: datetime) -> Campaign:
    """Its author, who has seen whom it would reach, asks the others for their yes."""
    with transaction.atomic():
        person, one = locked(doer, key, Capability.OUTREACH, State.READY)
        if one.author_id != person.pk:
            raise AccessError(_("Só quem preparou a campanha a propõe"), value=one.name)
        if not one.all_recipients.filter(state=Recipient.State.REACHABLE).exists():
            hint = _("Veja as razões, mude os canais, o público ou o grupo de controle")
            raise InputError(_("Esta campanha não alcança ninguém"), value=one.name, hint=hint)
        into(one, State.WAITING)
        audit(doer, one, "proposed", now)
    return one


def approve(doer: Doer, key: int, now: datetime) -> Campaign:
    """One more yes to exactly these words and customers; it runs when nobody's is missing.

    AccessError for who may not or does not follow all its customers; InputError for one's own, or said already.
    """
    with transaction.atomic():
        person, one = locked(doer, key, Capability.APPROVALS, State.WAITING)
        if one.author_id == person.pk:
            raise InputError(_("Quem prepara uma campanha não a aprova"), hint=_("Peça a outra pessoa"))
        if any(said["person"] == f"u{person.pk}" for said in one.approvals):
            raise InputError(_("Você já aprovou esta campanha"), hint=_("Falta a aprovação de outra pessoa"))
        _all_seen(person, one)
        of = approved_as(one)
        one.approvals = [*(kept for kept in one.approvals if kept["of"] == of), approval_of(person, of, now)]
        one.decided_by, one.decided_at = person, now
        if len(one.approvals) >= needed(one):
            one.state = State.RUNNING
        one.save(update_fields=["approvals", "decided_by", "decided_at", "state"])
        audit(doer, one, "approved", now, fingerprint=of)
    return one


def reject(doer: Doer, key: int, why: str, now: datetime) -> Campaign:
    """No, with the reason its author will read."""
    if len(why.strip()) < 3:
        raise InputError(_("Diga o motivo da recusa"), hint=_("O autor lê o motivo e prepara outra campanha"))
    with transaction.atomic():
        person, one = locked(doer, key, Capability.APPROVALS, State.WAITING)
        one.decided_by, one.decided_at, one.why = person, now, why.strip()[:1000]
        one.state = State.REJECTED
        one.save(update_fields=["state", "decided_by", "decided_at", "why"])
        audit(doer, one, "rejected", now)
    return one


def _all_seen(person: User, one: Campaign) -> None:
    unseen = one.all_recipients.exclude(customer_id__in=visible_customers(person).values("customer_id")).count()
    if unseen:
        raise AccessError(
            _("Esta campanha fala com clientes que você não acompanha"),
            value=unseen,
            hint=_("Peça a quem acompanha todos eles"),
        )


def locked(doer: Doer, key: int, capability: Capability, *states: Campaign.State) -> tuple[User, Campaign]:
    """The person, who may, and the campaign, held until the transaction ends; InputError in another state."""
    person = _person(doer, capability)
    one = Campaign.objects.select_for_update(of=("self",)).select_related("author").filter(pk=key).first()
    if one is None:
        raise AccessError(_("Não há esta campanha"), value=key)
    if one.state not in states:
        raise InputError(
            _("A campanha já não está assim"), value=one.get_state_display(), hint=_("Recarregue a página")
        )
    return person, one


def _person(doer: Doer, capability: Capability) -> User:
    if doer.person is None:
        raise AccessError(_("Entre para tratar campanhas"))
    require(doer.person, capability)
    return doer.person


def into(one: Campaign, state: Campaign.State) -> None:
    """Change its state alone."""
    one.state = state
    one.save(update_fields=["state"])


def audit(doer: Doer, one: Campaign, what: str, now: datetime, **more: object) -> None:
    """One event of the audit trail."""
    details = {"what": what, "state": one.state, **more}
    record(AuditEvent.Action.OUTREACH, doer, object_kind="campaign", object_id=str(one.pk), details=details, at=now)
