"""`/clientes/…/notas/`: scores ahead of a customer, and the dossier of one score, recomputed."""

from collections.abc import Mapping
from math import floor, isfinite, log10

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from b2shift.differentiate.contracts import DossierInput, WhatIf
from b2shift.kernel.errors import InputError
from b2shift.web.accounts.permissions import Capability
from b2shift.web.console.charts import Chart, Column, Table
from b2shift.web.console.customer.scores import reasons_of
from b2shift.web.console.customer.views import visible_customer
from b2shift.web.console.customer.what_if_form import what_if_form
from b2shift.web.console.decorators import AuthenticatedRequest, access_required
from b2shift.web.console.formats import money, number, percent
from b2shift.web.console.templatetags.formats import shown
from b2shift.web.console.wording import figures_too, shipped
from b2shift.web.crm import customer_scores
from b2shift.web.crm.customer_scores import Propensity, ScoreExplanation
from b2shift.web.crm.models import Customer
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
DECIMAL_MARKS = ",."
_FIRST = ("churn_90d", "purchase_90d", "nps_detractor_risk", "health")
_PROPENSITY = "Propensão a "  # how the cards of families begin
_WRITTEN = {"percent": "percent:2", "points": "number:1", "money": "money", "days": "number"}
_POINTS = {
    "percent": gettext_lazy("Pontos percentuais no score"),
    "points": gettext_lazy("Pontos no score"),
    "money": gettext_lazy("R$ no score"),
    "days": gettext_lazy("Pontos percentuais na chance em 90 dias"),
}


@access_required(Capability.CUSTOMERS)
def index(request: AuthenticatedRequest, customer_id: str) -> HttpResponse:
    """One page: the scores that the lists leave out, the dossier of one score, what the model would say otherwise."""
    customer = visible_customer(request, customer_id)
    score, version = request.GET.get("nota", ""), request.GET.get("versao", "")
    labels = _labels()
    if score and score not in labels:
        raise InputError(_("Este score não se abre"), value=score[:40], hint=_("Escolha um da lista"))
    versions = customer_scores.kept_version_numbers()
    if version and (not version.isdecimal() or int(version) not in versions):
        raise InputError(_("Esta versão não está mais guardada"), value=version[:20], hint=_("Escolha uma da lista"))
    score, explanation = _explained(customer, score, int(version) if version else None)
    context = {
        "customer": customer,
        "ahead": _ahead(customer_scores.forward_scores(customer), customer_scores.repurchase(customer)),
        "journey": of_customer(customer),
        "propensities": _families(customer_scores.propensities(customer)),
        "purchase_reasons": reasons_of(customer, "purchase_90d"),
        "scores": labels,
        "score": score,
        "score_label": labels[score],
        "versions": versions,
        "version": int(version) if version else None,
        "explanation": explanation,
        "value": _value(explanation),
        "inputs": _inputs(explanation),
        "what_ifs": _what_ifs(explanation),
        "what_if_form": what_if_form(
            customer, explanation, int(version) if version else None, request.GET, _written(explanation)
        ),
    }
    return render(request, "console/customer/score_explanation.html", context)


def _explained(customer: Customer, score: str, version: int | None) -> tuple[str, ScoreExplanation]:
    """The explanation of the score asked for; unless one is, the risk, or the first that was kept."""
    if not score:
        tried = ((one, customer_scores.explain_score(customer, one, None)) for one in _FIRST)
        score, shown_now = next(((one, candidate) for one, candidate in tried if candidate.dossier), (_FIRST[0], None))
        if version is None and shown_now is not None:
            return score, shown_now
    return score, customer_scores.explain_score(customer, score, version)


def _ahead(scores: Mapping[str, float | None], again: Mapping[str, float]) -> list[tuple[str, str, str]]:
    """What is estimated of the customer: label, value and what the value needs beside it; no value where nothing is."""

    def fact(label: str, first: float | None, value: str, beside: str) -> tuple[str, str, str]:
        return (label, "", "") if first is None else (label, value, beside)

    renewal, worth, purchase = (scores[name] for name in ("renewal_probability", "clv", "purchase_90d"))
    until = number(scores["next_purchase_days"])
    soon = _("em 90 dias")
    if scores["next_purchase_days"] is not None:
        soon = f"{soon}; " + _("metade da chance até %(days)s dias") % {"days": until}
    ends = {"low": money(scores["clv_low"]), "high": money(scores["clv_high"])}
    margin = {"low": number(again.get("value_36m_low")), "high": number(again.get("value_36m_high"))}
    buys, gives, expansion = again.get("purchases_12m"), again.get("value_36m"), scores["expansion_value_90d"]
    return [
        fact(_("Renovação do contrato"), renewal, percent(renewal, 1),
             _("em %(days)s dias") % {"days": number(scores["renewal_in_days"])}),
        fact(_("Valor em 36 meses (CLV)"), worth, money(worth), _("%(low)s a %(high)s") % ends),
        fact(_("Próxima compra"), purchase, percent(purchase, 1), soon),
        fact(_("Compras esperadas em 12 meses"), buys, number(buys, 1),
             _("chance de %(chance)s de ainda comprar") % {"chance": percent(again.get("buying_probability"))}),
        fact(_("Margem dessas compras em 36 meses"), gives, number(gives),
             _("%(low)s a %(high)s, na unidade da entrega") % margin),
        fact(_("Expansão esperada em 90 dias"), expansion, money(expansion), _("de MRR")),
    ]  # fmt: skip


