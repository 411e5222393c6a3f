"""Django's registration of this folder."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ChannelsConfig(AppConfig):
    """Adapters; no records of their own."""

    name = "b2shift.web.channels"
    label = "channels"
    verbose_name = _("Canais")
