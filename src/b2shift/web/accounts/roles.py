"""The six roles of people, in code and in the words users read."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Role(TextChoices):
    """What a person does here; what each may see stands in `permissions.py`."""

    EXECUTIVE = "executive", _("Executivo")
    MARKETING = "marketing", _("Marketing")
    ANALYST = "analyst", _("Analista")
    MANAGER = "manager", _("Gestor")
    EXECUTOR = "executor", _("Executor")
    ADMINISTRATOR = "administrator", _("Administrador")
