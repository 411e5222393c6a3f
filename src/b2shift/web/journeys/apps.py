"""Django's registration of this folder."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class JourneysConfig(AppConfig):
    """Versions, enrolments and their story."""

    name = "b2shift.web.journeys"
    label = "journeys"
    verbose_name = _("Jornadas")
