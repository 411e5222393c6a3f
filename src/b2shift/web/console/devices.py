"""`/preferencias/aparelhos/`: a browser that asks for notices or ends them, and the script that shows them."""

import json
import os

from django.contrib import messages
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from b2shift.kernel.errors import InputError
from b2shift.web.console.decorators import AuthenticatedRequest, access_required
from b2shift.web.watch import devices
from b2shift.web.watch.models import PushDevice

# Runs in the browser beside any page: shows what the push service hands over, opens its page when it is pressed.
_WORKER = """\
self.addEventListener("push", (event) => {
  const data = event.data.json();
  const shown = { body: data.text, tag: data.tag, data: { path: data.path }, icon: "/static/dist/favicon.svg" };
  event.waitUntil(self.registration.showNotification(data.title, shown));
});
self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  const path = event.notification.data.path;
  event.waitUntil(self.clients.openWindow(path.startsWith("/") && !path.startsWith("//") ? path : "/"));
});
"""


def public_key() -> str:
    """What browsers subscribe for; nothing where this installation has no key, or not the library."""
    private = os.environ.get("B2SHIFT_PUSH_KEY", "")
    if not private:
        return ""
    try:
        from b2shift.web.channels.push import public_key as derive_public_key
    except ImportError:
        return ""
    return derive_public_key(private)


@access_required()
def worker(request: AuthenticatedRequest) -> HttpResponse:
    """The script, from the root so that it may answer for every page."""
    return HttpResponse(_WORKER, content_type="text/javascript; charset=utf-8")


@access_required(methods=("POST",))
def add(request: AuthenticatedRequest) -> HttpResponse:
    """The browser's subscription, as `PushSubscription.toJSON()` writes it."""
    try:
        payload = json.loads(request.body)
        wanted = devices.Device(str(payload["endpoint"]), str(payload["keys"]["p256dh"]), str(payload["keys"]["auth"]))
    except (ValueError, KeyError, TypeError) as error:
        raise InputError(_("O navegador não disse como avisar"), hint=_("Ligue os avisos de novo")) from error
    one = devices.add(request.user, wanted, request.headers.get("User-Agent", ""))
    return JsonResponse({"device": one.pk})


@access_required(methods=("POST",))
def end(request: AuthenticatedRequest, key: int) -> HttpResponse:
    """One of the person's own devices gets no more notices."""
    PushDevice.objects.filter(pk=key, person=request.user).delete()
    messages.success(request, _("Este dispositivo não recebe mais avisos."))
    return redirect("console:preferences")
