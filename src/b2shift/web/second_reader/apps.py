"""Django's registration of this folder."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class SecondReaderConfig(AppConfig):
    """Calls to the language model that reads questions beside the built-in reader."""

    name = "b2shift.web.second_reader"
    label = "second_reader"
    verbose_name = _("Segunda leitura")
