"""What every form that sends files shares: no more than is allowed, and a word for each file that was left out."""

from collections.abc import Callable, Iterable
from functools import wraps

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt, csrf_protect

from b2shift.kernel.errors import InputError


def bounded(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """Refuse what is too large before a byte of it is read; only then look for the proof of origin in the form."""

    @wraps(view)
    def measured(request: HttpRequest) -> HttpResponseBase:
        content_length = request.META.get("CONTENT_LENGTH") or "0"
        if not content_length.isdecimal() or int(content_length[:18]) > settings.UPLOAD_BYTES:
            most = {"n": settings.UPLOAD_BYTES // 1_000_000}
            raise InputError(_("O envio é grande demais"), hint=_("No máximo %(n)s MB de uma vez") % most)
        return csrf_protect(view)(request)

    return csrf_exempt(measured)


def leave_out(request: HttpRequest, refused: Iterable[InputError]) -> None:
    """Say which files were left out, and why."""
    for one in refused:
        messages.warning(request, _("%(file)s ficou de fora: %(why)s.") % {"file": one.value, "why": one.what})
