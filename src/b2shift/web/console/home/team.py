"""The manager's team: each person's portfolio side by side, and what is due across them."""

from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from b2shift.web.accounts.permissions import Capability, may
from b2shift.web.console.addresses import customers_url
from b2shift.web.console.charts import Chart, Column, Table
from b2shift.web.console.decorators import AuthenticatedRequest
from b2shift.web.console.formats import money, money_short, number
from b2shift.web.console.home.attention import riskiest
from b2shift.web.console.home.executor import due_this_week, most_urgent
from b2shift.web.crm.models import VendorUser
from b2shift.web.crm.reading import visible_customers, visible_proposals
from b2shift.web.crm.totals import Totals, totals_by, totals_of


@dataclass(frozen=True)
class Portfolio:
    """One person of the team and what their customers come to."""

    code: str
    name: str
    totals: Totals


def page(request: AuthenticatedRequest) -> dict[str, object]:
    """Portfolios by money at risk, then what is due and who asks for attention."""
    seen, due = visible_customers(request.user), visible_proposals(request.user)
    parts = totals_by(seen, "owner_id")
    names = dict(VendorUser.objects.filter(user_id__in=parts).values_list("user_id", "name"))
    team = sorted(
        (Portfolio(code or "", names.get(code, code or ""), totals) for code, totals in parts.items()),
        key=lambda one: (-(one.totals.risky_mrr or 0), -one.totals.mrr, one.code),
    )
    totals, week = totals_of(seen), due_this_week(due)
    return {
        "totals": totals,
        "team": team,
        "picture": _picture(team),
        "due": most_urgent(due),
        "due_week": week,
        "prepares": may(request.user, Capability.OUTREACH),
        "risky": riskiest(seen),
        "sentence": _sentence(totals, team, week),
    }


def _sentence(totals: Totals, team: list[Portfolio], due_week: int) -> str:
    if not totals.customers:
        return _("Sua equipe ainda não tem carteira.")
    people = ngettext("%(count)s carteira", "%(count)s carteiras", len(team)) % {"count": number(len(team))}
    parts = [people]
    if totals.risky_mrr is not None:
        parts.append(_("%(money)s de MRR de clientes em risco alto") % {"money": money_short(totals.risky_mrr)})
    if due_week:
        template = ngettext(
            "%(count)s contato para fazer em 7 dias", "%(count)s contatos para fazer em 7 dias", due_week
        )
        parts.append(template % {"count": number(due_week)})
    return "; ".join(parts) + "."


def _picture(team: list[Portfolio]) -> Chart | None:
    risky = [one for one in team if one.totals.risky_mrr]
    if len(team) < 2 or not risky:
        return None
    return Chart(
        name="risco-por-carteira",
        kind="bar",
        title=_("MRR de clientes em risco alto, por carteira"),
        reading=ngettext(
            "%(name)s tem a maior exposição: %(money)s em %(count)s cliente.",
            "%(name)s tem a maior exposição: %(money)s em %(count)s clientes.",
            risky[0].totals.risky,
        )
        % {
            "name": risky[0].name,
            "money": money(risky[0].totals.risky_mrr),
            "count": number(risky[0].totals.risky),
        },
        table=Table(
            [
                Column(_("Responsável"), "", "x"),
                Column(_("MRR de clientes em risco alto"), "money", "value", tone="bad"),
                Column(_("Clientes em risco alto"), "number"),
                Column(_("MRR da carteira"), "mrr"),
                Column(_("Clientes"), "", "link"),
            ],
            [
                (
                    one.name,
                    one.totals.risky_mrr,
                    one.totals.risky,
                    one.totals.mrr,
                    customers_url(owner=one.code, churn_band="alto"),
                )
                for one in team
            ],
        ),
        note=_("Soma do MRR dos clientes na faixa de risco alto de churn em 90 dias."),
    )
