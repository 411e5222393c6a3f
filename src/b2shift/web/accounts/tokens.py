"""Recognising the token a program shows."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta

from django.db import OperationalError, connection, transaction
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
    """Remember that the token was used, at most once a minute: a read must not become a write each time.

    While somebody else writes for long (a publication on SQLite) it is left for a later request: reads do not wait.
    """
    longest = now - USE_IS_WRITTEN_EVERY
    if token.last_used_at is not None and token.last_used_at > longest:
        return
    unused = Q(last_used_at=None) | Q(last_used_at__lte=longest)
    with suppress(OperationalError), _without_waiting(), transaction.atomic():
        Token.objects.filter(unused, pk=token.pk).update(last_used_at=now)


@contextmanager
def _without_waiting() -> Iterator[None]:
    """SQLite refuses at once instead of waiting for the writer before; PostgreSQL locks rows, so there is no wait."""
    if connection.vendor != "sqlite":
        yield
        return
    patience = connection.settings_dict["OPTIONS"].get("timeout", 5)
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA busy_timeout = 0")
        try:
            yield
        finally:
            cursor.execute(f"PRAGMA busy_timeout = {int(patience * 1000)}")
