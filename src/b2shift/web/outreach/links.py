"""Signed links: opt-out without sign-in, click counting, open tracking."""

from collections.abc import Mapping

from django.core.signing import BadSignature, Signer

_SALTS = {"leave": "b2shift.outreach.leave", "click": "b2shift.outreach.click", "open": "b2shift.outreach.open"}
PATHS = {"leave": "descadastro", "click": "l", "open": "a"}


def signed_link(what: str, base: str, values: Mapping[str, str]) -> str:
    """The address of a signed link with its content."""
    token = Signer(salt=_SALTS[what]).sign_object(dict(values), compress=True)
    return f"{base.rstrip('/')}/{PATHS[what]}/{token}/"


def read_link(what: str, token: str) -> dict[str, str] | None:
    """The content of a signed link; None when the signature is not ours."""
    if len(token) > 4000:
        return None
    try:
        values = Signer(salt=_SALTS[what]).unsign_object(token)
    except (BadSignature, ValueError):
        return None
    return {str(name): str(value) for name, value in values.items()} if isinstance(values, dict) else None
