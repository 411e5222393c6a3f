"""`/etapas/`: 14 stages in 4 phases, how many customers stand on each, and who they are."""

from itertools import groupby

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from b2shift.kernel.errors import UnknownNameError
from b2shift.web.accounts.permissions import Capability
from b2shift.web.console.addresses import customers_url
from b2shift.web.console.charts import Chart, Column, Table
from b2shift.web.console.decorators import AuthenticatedRequest, access_required
from b2shift.web.console.formats import number, percent
from b2shift.web.console.wording import shipped
from b2shift.web.crm.stages import MOST_SHOWN, StageRow, of_stage, stages


@access_required(Capability.CUSTOMERS)
def index(request: AuthenticatedRequest) -> HttpResponse:
    """The map, and with `etapa` the customers of one stage, those of one segment with `segmento`."""
    rows = stages(request.user)
    wanted = request.GET.get("etapa", "")
    if wanted and wanted not in {row.stage for row in rows}:
        raise UnknownNameError("etapa", wanted[:40], [row.stage for row in rows])
    context = {
        "sentence": _sentence(rows),
        "picture": _picture(rows),
        "phases": [(phase, list(group)) for phase, group in groupby(rows, key=lambda row: row.phase)],
        "wanted": wanted,
        "people": of_stage(request.user, wanted, request.GET.get("segmento", "")) if wanted else [],
        "most": MOST_SHOWN,
    }
    return render(request, "console/stages/index.html", context)


def _picture(rows: list[StageRow]) -> Chart | None:
    """How many customers stand on each stage, in the order of the journey; a bar opens them."""
    if not any(row.customers for row in rows):
        return None
    most = max(rows, key=lambda row: row.customers)
    risky = max((row for row in rows if row.risk is not None), key=lambda row: row.risk or 0, default=None)
    text = _("A maior: %(stage)s, %(customers)s.") % {"stage": shipped(most.stage), "customers": number(most.customers)}
    if risky is not None:
        text += " " + _("A de maior risco médio: %(stage)s, %(risk)s.") % {
            "stage": shipped(risky.stage),
            "risk": percent(risky.risk, 1),
        }
    columns = [
        Column(_("Etapa"), "", "x"), Column(_("Clientes"), "number", "value"), Column(_("MRR"), "mrr"),
        Column(_("Risco médio de churn"), "percent:1"), Column("", "", "link"),
    ]  # fmt: skip
    drawn = [
        (row.stage, row.customers, row.mrr, row.risk, customers_url(stage=row.stage) if row.customers else "")
        for row in rows
    ]
    return Chart(
        name="clientes-por-etapa",
        kind="bar",
        title=_("Clientes em cada etapa"),
        reading=text,
        table=Table(columns, drawn),
        size="tall",
    )


def _sentence(rows: list[StageRow]) -> str:
    if not rows:
        return _("A jornada ainda não foi mapeada.")
    most = max(rows, key=lambda row: row.customers)
    return _("%(count)s clientes em 14 etapas; a maior parte em %(stage)s (%(most)s).") % {
        "count": number(sum(row.customers for row in rows)),
        "stage": shipped(most.stage),
        "most": number(most.customers),
    }
