"""What the executive looks ahead to: the forecast with its interval, the base by health, effects that were measured."""

import math

from django.db.models import Count, QuerySet, Sum
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from b2shift.insight.contracts import Answer
from b2shift.kernel.errors import B2ShiftError
from b2shift.lake.api import Lake
from b2shift.metrics.contracts import Horizon, TypedQuery
from b2shift.web.accounts.models import User
from b2shift.web.console.addresses import customers_url
from b2shift.web.console.ask.figures import chart_of
from b2shift.web.console.charts import Chart, Column, Table
from b2shift.web.console.formats import number, percent
from b2shift.web.crm.cache import cache_key, cached
from b2shift.web.crm.lake import lake
from b2shift.web.crm.models import Customer
from b2shift.web.crm.questions import answer
from b2shift.web.crm.reading import sees_whole_base

BANDS = ((0, 40), (40, 60), (60, 80), (80, 101))
FEWEST = 30
"""Customers in each arm below which an effect is not told."""
_ARMS = """
WITH assigned AS (SELECT campaign_id, customer_id, max((variant = 'control')::INTEGER) AS control FROM campaign_events
WHERE kind = 'assigned' AND customer_id IS NOT NULL GROUP BY 1, 2),
bought AS (SELECT DISTINCT campaign_id, customer_id FROM campaign_events WHERE kind = 'purchase')
SELECT a.campaign_id AS campaign, count(*) FILTER (a.control = 0) AS treated, count(*) FILTER (a.control = 1) AS held,
count(b.customer_id) FILTER (a.control = 0) AS treated_bought,
count(b.customer_id) FILTER (a.control = 1) AS held_bought
FROM assigned a LEFT JOIN bought b USING (campaign_id, customer_id) GROUP BY 1 ORDER BY 1
"""


def foreseen(user: User) -> Chart | None:
    """MRR of the next months with its interval of 80 %; nothing where the history is too short."""
    try:
        result = answer(user, TypedQuery(intent="forecast", metrics=("mrr",), forecast=Horizon()))
    except B2ShiftError:
        return None
    if not isinstance(result, Answer) or not result.narrative:
        return None
    chart = chart_of(result, "previsao-do-mrr", _("Previsão do MRR"))
    if chart is None:
        return None
    return Chart(
        chart.name,
        chart.kind,
        chart.title,
        result.narrative[0],
        chart.table,
        note=" ".join(result.notes),
        options=chart.options,
    )


def health_of(seen: QuerySet[Customer]) -> Chart | None:
    """Customers and their MRR by band of health."""
    return cached(("health", cache_key(seen)), lambda: _health_of(seen))


def _health_of(seen: QuerySet[Customer]) -> Chart | None:
    rows = []
    for low, high in BANDS:
        found = seen.filter(health__gte=low, health__lt=high).aggregate(n=Count("pk"), mrr=Sum("mrr"))
        link = "" if low else customers_url(health_max=f"{high - 0.01:g}")
        rows.append((f"{low} – {min(high, 100)}", found["n"], found["mrr"] or 0, link))
    whole = sum(count for _band, count, _mrr, _link in rows)
    if not whole:
        return None
    return Chart(
        name="saude-da-base",
        kind="bar",
        title=_("Saúde da base"),
        reading=_("%(share)s dos clientes com nota estão abaixo de 40.") % {"share": percent(rows[0][1] / whole, 1)},
        table=Table(
            [
                Column(_("Nota de saúde"), "", "x"),
                Column(_("Clientes"), "number", "value"),
                Column(_("MRR"), "mrr"),
                Column("", "", "link"),
            ],
            rows,
        ),
        note=_("Nota de saúde de hoje dos clientes que a têm."),
    )


def effects_of(user: User) -> Chart | None:
    """Purchases of who a campaign reached, less those of its control group; only where both are large.

    The interval of 95 % is Newcombe's (1998, method 10) for a difference of proportions.
    """
    read = lake()
    if not (sees_whole_base(user) and read.has("campaign_events")):
        return None
    return cached(("effects", read.version), lambda: _effects_in(read))


def _effects_in(read: Lake) -> Chart | None:
    rows = []
    for row in read.query(_ARMS).to_pylist():
        if min(row["treated"], row["held"]) >= FEWEST:
            change, low, high = difference(row["treated_bought"], row["treated"], row["held_bought"], row["held"])
            rows.append((row["campaign"], change, low, high, row["treated"], row["held"]))
    if not rows:
        return None
    rows.sort(key=lambda row: (-row[1], row[0]))
    sure = sum(1 for _c, _v, low, high, _t, _h in rows if low > 0 or high < 0)
    reading = ngettext(
        "%(sure)s de %(all)s campanhas difere do seu grupo de controle, com 95%% de confiança.",
        "%(sure)s de %(all)s campanhas diferem do seu grupo de controle, com 95%% de confiança.",
        sure,
    )
    if not sure:
        reading = _("Nenhuma das %(all)s campanhas difere do seu grupo de controle, com 95%% de confiança.")
    return Chart(
        name="efeito-das-acoes",
        kind="intervals",
        title=_("Efeito medido das campanhas"),
        reading=reading % {"sure": number(sure), "all": number(len(rows))},
        table=Table(
            [
                Column(_("Campanha"), "", "x"),
                Column(_("Diferença de conversão"), "percent:1", "value"),
                Column(_("De (95%)"), "percent:1", "low"),
                Column(_("Até (95%)"), "percent:1", "high"),
                Column(_("Clientes alcançados"), "number"),
                Column(_("Clientes no controle"), "number"),
            ],
            rows,
        ),
        note=_("Compras de quem recebeu menos as do grupo de controle; sem controle não há efeito a dizer."),
        options={"reference": 0},
    )


def difference(bought: int, treated: int, held_bought: int, held: int) -> tuple[float, float, float]:
    """The difference of two shares with Newcombe's interval of 95 %, from the Wilson intervals of both."""
    one, other = bought / treated, held_bought / held
    low_one, high_one = _wilson(bought, treated)
    low_other, high_other = _wilson(held_bought, held)
    change = one - other
    low = change - math.hypot(one - low_one, high_other - other)
    high = change + math.hypot(high_one - one, other - low_other)
    return change, low, high


def _wilson(found: int, n: int) -> tuple[float, float]:
    z, share = 1.96, found / n
    middle = (share + z * z / (2 * n)) / (1 + z * z / n)
    half = z * math.sqrt(share * (1 - share) / n + z * z / (4 * n * n)) / (1 + z * z / n)
    return middle - half, middle + half
