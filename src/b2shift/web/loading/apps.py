"""Django's registration of this folder."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class LoadingConfig(AppConfig):
    """Loads ordered on pages."""

    name = "b2shift.web.loading"
    label = "loading"
    verbose_name = _("Cargas")
