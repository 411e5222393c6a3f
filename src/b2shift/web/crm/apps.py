"""Django's registration of this folder."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CrmConfig(AppConfig):
    """Customers and what is known about them."""

    name = "b2shift.web.crm"
    label = "crm"
    verbose_name = _("Clientes")
