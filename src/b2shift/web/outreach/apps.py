"""Django's registration of this folder."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class OutreachConfig(AppConfig):
    """Drafts, approvals, tasks, outcomes and what came back."""

    name = "b2shift.web.outreach"
    label = "outreach"
    verbose_name = _("Contatos")
