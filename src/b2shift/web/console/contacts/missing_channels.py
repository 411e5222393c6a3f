"""Channels that this installation cannot send by yet."""

import os

from django.utils.translation import gettext as _

from b2shift.web.channels.configured import channels


def lacking(channel: str) -> str:
    """That a channel misses settings, in words; nothing when it can send. Which ones is for who can set them."""
    missing = channels(os.environ).missing.get(channel, ())
    return _("sem configuração: o administrador a vê em Parar envios") if missing else ""
