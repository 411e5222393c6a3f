"""Approval or rejection of contacts prepared by others; the guard says how many approvals, and whose."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from b2shift.interact.contracts import Approval, Effect, OwnerRole, Stage
from b2shift.kernel.errors import AccessError, InputError
from b2shift.web.accounts.models import User
from b2shift.web.accounts.permissions import Capability, require
from b2shift.web.accounts.roles import Role
from b2shift.web.ledger.models import AuditEvent
from b2shift.web.ledger.trail import Doer, record
from b2shift.web.outbox import gate
from b2shift.web.outreach.models import Draft
from b2shift.web.outreach.queueing import queue
from b2shift.web.outreach.reading import visible_drafts

_ROLES = {Role.MANAGER: OwnerRole.GESTOR, Role.EXECUTIVE: OwnerRole.EXECUTIVO}


def approve(doer: Doer, key: int, now: datetime) -> Draft:
    """One more yes to exactly what is shown; queued when the guard wants no more of them.

    AccessError for who may not, or does not see it; InputError when it is one's own, or no longer waits.
    """
    with transaction.atomic():
        person, draft = _waiting(doer, key, now)
        effect = Effect.model_validate(draft.effect)
        if draft.author_id == person.pk:
            raise InputError(_("Quem prepara um contato não o aprova"), hint=_("Peça a outra pessoa"))
        if any(one["person"] == f"u{person.pk}" for one in draft.approvals):
            raise InputError(_("Você já aprovou este contato"), hint=_("Falta a aprovação de outra pessoa"))
        draft.approvals = [*draft.approvals, approval_of(person, effect.fingerprint(), now)]
        effect = effect.model_copy(update={"approvals": tuple(Approval.model_validate(one) for one in draft.approvals)})
        missing = gate.judge_now(effect, Stage.FILA, now).approvals_missing
        draft.decided_by, draft.decided_at = person, now
        draft.save(update_fields=["approvals", "decided_by", "decided_at"])
        if not missing:
            queue(draft, effect, now)
        _audit(doer, draft, "approved", now)
    return draft


def approval_of(person: User, of: str, now: datetime) -> dict[str, Any]:
    """The yes of a person who may approve to what a fingerprint stands for, as it is kept."""
    approval = Approval(person=f"u{person.pk}", role=_ROLES[Role(person.role)], at=now, of=of)
    return approval.model_dump(mode="json")


def reject(doer: Doer, key: int, why: str, now: datetime) -> Draft:
    """No, with the reason its author will read; nothing is sent."""
    if len(why.strip()) < 3:
        raise InputError(_("Diga o motivo da recusa"), hint=_("O autor lê o motivo e prepara outro contato"))
    with transaction.atomic():
        person, draft = _waiting(doer, key, now)
        draft.state, draft.why = Draft.State.REJECTED, why.strip()[:1000]
        draft.decided_by, draft.decided_at = person, now
        draft.save(update_fields=["state", "why", "decided_by", "decided_at"])
        _audit(doer, draft, "rejected", now)
    return draft


def withdraw(doer: Doer, key: int, now: datetime) -> Draft:
    """Its author takes a waiting contact back."""
    if doer.person is None:
        raise AccessError(_("Entre para tratar contatos"))
    require(doer.person, Capability.OUTREACH)
    with transaction.atomic():
        found = visible_drafts(doer.person).select_for_update(of=("self",))
        draft = found.filter(pk=key, author=doer.person, state=Draft.State.WAITING).first()
        if draft is None:
            raise InputError(_("Este contato não espera aprovação, ou não é seu"), value=key)
        draft.state, draft.decided_by, draft.decided_at = Draft.State.WITHDRAWN, doer.person, now
        draft.save(update_fields=["state", "decided_by", "decided_at"])
        _audit(doer, draft, "withdrawn", now)
    return draft


def expire(now: datetime) -> int:
    """Contacts nobody approved in time end; how many."""
    late = Draft.objects.filter(state=Draft.State.WAITING, expires_at__lte=now)
    return late.update(state=Draft.State.EXPIRED, decided_at=now)


def missing_of(draft: Draft, now: datetime) -> int:
    """How many people's yes a waiting contact still wants."""
    approvals = tuple(Approval.model_validate(one) for one in draft.approvals)
    effect = Effect.model_validate(draft.effect).model_copy(update={"approvals": approvals})
    return gate.judge_now(effect, Stage.FILA, now).approvals_missing


def _waiting(doer: Doer, key: int, now: datetime) -> tuple[User, Draft]:
    """The draft, locked, for a person who may decide of it."""
    if doer.person is None:
        raise AccessError(_("Entre para aprovar contatos"))
    require(doer.person, Capability.APPROVALS)
    draft = visible_drafts(doer.person).select_for_update(of=("self",)).filter(pk=key).first()
    if draft is None:
        raise AccessError(_("Este contato não está entre os que você acompanha"), value=key)
    if draft.state != Draft.State.WAITING or draft.expires_at <= now:
        state = draft.get_state_display() if draft.state != Draft.State.WAITING else Draft.State.EXPIRED.label
        raise InputError(_("Este contato já não espera aprovação"), value=state, hint=_("Recarregue a lista"))
    return doer.person, draft


def _audit(doer: Doer, draft: Draft, what: str, now: datetime) -> None:
    details = {"what": what, "customer": draft.customer_id, "channel": draft.channel, "state": draft.state}
    if what == "approved":
        details["fingerprint"] = draft.approvals[-1]["of"]
    record(AuditEvent.Action.OUTREACH, doer, object_kind="draft", object_id=str(draft.pk), details=details, at=now)
