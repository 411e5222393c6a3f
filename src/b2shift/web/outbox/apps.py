"""Django's registration of this folder."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class OutboxConfig(AppConfig):
    """Messages on their way out."""

    name = "b2shift.web.outbox"
    label = "outbox"
    verbose_name = _("Caixa de saída")
