"""A persona told: who decides, what they value, how to speak to them."""

import re
from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from b2shift.web.console.wording import word
from b2shift.web.crm.persona import Persona

_POINTS: Mapping[str, str | Promise] = {
    "Nota_TempoRetorno": gettext_lazy("tempo de retorno do suporte"),
    "Nota_Solucao": gettext_lazy("solução dada pelo suporte"),
    "Nota_ConhecimentoAgente": gettext_lazy("conhecimento de quem atende"),
    "Nota_Satisfacao": gettext_lazy("satisfação com o atendimento"),
    "Nota_Facilidade": gettext_lazy("facilidade de ser atendido"),
    "Nota Facilidade": gettext_lazy("facilidade de contratar"),
    "resposta_unidade": gettext_lazy("unidade que o atende"),
    "Nota_SupTec_Agilidade": gettext_lazy("agilidade do suporte técnico"),
    "Nota_SupTec_Atendimento": gettext_lazy("atendimento do suporte técnico"),
    "Nota_Software_Atualizacao": gettext_lazy("atualizações do software"),
    "Nota_Custos": gettext_lazy("custos"),
    "Nota Custo": gettext_lazy("custo da contratação"),
    "Nota_Comercial": gettext_lazy("atendimento comercial"),
    "Nota_AdmFin_Atendimento": gettext_lazy("atendimento administrativo e financeiro"),
    "Nota_Software": gettext_lazy("software"),
}
_PREFIX = re.compile(r"^nota[ _]", re.IGNORECASE)


def point(name: str) -> str:
    """A point of a survey in words; of another company's survey as its column says it."""
    return str(_POINTS.get(name) or _PREFIX.sub("", name).replace("_", " ").lower())


def sentence(one: Persona) -> str:
    """The persona in one sentence, of what is known."""
    parts = []
    if one.titles:
        parts.append(_("quem decide é mais vezes %(title)s") % {"title": one.titles[0].label})
    if one.channels:
        parts.append(_("prefere %(channel)s") % {"channel": word("channel", one.channels[0].label)})
    if one.answering:
        parts.append(_("responde mais por %(channel)s") % {"channel": word("channel", one.answering[0].label)})
    if one.drivers:
        parts.append(_("a sua nota segue sobretudo: %(point)s") % {"point": point(one.drivers[0].name)})
    text = "; ".join(parts)
    return f"{text[:1].upper()}{text[1:]}." if text else ""
