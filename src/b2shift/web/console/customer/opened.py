"""`/clientes/…/notas/`: what lies ahead of a customer, and one of its scores opened and computed again."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from b2shift.kernel.errors import InputError
from b2shift.web.accounts.permissions import Capability
from b2shift.web.console.charts import Column, Table
from b2shift.web.console.customer.scores import reasons_of
from b2shift.web.console.customer.views import visible_customer
from b2shift.web.console.doors import AskedBy, door
from b2shift.web.crm import scored
from b2shift.web.crm.scored import Opened, Propensity
from b2shift.web.crm.stages import of_customer

SCORES = {
    "churn_90d": gettext_lazy("Risco de churn em 90 dias"),
    "nps_detractor_risk": gettext_lazy("Risco de detração"),
}
INPUTS_SHOWN = 12


@door(Capability.CUSTOMERS)
def index(request: AskedBy, customer_id: str) -> HttpResponse:
    """One page: the scores that the lists leave out, the dossier of one score, what the model would say otherwise."""
    customer = visible_customer(request, customer_id)
    score, version = request.GET.get("nota", "churn_90d"), request.GET.get("versao", "")
    if score not in SCORES:
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
        "scores": SCORES,
        "score": score,
        "score_label": SCORES[score],
        "versions": versions,
        "version": int(version) if version else None,
        "opened": opened,
        "inputs": _inputs(opened),
        "supposed": _supposed(opened),
    }
    return render(request, "console/customer/opened.html", told)


def _families(told: list[Propensity]) -> Table:
    return Table(
        [Column(_("Família")), Column(_("Chance em 90 dias"), "percent:1"), Column(_("Média da base"), "percent:1")],
        [(one.label, one.value, one.mean) for one in told],
    )


def _inputs(opened: Opened) -> Table:
    told = opened.dossier.inputs if opened.dossier else ()
    return Table(
        [Column(_("Atributo")), Column(_("Valor")), Column(_("Pontos na nota"), "number:2"), Column(_("Valor exato"))],
        [(one.label, one.value, one.points, None if one.exact == "nan" else one.exact) for one in told[:INPUTS_SHOWN]],
    )


def _supposed(opened: Opened) -> Table:
    return Table(
        [
            Column(_("Se fosse outro")),
            Column(_("Hoje")),
            Column(_("Meio do segmento")),
            Column(_("Nota de hoje"), "percent:1"),
            Column(_("O modelo diria"), "percent:1"),
            Column(_("Prova")),
        ],
        [(one.label, one.now, one.then, one.before, one.after, _evidence(one.evidence)) for one in opened.what_ifs],
    )


def _evidence(kind: str) -> str:
    told = {
        "measured": _("medido em experimento"),
        "estimated": _("estimado, com suposições"),
        "association": _("só associação"),
    }
    return told[kind]
