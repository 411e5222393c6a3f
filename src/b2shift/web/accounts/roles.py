"""The six roles of people and the three business units, in code and in the words users read."""

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


class BusinessUnit(TextChoices):
    """The units that serve a customer, as `identify` names them."""

    TOTVS_GESTAO = "totvs_gestao", _("TOTVS Gestão")
    RD_STATION = "rd_station", _("RD Station")
    TECHFIN = "techfin", _("Techfin")
