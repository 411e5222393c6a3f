"""Django's registration of this folder."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class LedgerConfig(AppConfig):
    """The audit trail."""

    name = "b2shift.web.ledger"
    label = "ledger"
    verbose_name = _("Auditoria")
