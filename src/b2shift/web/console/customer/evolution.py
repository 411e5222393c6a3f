"""`/clientes/…/evolucao/`: segment and scores run by run, what the record said before, what surrounds the customer."""

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from b2shift.web.accounts.permissions import Capability
from b2shift.web.console.charts import Column, Table
from b2shift.web.console.customer.views import visible_customer
from b2shift.web.console.decorators import AuthenticatedRequest, access_required, is_htmx_request
from b2shift.web.console.wording import WORDS, city, place, word
from b2shift.web.crm import evolution
from b2shift.web.crm.view360 import surroundings

_ATTRIBUTES = {
    "situation": gettext_lazy("Situação"),
    "market_segment": gettext_lazy("Segmento de mercado"),
    "sub_segment": gettext_lazy("Subsegmento"),
    "revenue_band": gettext_lazy("Faixa de faturamento"),
    "contract_band": gettext_lazy("Faixa de contrato"),
    "city": gettext_lazy("Cidade"),
    "state": gettext_lazy("UF"),
    "owner_id": gettext_lazy("Responsável"),
    "hosting": gettext_lazy("Hospedagem"),
}


@access_required(Capability.CUSTOMERS)
def index(request: AuthenticatedRequest, customer_id: str) -> HttpResponse:
    """Read when somebody asks: it opens a file of each kept version."""
    customer = visible_customer(request, customer_id)
    moments = evolution.moments(customer)
    context = {
        "customer": customer,
        "surroundings": Table(
            [
                Column(_("Indicador")),
                Column(_("Valor"), "figure"),
                Column(_("Unidade")),
                Column(_("Um ano antes"), "percent"),
                Column(_("Período"), "month"),
                Column(_("De onde")),
                Column(_("Fonte")),
            ],
            [
                (one.label, one.value, one.unit, one.change, one.month, where or _("Brasil"), one.institute)
                for one in surroundings(customer)
                for where in [place(*one.place.split("/"))]
            ],
        ),
        "moments": Table(
            [
                Column(_("Data"), "day"),
                Column(_("Segmento")),
                Column(_("Estágio de vida")),
                Column(_("RFM")),
                Column(_("Risco de churn"), "percent"),
                Column(_("Saúde"), "number"),
                Column("", "", "link"),
            ],
            [
                (
                    one.as_of,
                    one.segment,
                    one.life_stage,
                    one.rfm_class,
                    one.churn_90d,
                    one.health,
                    f"{reverse('console:customer_was', args=[customer.customer_id])}?versao={one.version}",
                )
                for one in moments
            ],
        ),
        "record": Table(
            [Column(_("Campo")), Column(_("Valor")), Column(_("Desde"), "day"), Column(_("Até"), "day")],
            [
                (str(_ATTRIBUTES.get(one.attribute, one.attribute)), _attribute_text(one), one.since, one.until)
                for one in evolution.record_of(customer)
            ],
        ),
    }
    part = "evolution" if is_htmx_request(request) else "evolution_page"
    return render(request, f"console/customer/{part}.html", context)


def _attribute_text(one: evolution.AttributeSpan) -> str | None:
    """A value as the record of a customer tells it."""
    if one.attribute == "city":
        return city(one.value)
    return word(one.attribute, one.value) if one.attribute in WORDS else one.value
