"""`/clientes/…/notas/`: what lies ahead of a customer, and one of its scores opened and computed again."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from b2shift.differentiate.contracts import WhatIf
from b2shift.kernel.errors import InputError
from b2shift.web.accounts.permissions import Capability
from b2shift.web.console.charts import Column, Table
from b2shift.web.console.customer.scores import reasons_of
from b2shift.web.console.customer.views import visible_customer
from b2shift.web.console.doors import AskedBy, door
from b2shift.web.console.templatetags.formats import shown
from b2shift.web.crm import scored
from b2shift.web.crm.scored import Opened, Propensity
from b2shift.web.crm.stages import of_customer

SCORES = {
    "churn_90d": gettext_lazy("Risco de churn em 90 dias"),
    "nps_detractor_risk": gettext_lazy("Risco de detração"),
    "health": gettext_lazy("Saúde"),
    "renewal_probability": gettext_lazy("Chance de renovação"),
    "renewal_in_days": gettext_lazy("Dias até a renovação"),
    "clv": gettext_lazy("Valor em 36 meses (CLV)"),
    "purchase_90d": gettext_lazy("Chance de compra em 90 dias"),
    "next_purchase_days": gettext_lazy("Dias até a próxima compra"),
    "expansion_value_90d": gettext_lazy("Expansão esperada em 90 dias"),
}
INPUTS_SHOWN = 12
_WRITTEN = {"percent": "percent:2", "points": "number:1", "money": "money", "days": "number"}
_POINTS = {
    "percent": gettext_lazy("Pontos percentuais na nota"),
    "points": gettext_lazy("Pontos na nota"),
    "money": gettext_lazy("R$ na nota"),
    "days": gettext_lazy("Pontos percentuais na chance em 90 dias"),
}


@door(Capability.CUSTOMERS)
def index(request: AskedBy, customer_id: str) -> HttpResponse:
    """One page: the scores that the lists leave out, the dossier of one score, what the model would say otherwise."""
    customer = visible_customer(request, customer_id)
    score, version = request.GET.get("nota", "churn_90d"), request.GET.get("versao", "")
    labels = _labels()
    if score not in labels:
        raise InputError(_("Esta nota não se abre"), value=score[:40], hint=_("Escolha uma da lista"))
    versions = scored.versions()
    if version and (not version.isdecimal() or int(version) not in versions):
        raise InputError(_("Esta versão não está mais guardada"), value=version[:20], hint=_("Escolha uma da lista"))
    opened = scored.opened(customer, score, int(version) if version else None)
    told = {
        "customer": customer,
        "ahead": scored.ahead(customer),
        "journey": of_customer(customer),
        "propensities": _families(scored.propensities(customer)),
        "purchase_reasons": reasons_of(customer, "purchase_90d"),
        "scores": labels,
        "score": score,
        "score_label": labels[score],
        "versions": versions,
        "version": int(version) if version else None,
        "opened": opened,
        "value": _value(opened),
        "inputs": _inputs(opened),
        "supposed": _supposed(opened),
    }
    return render(request, "console/customer/opened.html", told)


def _labels() -> dict[str, str]:
    """Of the scores that open, and of those that may once have been."""
    return {name: str(label) for name, label in SCORES.items()} | scored.family_labels()


def _value(opened: Opened) -> tuple[str, str]:
    """The score in words, and the ends of its interval."""
    told = opened.dossier
    if told is None:
        return "", ""
    form = _WRITTEN[told.unit]
    return shown(told.stored[0], form), " – ".join(shown(one, form) for one in told.interval or ())


def _families(told: list[Propensity]) -> Table:
    return Table(
        [Column(_("Família")), Column(_("Chance em 90 dias"), "percent:1"), Column(_("Média da base"), "percent:1")],
        [(one.label, one.value, one.mean) for one in told],
    )


def _inputs(opened: Opened) -> Table:
    told = opened.dossier.inputs if opened.dossier else ()
    return Table(
        [Column(_("Atributo")), Column(_("Valor")), Column(_points(opened), "number:2"), Column(_("Valor exato"))],
        [(one.label, one.value, one.points, None if one.exact == "nan" else one.exact) for one in told[:INPUTS_SHOWN]],
    )


def _points(opened: Opened) -> str:
    return str(_POINTS[opened.dossier.unit if opened.dossier else "percent"])


def _supposed(opened: Opened) -> Table:
    written = _WRITTEN[opened.dossier.unit] if opened.dossier else ""
    return Table(
        [
            Column(_("O que muda")),
            Column(_("Hoje")),
            Column(_("Se fosse")),
            Column(_("Nota de hoje"), written),
            Column(_("Seria"), written),
            Column(_("De"), written),
            Column(_("Até"), written),
            Column(_("Prova")),
        ],
        [
            (one.label, one.now, one.then, one.before, one.after, one.low, one.high, _evidence(one))
            for one in opened.what_ifs
        ],
    )


def _evidence(one: WhatIf) -> str:
    told = {
        "measured": _("medido em experimento"),
        "estimated": _("estimado, com suposições"),
        "association": _("só associação"),
    }
    return f"{told[one.evidence]}: {one.basis}" if one.basis else told[one.evidence]