def _labels() -> dict[str, str]:
    """Of the scores that open, and of those that may once have been."""
    return {name: str(label) for name, label in SCORES.items()} | customer_scores.family_labels()


def _value(explanation: ScoreExplanation) -> tuple[str, str]:
    """The score in words, and the ends of its interval."""
    dossier = explanation.dossier
    if dossier is None:
        return "", ""
    form = _written(explanation)
    return shown(dossier.stored[0], form), " – ".join(shown(one, form) for one in dossier.interval or ())


def _written(explanation: ScoreExplanation) -> str:
    return _WRITTEN[explanation.dossier.unit] if explanation.dossier else ""


def _families(propensities: list[Propensity]) -> Chart | None:
    if not propensities:
        return None
    columns = [
        Column(_("Família"), "", "x"), Column(_("Chance em 90 dias"), "percent:1", "value"),
        Column(_("Média da base"), "percent:1"),
    ]  # fmt: skip
    first = propensities[0]
    return Chart(
        name="chance-por-familia",
        kind="bar",
        title=_("Chance de compra por família"),
        reading=_("A mais provável: %(family)s, %(value)s; na base, %(mean)s.")
        % {"family": _family(first), "value": percent(first.value, 1), "mean": percent(first.mean, 1)},
        table=Table(columns, [(_family(one), one.value, one.mean) for one in propensities]),
    )


def _family(one: Propensity) -> str:
    return one.label.removeprefix(_PROPENSITY)


def _inputs(explanation: ScoreExplanation) -> Chart | None:
    """What weighs most, bars to the right raising the score and to the left lowering it; the twin has exact values."""
    inputs = explanation.dossier.inputs[:INPUTS_SHOWN] if explanation.dossier else ()
    if not inputs:
        return None
    raised = sum(one.points > 0 for one in inputs)
    signed = "signed:1" if abs(inputs[0].points) >= 1 else "signed:3"
    return Chart(
        name="o-que-pesa",
        kind="intervals",
        title=_("O que mais pesa no score"),
        reading=_("Dos %(count)s que mais pesam, %(raised)s aumentam e %(lowered)s diminuem; o primeiro: %(first)s.")
        % {"count": len(inputs), "raised": raised, "lowered": len(inputs) - raised, "first": _said(inputs[0])},
        table=Table(
            [
                Column(_("Atributo"), "", "x"),
                Column(_points(explanation), signed, "value"),
                Column(_("Pontos"), signed, "aside"),
            ],
            [(_said(one), one.points, one.points) for one in inputs],
        ),
        options={"reference": 0},
        size="tall",
        twin=Table(
            [Column(_("Atributo")), Column(_("Valor")), Column(_points(explanation), signed), Column(_("Valor exato"))],
            [(one.label, figures_too(one.value), one.points, exact_value(one.exact)) for one in inputs],
        ),
    )


def exact_value(exact: str) -> str | None:
    """A kept value to six digits, as people write numbers; a word as it is, nothing where there is none."""
    try:
        value = float(exact)
    except ValueError:
        return shipped(exact)
    if not isfinite(value):
        return None
    whole = max(0, 5 - floor(log10(abs(value)))) if value else 0
    text = number(value, whole)
    return text.rstrip("0").rstrip(DECIMAL_MARKS) if whole else text


def _said(one: DossierInput) -> str:
    return f"{shipped(one.label)}: {figures_too(one.value)}"


def _points(explanation: ScoreExplanation) -> str:
    return str(_POINTS[explanation.dossier.unit if explanation.dossier else "percent"])


def _what_ifs(explanation: ScoreExplanation) -> Table:
    written = _written(explanation)
    sure = any(one.low is not None for one in explanation.what_ifs)
    ends = [Column(_("De"), written), Column(_("Até"), written)] if sure else []
    return Table(
        [
            Column(_("O que muda")),
            Column(_("Hoje")),
            Column(_("Se fosse")),
            Column(_("Score de hoje"), written),
            Column(_("Seria"), written),
            *ends,
            Column(_("Prova")),
        ],
        [
            (
                one.label,
                figures_too(one.now),
                figures_too(one.then),
                one.before,
                one.after,
                *([one.low, one.high] if sure else []),
                _evidence(one),
            )
            for one in explanation.what_ifs
        ],
    )


def _evidence(one: WhatIf) -> str:
    labels = {
        "measured": _("medido em experimento"),
        "estimated": _("estimado, com suposições"),
        "association": _("só associação"),
    }
    return f"{labels[one.evidence]}: {one.basis}" if one.basis else labels[one.evidence]
