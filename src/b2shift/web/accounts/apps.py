"""Django's registration of this folder."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from b2shift.web.accounts import quick_words


class AccountsConfig(AppConfig):
    """People, teams, roles and tokens."""

    name = "b2shift.web.accounts"
    label = "accounts"
    verbose_name = _("Pessoas")

    def ready(self) -> None:
        """Find words quickly in every process."""
        quick_words.install()
