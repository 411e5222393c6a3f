"""Authentication by token or session, scopes of tokens, and rate limits."""

import math
from base64 import b64decode
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext

from b2shift.web.accounts.models import Token, User
from b2shift.web.accounts.permissions import Capability, may, require
from b2shift.web.accounts.scopes import SCOPE_OF
from b2shift.web.accounts.sign_in import address_of
from b2shift.web.accounts.tokens import note_use, recognise
from b2shift.web.ledger.trail import Doer
from b2shift.web.rest.problems import ApiError
from b2shift.web.rest.rate_limits import buckets

_CHALLENGE = 'Bearer realm="B2Shift"'


@dataclass(frozen=True)
class Caller:
    """The person in whose name a request comes, and the token when it was a program that asked."""

    person: User
    token: Token | None = None

    def may(self, capability: Capability) -> bool:
        """Whether the person may, and the token too."""
        return may(self.person, capability) and self._names(capability)

    def require(self, capability: Capability) -> None:
        """Refuse with 403 unless both may."""
        require(self.person, capability)
        if not self._names(capability):
            scope = SCOPE_OF[capability].value if capability in SCOPE_OF else "none"
            raise ApiError(
                403,
                gettext("Esta chave não tem o escopo %(scope)s. Crie outra que o tenha") % {"scope": scope},
                headers={"WWW-Authenticate": f'{_CHALLENGE}, error="insufficient_scope", scope="{scope}"'},
            )

    def doer(self, request: HttpRequest) -> Doer:
        """Who acts, for the audit trail."""
        hint = self.token.hint if self.token else ""
        return Doer(self.person, self.person.email, address_of(request), "rest", hint)

    def _names(self, capability: Capability) -> bool:
        return self.token is None or (capability in SCOPE_OF and SCOPE_OF[capability] in self.token.scopes)


class CallerAuth:
    """Lets a request through as a `Caller`; with a capability, only one who holds it."""

    def __init__(self, capability: Capability | None = None) -> None:
        self.capability = capability

    def __call__(self, request: HttpRequest) -> Caller:
        """The caller; Refusal 401, 403 or 429."""
        caller = _recognise(request)
        enforce_rate_limit(
            f"token {caller.token.pk}" if caller.token else f"person {caller.person.pk}", settings.API_PER_MINUTE
        )
        if self.capability is not None:
            caller.require(self.capability)
        return caller


def secured(capability: Capability | None = None) -> dict[str, Any]:
    """`auth` and `openapi_extra` of an endpoint: the check itself and its line in the schema."""
    scopes = [SCOPE_OF[capability].value] if capability in SCOPE_OF else []
    return {"auth": CallerAuth(capability), "openapi_extra": {"security": [{"token": scopes}, {"session": []}]}}


def caller_of(request: HttpRequest) -> Caller:
    """The caller that `CallerAuth` let through."""
    caller: Caller = request.auth  # type: ignore[attr-defined]  # where ninja leaves what `auth` returned
    return caller


def enforce_rate_limit(key: str, per_minute: int) -> None:
    """Refuse with 429 a caller who asked too often."""
    wait = buckets.take(key, per_minute)
    if wait:
        seconds = str(math.ceil(wait))
        message = gettext("Aguarde %(seconds)s s e repita") % {"seconds": seconds}
        raise ApiError(429, message, headers={"Retry-After": seconds})


def _secret(shown: str) -> str:
    """The key of an Authorization header; of Basic, which spreadsheets and BI tools speak, the password."""
    scheme, _space, credentials = shown.partition(" ")
    if scheme.lower() == "bearer":
        return credentials.strip()
    if scheme.lower() != "basic":
        return ""
    try:
        return b64decode(credentials.strip(), validate=True).decode().partition(":")[2]
    except ValueError:
        return ""


def _recognise(request: HttpRequest) -> Caller:
    """By the token when one is shown, else by the session; a wrong token is never passed over for a session."""
    shown = request.headers.get("Authorization")
    if shown is None:
        if isinstance(request.user, User) and request.user.is_active:
            return Caller(request.user)
        raise ApiError(
            401,
            gettext("Mostre uma chave em Authorization: Bearer, ou entre pela página"),
            headers={"WWW-Authenticate": _CHALLENGE},
        )
    now = timezone.now()
    secret = _secret(shown)
    token = recognise(secret, now) if secret else None
    if token is None:
        raise ApiError(
            401,
            gettext("Esta chave não vale: não existe, venceu ou foi revogada. Crie outra"),
            headers={"WWW-Authenticate": f'{_CHALLENGE}, error="invalid_token"'},
        )
    note_use(token, now)
    return Caller(token.user, token)
