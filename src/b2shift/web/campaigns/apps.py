"""Django's registration of this folder."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CampaignsConfig(AppConfig):
    """Campaigns and whom they are for."""

    name = "b2shift.web.campaigns"
    label = "campaigns"
    verbose_name = _("Campanhas")
