"""Links that only we can make: to leave a channel without signing in, to count a click, to see an estimate of opens."""

from collections.abc import Mapping

from django.core.signing import BadSignature, Signer

_SALTS = {"leave": "b2shift.outreach.leave", "click": "b2shift.outreach.click", "open": "b2shift.outreach.open"}
PATHS = {"leave": "descadastro", "click": "l", "open": "a"}


def made(what: str, base: str, told: Mapping[str, str]) -> str:
    """The address of a link that carries what it is about."""
    token = Signer(salt=_SALTS[what]).sign_object(dict(told), compress=True)
    return f"{base.rstrip('/')}/{PATHS[what]}/{token}/"


def read(what: str, token: str) -> dict[str, str] | None:
    """What a link is about; None when we did not make it."""
    if len(token) > 4000:
        return None
    try:
        told = Signer(salt=_SALTS[what]).unsign_object(token)
    except (BadSignature, ValueError):
        return None
    return {str(name): str(value) for name, value in told.items()} if isinstance(told, dict) else None
