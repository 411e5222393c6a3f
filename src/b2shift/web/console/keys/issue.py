"""Issuing and revoking keys, each with its line in the audit trail; the secret is in neither."""

from django.db import transaction
from django.utils import timezone

from b2shift.web.accounts.models import Token, User
from b2shift.web.console.keys.forms import KeyForm
from b2shift.web.ledger.models import AuditEvent
from b2shift.web.ledger.trail import Doer, record


def issue(doer: Doer, owner: User, form: KeyForm) -> tuple[Token, str]:
    """A key for its owner from a valid form, and the secret to be shown once."""
    with transaction.atomic():
        token, secret = Token.issue(owner, form.cleaned_data["name"], form.cleaned_data["scopes"], form.expires_at())
        record(
            AuditEvent.Action.TOKEN_ISSUED,
            doer,
            object_kind="token",
            object_id=str(token.pk),
            details={
                "name": token.name,
                "hint": token.hint,
                "scopes": token.scopes,
                "expires_at": token.expires_at.isoformat(),
            },
        )
    return token, secret


def revoke(doer: Doer, token: Token) -> bool:
    """End a key now; False when it had ended already (nothing is written twice)."""
    with transaction.atomic():
        ended = Token.objects.filter(pk=token.pk, revoked_at=None).update(revoked_at=timezone.now())
        if ended:
            record(
                AuditEvent.Action.TOKEN_REVOKED,
                doer,
                object_kind="token",
                object_id=str(token.pk),
                details={"name": token.name, "hint": token.hint},
            )
    return bool(ended)
