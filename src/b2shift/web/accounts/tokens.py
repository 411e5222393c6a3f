"""Recognising the token a program shows."""

from datetime import datetime, timedelta

from django.db.models import Q

from b2shift.web.accounts.models import Token

USE_IS_WRITTEN_EVERY = timedelta(minutes=1)


def recognise(secret: str, now: datetime) -> Token | None:
    """The token of a secret, with its person, while neither has ended: not expired, not revoked, person active."""
    return (
        Token.objects.select_related("user")
        .filter(digest=Token.digest_of(secret), revoked_at=None, expires_at__gt=now, user__is_active=True)
        .first()
    )


def note_use(token: Token, now: datetime) -> None:
    """Remember that the token was used, at most once a minute: a read must not become a write each time."""
    longest = now - USE_IS_WRITTEN_EVERY
    if token.last_used_at is None or token.last_used_at <= longest:
        unused = Q(last_used_at=None) | Q(last_used_at__lte=longest)
        Token.objects.filter(unused, pk=token.pk).update(last_used_at=now)
