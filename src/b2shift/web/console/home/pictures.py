"""Charts that more than one home page shows."""

from collections.abc import Mapping

from django.utils.translation import gettext as _

from b2shift.web.console.addresses import customers_url
from b2shift.web.console.charts import Chart, Column, Table
from b2shift.web.console.formats import money_short, percent
from b2shift.web.console.wording import word
from b2shift.web.crm.totals import Totals

STAGES = ("Novos", "Em Expansão", "Fiéis", "Estratégicos")


def risk_by_stage(parts: Mapping[str, Totals]) -> Chart | None:
    """MRR in high risk against the rest, by life stage."""
    rows = [
        (stage, totals, totals.risky_mrr)
        for stage, totals in ((stage, parts.get(stage)) for stage in STAGES)
        if totals is not None and totals.mrr and totals.risky_mrr is not None
    ]
    if not rows:
        return None
    stage, worst, most = max(rows, key=lambda row: row[2])
    reading = _("O risco alto está sobretudo em %(stage)s: %(money)s, %(share)s do MRR deles.")
    if not most:
        reading = _("Nenhum cliente com MRR em risco alto.")
    return Chart(
        name="risco-por-estagio",
        kind="stacked",
        title=_("MRR por estágio de vida e risco"),
        reading=reading
        % {
            "stage": word("life_stage", stage),
            "money": money_short(most),
            "share": percent(most / worst.mrr),
        },
        table=Table(
            [
                Column(_("Estágio de vida"), "", "x"),
                Column(_("MRR de clientes em risco alto"), "money", "value", tone="bad"),
                Column(_("Demais MRR"), "money", "value", tone="muted"),
                Column(_("Clientes"), "number"),
                Column(_("Clientes do estágio"), "", "link"),
            ],
            [
                (
                    word("life_stage", stage),
                    risky,
                    totals.mrr - risky,
                    totals.customers,
                    customers_url(life_stage=stage),
                )
                for stage, totals, risky in rows
            ],
        ),
        note=_("MRR do último mês fechado; risco alto é a faixa do score de churn em 90 dias."),
        options={"upright": False},
        size="short",
    )
