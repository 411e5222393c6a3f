"""Addresses that customers open without signing in: leaving a channel, a counted link, a picture that counts opens."""

import base64
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from b2shift.web.outbox.models import Message
from b2shift.web.outreach import inbound, links
from b2shift.web.outreach.models import Receipt

_PICTURE = base64.b64decode("R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7")


@csrf_exempt  # the signed link is the permission; a mail program posts without our cookie (RFC 8058)
@require_http_methods(["GET", "HEAD", "POST"])
def leave(request: HttpRequest, token: str) -> HttpResponse:
    """Ask, and on POST write the opposition down at once: opening the link alone changes nothing, scanners do that."""
    claims, message = _message("leave", token)
    if request.method != "POST":
        return render(request, "channels/leave.html", {"channel": message.channel, "token": token})
    one_click = request.POST.get("List-Unsubscribe") == "One-Click"
    origin = "descadastro em um clique" if one_click else "descadastro pela página"
    inbound.opt_out(message, origin, f"link assinado da mensagem {claims['k']}", timezone.now())
    return render(request, "channels/left.html", {"channel": message.channel})


@require_safe
def click(request: HttpRequest, token: str) -> HttpResponse:
    """Count a click and lead on to the address that was signed."""
    claims, message = _message("click", token)
    if request.method == "GET":
        inbound.receipt(message, Receipt.Kind.CLICKED, claims["u"], timezone.now())
    return HttpResponseRedirect(claims["u"])


@require_safe
def opened(request: HttpRequest, token: str) -> HttpResponse:
    """Count an opening. An estimate: mail programs fetch pictures nobody saw, or none at all."""
    _claims, message = _message("open", token)
    if request.method == "GET":
        inbound.receipt(message, Receipt.Kind.OPENED, "", timezone.now())
    return HttpResponse(_PICTURE, content_type="image/gif")


def _message(what: str, token: str) -> tuple[dict[str, Any], Message]:
    claims = links.read_link(what, token)
    message = Message.objects.filter(dedupe_key=claims["k"]).first() if claims else None
    if claims is None or message is None:
        raise Http404(_("Este link não foi feito aqui, ou a mensagem já não existe."))
    return claims, message
