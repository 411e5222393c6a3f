"""The channel that ends inside the product: a notice to one person of the house."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from b2shift.web.accounts.models import User
from b2shift.web.outbox.senders import RefusedError
from b2shift.web.watch.devices import tell_devices
from b2shift.web.watch.models import HouseNotice


class HouseNoticeSender:
    """Notices to people of the house, made once a key in our own records."""

    idempotent, per_second = True, 0.0

    def send(self, key: str, payload: Mapping[str, Any]) -> str:
        """The notice of this key; the one there is already, when asked again. RefusedError when the person has gone."""
        person = User.objects.filter(pk=payload["person"], is_active=True).first()
        if person is None:
            raise RefusedError("Esta pessoa não usa mais o produto")
        fields = {"person": person, "title": payload["title"][:300], "text": payload["text"], "path": payload["path"]}
        with transaction.atomic():
            notice, new = HouseNotice.objects.get_or_create(key=key, defaults=fields)
            if new:
                tell_devices(notice)
        return f"aviso-{notice.pk}"
