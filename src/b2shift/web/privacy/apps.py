"""Django's registration of this folder."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PrivacyConfig(AppConfig):
    """Requests of data subjects."""

    name = "b2shift.web.privacy"
    label = "privacy"
    verbose_name = _("Privacidade")
