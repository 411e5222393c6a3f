"""The words for layers and classes of data."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

LAYERS: dict[str, str | Promise] = {
    "raw": _("Como entregue"),
    "trusted": _("Limpa"),
    "refined": _("Refinada"),
    "analytics": _("Analítica"),
}
DESCRIBED = ("refined", "analytics")
"""Layers whose tables have a profile on a page: the others hold values as somebody delivered them."""
PERSONAL: dict[str, str | Promise] = {"personal": _("Pessoal"), "sensitive": _("Sensível"), "none": _("Não pessoal")}
UNITS: dict[str, str | Promise] = {
    "brl": _("R$"),
    "percent": "%",
    "count": _("contagem"),
    "hours": _("horas"),
    "points": _("pontos"),
    "score": _("nota"),
}
