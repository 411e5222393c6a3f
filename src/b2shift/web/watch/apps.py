"""Django's registration of this folder."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class WatchConfig(AppConfig):
    """Alerts with their firings, reports with their editions, notices to people of the house."""

    name = "b2shift.web.watch"
    label = "watch"
    verbose_name = _("Avisos")
