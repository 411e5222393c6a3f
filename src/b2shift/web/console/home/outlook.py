"""What the executive looks ahead to: the forecast with its interval, the base by health, effects that were measured."""

from dataclasses import replace

from django.db.models import Count, QuerySet, Sum
from django.utils.translation import gettext as _

from b2shift.insight.contracts import Answer
from b2shift.kernel.errors import B2ShiftError
from b2shift.learn.contracts import Measure
from b2shift.metrics.contracts import Horizon, TypedQuery
from b2shift.web.accounts.models import User
from b2shift.web.accounts.permissions import Capability, may
from b2shift.web.console.addresses import customers_url
from b2shift.web.console.ask.figures import chart_of
from b2shift.web.console.charts import Chart, Column, Table
from b2shift.web.console.effects.pictures import campaigns_picture
from b2shift.web.console.effects.words import sentence
from b2shift.web.console.formats import percent
from b2shift.web.crm.cache import cache_key, cached
from b2shift.web.crm.campaign_effects import measured_campaigns, measured_together
from b2shift.web.crm.models import Customer
from b2shift.web.crm.questions import answer

BANDS = ((0, 40), (40, 60), (60, 80), (80, 101))


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
    """What campaigns did to purchases, told by the customers left out by lot; the sentence of all of them together."""
    if not may(user, Capability.EFFECTS):
        return None
    campaigns = measured_campaigns(user)
    measure = next((one for one in Measure if any(result.effect(one) for result in campaigns)), None)
    picture = campaigns_picture(campaigns, measure, "efeito-das-acoes") if measure else None
    if picture is None:
        return None
    told = sentence(measured_together(user), campaigns)
    return replace(picture, title=_("Efeito medido das campanhas"), reading=told)
