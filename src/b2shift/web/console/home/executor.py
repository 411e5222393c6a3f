"""The executor's day: what is due, who asks for attention, how the portfolio stands."""

from datetime import timedelta

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from b2shift.web.accounts.permissions import Capability, may
from b2shift.web.console.decorators import AuthenticatedRequest
from b2shift.web.console.formats import money_short, number
from b2shift.web.console.home.attention import most_overdue, riskiest
from b2shift.web.console.home.pictures import risk_by_stage
from b2shift.web.crm.current import newest_publication
from b2shift.web.crm.models import Proposal
from b2shift.web.crm.paging import count_of
from b2shift.web.crm.reading import visible_customers, visible_proposals
from b2shift.web.crm.totals import Totals, totals_by, totals_of

DUE_SHOWN = 6
WEEK = timedelta(days=7)


def page(request: AuthenticatedRequest) -> dict[str, object]:
    """Own due contacts first, then customers at risk and money late."""
    seen, due = visible_customers(request.user), visible_proposals(request.user)
    totals = totals_of(seen)
    week = due_this_week(due)
    return {
        "totals": totals,
        "due": most_urgent(due),
        "due_week": week,
        "prepares": may(request.user, Capability.OUTREACH),
        "risky": riskiest(seen),
        "overdue": most_overdue(seen),
        "picture": risk_by_stage(totals_by(seen, "life_stage")),
        "sentence": sentence(totals, week),
    }


def most_urgent(due: QuerySet[Proposal], shown: int = DUE_SHOWN) -> list[Proposal]:
    """The due contacts to make first."""
    return list(due.order_by("-priority", "-proposal_id")[:shown])


def due_this_week(due: QuerySet[Proposal]) -> int:
    """How many should be made within seven days of the date of reference."""
    newest = newest_publication()
    return count_of(due.order_by().filter(due_on__lte=newest.as_of + WEEK)) if newest else 0


def sentence(totals: Totals, due_week: int) -> str:
    """What asks for attention today."""
    if not totals.customers:
        return _("Sua carteira está vazia.")
    parts = []
    if due_week:
        template = ngettext(
            "%(count)s contato para fazer em 7 dias", "%(count)s contatos para fazer em 7 dias", due_week
        )
        parts.append(template % {"count": number(due_week)})
    if totals.risky:
        template = ngettext("%(count)s cliente em risco alto", "%(count)s clientes em risco alto", totals.risky)
        parts.append(template % {"count": number(totals.risky)})
    if totals.overdue:
        parts.append(_("%(money)s em atraso") % {"money": money_short(totals.overdue)})
    return "; ".join(parts) + "." if parts else _("Nenhum cliente pede atenção na data de referência.")
