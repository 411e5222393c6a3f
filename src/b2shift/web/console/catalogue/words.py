"""The words for layers and classes of data."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from b2shift.web.console.wording import WORDS

LAYERS = WORDS["layer"]
"""In the order in which people look for a table."""
ABOUT: dict[str, str | Promise] = {
    "raw": _("Cada arquivo como chegou, sem mudança."),
    "trusted": _("Os mesmos dados com tipos, nomes e categorias acertados."),
    "refined": _("O que as páginas mostram de cada cliente: registro, contratos, receita, uso, chamados."),
    "analytics": _("O que se calcula deles: segmentos, scores, propostas e métricas da empresa."),
}
DESCRIBED = ("refined", "analytics")
"""Layers whose tables have a profile on a page: the others hold values as somebody delivered them."""
PERSONAL: dict[str, str | Promise] = {"personal": _("Pessoal"), "sensitive": _("Sensível"), "none": _("Não pessoal")}
UNITS: dict[str, str | Promise] = {
    "brl": _("R$"),
    "percent": "%",
    "count": _("contagem"),
    "ratio": _("razão"),
    "hours": _("horas"),
    "points": _("pontos"),
    "score": _("nota"),
}
