"""Signing in, and the lockout that makes guessing slow: counted per e-mail and per address, in the database."""

from datetime import timedelta
from ipaddress import IPv6Address, ip_address
from typing import Any

from django.conf import settings
from django.contrib.auth.backends import BaseBackend
from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.hashers import make_password
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from b2shift.web.accounts.models import SignInAttempt, User
from b2shift.web.accounts.prepared import Prepared

_active = Prepared(lambda key: User.objects.filter(pk=key, is_active=True))
# Many people may share an office's address, so it takes more failures than one e-mail does.
_PER_ADDRESS = 10


def address_of(request: HttpRequest) -> str | None:
    """The client's address: behind N trusted proxies, the N-th from the right of X-Forwarded-For.

    None when there is none that is an address: a server on a socket file, or a proxy that writes something else.
    """
    forwarded = [part.strip() for part in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",") if part.strip()]
    trusted = settings.TRUSTED_PROXIES
    text = forwarded[-trusted] if trusted and len(forwarded) >= trusted else request.META.get("REMOTE_ADDR", "")
    return plain_address(text)


def plain_address(text: str | None) -> str | None:
    """An address in its one shortest spelling, IPv4 also where it came wrapped in IPv6; None for what is not one."""
    try:
        found = ip_address((text or "").partition("%")[0])
    except ValueError:
        return None
    return str((found.ipv4_mapped if isinstance(found, IPv6Address) else None) or found)


def locked_out(email: str, address: str | None) -> bool:
    """Whether this e-mail or this address failed too often in the last minutes."""
    since = timezone.now() - timedelta(minutes=settings.SIGN_IN_MINUTES)
    recent = SignInAttempt.objects.filter(at__gte=since)
    if recent.filter(email=email).count() >= settings.SIGN_IN_ATTEMPTS:
        return True
    limit = settings.SIGN_IN_ATTEMPTS * _PER_ADDRESS
    return address is not None and recent.filter(address=address).count() >= limit


def record_failure(email: str, address: str | None) -> None:
    """Count one failure and forget those that no longer count."""
    now = timezone.now()
    SignInAttempt.objects.filter(at__lt=now - timedelta(minutes=settings.SIGN_IN_MINUTES)).delete()
    SignInAttempt.objects.create(email=email[:254], address=address, at=now)


class GuardedBackend(BaseBackend):
    """E-mail and password; a locked-out e-mail is refused before its password is even looked at."""

    def authenticate(
        self, request: HttpRequest | None, username: str | None = None, password: str | None = None, **_more: Any
    ) -> User | None:
        """The person, or None; every failure counts towards the lockout."""
        if request is None or username is None or password is None:
            return None
        email, address = username.strip().lower(), address_of(request)
        if locked_out(email, address):
            return None
        user = User.objects.filter(email=email).first()
        if user is None:
            make_password(password)  # takes as long as checking one, so that time does not tell who exists
        elif user.is_active and user.check_password(password):
            SignInAttempt.objects.filter(email=email).delete()
            return user
        record_failure(email, address)
        return None

    def get_user(self, user_id: int) -> User | None:
        """The person of a session, while active."""
        found = _active(int(user_id))
        return found[0] if found else None


class SignInForm(AuthenticationForm):
    """E-mail and password, with a message that says what to do."""

    error_messages = {
        "invalid_login": _("E-mail ou senha não conferem. Verifique e tente de novo."),
        "inactive": _("Este acesso foi desativado. Fale com quem administra o B2Shift."),
        "locked": _("Muitas tentativas sem sucesso. Aguarde %(minutes)s minutos e tente de novo."),
    }

    def get_invalid_login_error(self) -> ValidationError:
        """Say when it was the lockout that refused."""
        email = str(self.cleaned_data.get("username", "")).strip().lower()
        address = address_of(self.request) if self.request else None
        if locked_out(email, address):
            return ValidationError(
                self.error_messages["locked"], code="locked", params={"minutes": settings.SIGN_IN_MINUTES}
            )
        return super().get_invalid_login_error()
