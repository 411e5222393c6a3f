"""Channels this installation cannot send by yet, as pages say it."""

import os

from django.utils.translation import gettext as _

from b2shift.web.channels.configured import channels


def lacking(channel: str) -> str:
    """Which settings a channel misses, in words; nothing when it can send."""
    missing = channels(os.environ).missing.get(channel, ())
    return _("sem configuração: falta %(names)s") % {"names": ", ".join(missing)} if missing else ""
