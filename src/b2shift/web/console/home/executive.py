"""The executive's page: the health of the base at a glance, and the risk in money."""

from urllib.parse import urlencode

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from b2shift.kernel.calendar import add_months
from b2shift.web.console.addresses import address, customers_url
from b2shift.web.console.charts import Chart, Column, Table
from b2shift.web.console.decorators import AuthenticatedRequest
from b2shift.web.console.formats import money_short, month, percent
from b2shift.web.console.goals.progress import progress_of
from b2shift.web.console.home.attention import riskiest
from b2shift.web.console.home.outlook import effects_of, foreseen, health_of
from b2shift.web.console.home.pictures import risk_by_stage
from b2shift.web.console.wording import shipped
from b2shift.web.crm.reading import SegmentFigures, visible_customers, visible_segments
from b2shift.web.crm.revenue import BaseMonth, Bridge, revenue_delivered, visible_bridge, visible_revenue
from b2shift.web.crm.totals import Totals, totals_by, totals_of
from b2shift.web.watch.goals import goals_of


def page(request: AuthenticatedRequest) -> dict[str, object]:
    """Money first, then where it is at risk."""
    seen = visible_customers(request.user)
    totals = totals_of(seen)
    months = visible_revenue(request.user)
    return {
        "totals": totals,
        "arr": totals.mrr * 12,
        "growth": _growth(months),
        "revenue": _revenue(months),
        "bridge": bridge_picture(visible_bridge(request.user)),
        "segments": _segments(visible_segments(request.user)),
        "stages": risk_by_stage(totals_by(seen, "life_stage")),
        "risky": riskiest(seen),
        "forecast": foreseen(request.user),
        "health": health_of(seen),
        "effects": effects_of(request.user),
        "goals": [progress_of(request.user, goal) for goal in goals_of(request.user)],
        "sentence": _sentence(totals),
    }


def _sentence(totals: Totals) -> str:
    if not totals.mrr and not revenue_delivered():
        return _("As entregas não trouxeram receita recorrente.")
    if not totals.mrr:
        return _("Nenhum cliente com receita recorrente na data de referência.")
    if totals.risky_mrr is None:
        return _("%(mrr)s de MRR; os dados não têm sinal que baste para dizer o risco de churn.") % {
            "mrr": money_short(totals.mrr)
        }
    return _("%(mrr)s de MRR; %(share)s dele, %(risk)s, em clientes de risco alto de churn em 90 dias.") % {
        "mrr": money_short(totals.mrr),
        "share": percent(totals.risky_mrr / totals.mrr, 1),
        "risk": money_short(totals.risky_mrr),
    }


def _growth(months: tuple[BaseMonth, ...]) -> float | None:
    """MRR of the newest month over the one 12 months before, minus one."""
    if len(months) < 13 or not months[-13].mrr:
        return None
    return float(months[-1].mrr / months[-13].mrr) - 1


def _revenue(months: tuple[BaseMonth, ...]) -> Chart | None:
    if len(months) < 2:
        return None
    growth = _growth(months)
    reading = _("%(mrr)s em %(month)s") % {"mrr": money_short(months[-1].mrr), "month": month(months[-1].month)}
    if growth is not None:
        word = _("%(share)s acima de 12 meses antes") if growth >= 0 else _("%(share)s abaixo de 12 meses antes")
        reading += "; " + word % {"share": percent(abs(growth), 1)}
    return Chart(
        name="mrr-da-base",
        kind="line",
        title=_("MRR da base por mês"),
        reading=f"{reading}.",
        table=Table(
            [
                Column(_("Mês"), "month", "x"),
                Column(_("MRR"), "money", "value"),
                Column(_("Clientes com receita"), "number"),
            ],
            [(one.month, one.mrr, one.customers) for one in months],
        ),
        note=_("Soma do livro de receita mensal em cada mês fechado; até 24 meses."),
        options={"area": True},
    )


def bridge_picture(bridge: Bridge | None) -> Chart | None:
    """Start, what came and grew, what shrank and left, end: the parts add up."""
    if bridge is None:
        return None
    kept = bridge.end - bridge.start
    word = _("O MRR subiu %(size)s em 12 meses: %(gained)s entraram e %(lost)s saíram.")
    if kept < 0:
        word = _("O MRR caiu %(size)s em 12 meses: %(gained)s entraram e %(lost)s saíram.")
    gained, lost = bridge.new + bridge.reactivated + bridge.expansion, bridge.contraction + bridge.churned
    steps = [
        (pgettext("ponte da receita", "Início"), bridge.start, True, ""),
        (_("Novos"), bridge.new, False, _("novos clientes por segmento nos últimos 12 meses")),
        (_("Reativados"), bridge.reactivated, False, ""),
        (_("Expansão"), bridge.expansion, False, _("MRR de expansão por segmento nos últimos 12 meses")),
        (_("Contração"), -bridge.contraction, False, ""),
        (_("Cancelado"), -bridge.churned, False, _("MRR cancelado por segmento nos últimos 12 meses")),
        (_("Fim"), bridge.end, True, ""),
    ]
    ask = address("console:ask")
    return Chart(
        name="ponte-da-receita",
        kind="waterfall",
        title=_("Ponte da receita"),
        reading=word % {"size": money_short(abs(kept)), "gained": money_short(gained), "lost": money_short(lost)},
        table=Table(
            [
                Column(_("Passo"), "", "x"),
                Column(_("MRR"), "money", "value"),
                Column("", "", "total"),
                Column("", "", "link"),
            ],
            [
                (name, value, total, f"{ask}?{urlencode({'pergunta': question})}" if question else "")
                for name, value, total, question in steps
            ],
        ),
        note=_("Do fim de %(first)s ao fim de %(last)s; os passos somam o fim.")
        % {"first": month(add_months(bridge.first, -1)), "last": month(bridge.last)},
        twin=Table([Column(_("Passo"), ""), Column(_("MRR"), "money")], [(n, v) for n, v, _t, _q in steps]),
    )


def _segments(segments: list[SegmentFigures]) -> Chart | None:
    rows = sorted((one for one in segments if one.mrr), key=lambda one: -one.mrr)
    if len(rows) < 2:
        return None
    whole = sum(one.mrr for one in rows)
    return Chart(
        name="mrr-por-segmento",
        kind="bar",
        title=_("MRR por segmento"),
        reading=_("%(name)s traz %(share)s do MRR.")
        % {"name": shipped(rows[0].segment.name), "share": percent(rows[0].mrr / whole)},
        table=Table(
            [
                Column(_("Segmento"), "", "x"),
                Column(_("MRR"), "money", "value"),
                Column(_("Clientes"), "number"),
                Column(_("Risco médio de churn"), "percent:1"),
                Column(_("Saúde média"), "number"),
                Column(_("Clientes do segmento"), "", "link"),
            ],
            [
                (
                    one.segment.name,
                    one.mrr,
                    one.customers,
                    one.churn_mean,
                    one.health_mean,
                    customers_url(segment=one.segment.segment_id),
                )
                for one in rows
            ],
        ),
        note=_("MRR do último mês fechado dos clientes de cada segmento."),
    )
