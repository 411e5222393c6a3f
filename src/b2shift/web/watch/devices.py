"""The devices on which people of the house are told: asked for by the browser, ended by the person or its service."""

import base64
import os
from dataclasses import dataclass
from urllib.parse import urlsplit

from django.utils import timezone
from django.utils.translation import gettext as _

from b2shift.kernel.errors import InputError
from b2shift.web.accounts.models import User
from b2shift.web.outbox.queue import notify
from b2shift.web.watch.models import HouseNotice, PushDevice

PUSH = "push"
"""The outbox's channel of notices on devices."""
HOSTS = ("fcm.googleapis.com", "updates.push.services.mozilla.com", ".push.apple.com", ".notify.windows.com")
"""Push services of the browsers there are: nothing is handed to an address elsewhere, whoever asks for it."""
MOST = 10
_LOOPBACK = ("127.0.0.1", "localhost", "::1")


@dataclass(frozen=True)
class Device:
    """Where one browser is reached, its public key and its secret."""

    endpoint: str
    key: str
    secret: str


def add(person: User, subscription: Device, label: str) -> PushDevice:
    """Keep a device of a person; one known already becomes theirs. InputError for what no browser says."""
    parts = urlsplit(subscription.endpoint)
    if not _known(parts.hostname or "") or (parts.scheme != "https" and parts.hostname not in _LOOPBACK):
        hint = _("Só os serviços dos navegadores, ou os de B2SHIFT_PUSH_HOSTS")
        raise InputError(_("Este serviço de avisos não é conhecido"), value=(parts.hostname or "")[:80], hint=hint)
    if (len(subscription.endpoint) > 1000) or (_size(subscription.key), _size(subscription.secret)) != (65, 16):
        raise InputError(_("O navegador deu chaves que não servem"), hint=_("Desligue e ligue os avisos de novo"))
    values = {"person": person, "key": subscription.key, "secret": subscription.secret, "label": label[:120]}
    device, _new = PushDevice.objects.update_or_create(endpoint=subscription.endpoint, defaults=values)
    old = PushDevice.objects.filter(person=person).order_by("-pk").values_list("pk", flat=True)[MOST:]
    PushDevice.objects.filter(pk__in=list(old)).delete()
    return device


def device_of(key: int) -> Device | None:
    """A device that still receives notices; None when it was ended or its person has left."""
    one = PushDevice.objects.filter(pk=key, person__is_active=True).first()
    return Device(one.endpoint, one.key, one.secret) if one else None


def forget(key: int) -> None:
    """A device that is no more."""
    PushDevice.objects.filter(pk=key).delete()


def tell_devices(notice: HouseNotice) -> None:
    """The notice on every device of its person, in the transaction that writes it."""
    for device in PushDevice.objects.filter(person_id=notice.person_id):
        payload = {"device": device.pk, "title": notice.title, "text": notice.text, "path": notice.path or "/avisos/"}
        notify(PUSH, payload, f"{notice.key}:{PUSH}:{device.pk}"[:200], timezone.now())


def _known(host: str) -> bool:
    wanted = (*HOSTS, *(one.strip() for one in os.environ.get("B2SHIFT_PUSH_HOSTS", "").split(",") if one.strip()))
    return any(host.endswith(one) if one.startswith(".") else host == one for one in wanted)


def _size(text: str) -> int:
    try:
        return len(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
    except ValueError:
        return 0
