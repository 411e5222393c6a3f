"""`/clientes/…/como-era/`: the customer as of a retained version."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from b2shift.identify.contracts import Customer360
from b2shift.web.accounts.permissions import Capability
from b2shift.web.console.charts import Column, Table
from b2shift.web.console.customer import pictures, tables
from b2shift.web.console.customer.views import visible_customer
from b2shift.web.console.decorators import AuthenticatedRequest, access_required
from b2shift.web.console.formats import day, money, number, percent
from b2shift.web.console.wording import place, word
from b2shift.web.crm import lake_versions


@access_required(Capability.CUSTOMERS)
def index(request: AuthenticatedRequest, customer_id: str) -> HttpResponse:
    """The version before the one that is shown, or the one asked for."""
    customer = visible_customer(request, customer_id)
    kept = lake_versions.retained_versions()
    version = (
        lake_versions.chosen_version(request.GET.get("versao", ""), kept)
        or (kept[1] if len(kept) > 1 else kept[0]).version
    )
    was = lake_versions.customer_as_of(request.user, customer, version)
    context: dict[str, object] = {
        "customer": customer,
        "kept": kept,
        "version": version,
        "as_of": next(one.as_of for one in kept if one.version == version),
        "known": was.row is not None,
        "facts": _facts(was, customer) if was.row else None,
        "sections": _sections(was.view) if was.view else (),
        "revenue": pictures.revenue(was.view) if was.view else None,
    }
    return render(request, "console/customer/was.html", context)


def _sections(view: Customer360) -> list[tables.Section]:
    found = (
        tables.lines,
        tables.answers,
        tables.invoices,
        tables.orders,
        tables.tickets,
        tables.opportunities,
        tables.quotes,
    )
    return [section for section in (make(view) for make in found) if section.rows]


def _facts(was: lake_versions.CustomerAsOf, customer: Any) -> Table:
    """What the version says beside what is said now."""
    row, segment, scores = was.row or {}, was.segment, was.scores
    rows = [
        (_("Situação"), word("situation", row.get("situation")), word("situation", customer.situation)),
        (_("Cidade"), place(row.get("city"), row.get("state")), place(customer.city, customer.state)),
        (_("Segmento de mercado"), word("market_segment", row.get("market_segment")),
         word("market_segment", customer.market_segment)),
        (_("Faixa de contrato"), word("contract_band", row.get("contract_band")),
         word("contract_band", customer.contract_band)),
        (_("Linhas ativas"), number(row.get("active_lines")), number(customer.active_lines)),
        (_("MRR"), money(row.get("mrr")), money(customer.mrr)),
        (_("Responsável"), row.get("owner_id"), customer.owner_id),
        (_("Segmento"), segment.get("segment_name"), customer.segment_name),
        (_("Estágio de vida"), segment.get("life_stage"), customer.life_stage),
        (_("Risco de churn"), percent(scores.get("churn_90d")), percent(customer.churn_90d)),
        (_("Saúde"), number(scores.get("health")), number(customer.health)),
    ]  # fmt: skip
    heads = [Column(_("Campo")), Column(day(row["as_of"])), Column(_("Agora, %(day)s") % {"day": day(customer.as_of)})]
    return Table(heads, rows)
