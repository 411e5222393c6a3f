"""The administrator's page: who may enter, what was done, whether the data arrived."""

from django.db.models import Count
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from b2shift.web.accounts.models import Token, User
from b2shift.web.accounts.roles import Role
from b2shift.web.console.audit.trail_page import visible_events
from b2shift.web.console.decorators import AuthenticatedRequest
from b2shift.web.console.formats import number
from b2shift.web.console.quality.sources import sources_of
from b2shift.web.crm.current import newest_publication

EVENTS_SHOWN = 8


def page(request: AuthenticatedRequest) -> dict[str, object]:
    """People by role, the newest events, the delivery."""
    counts = dict(User.objects.filter(is_active=True).order_by().values_list("role").annotate(n=Count("pk")))
    sources = sources_of(request.user)
    return {
        "roles": [(str(role.label), role.value, counts.get(role.value, 0)) for role in Role],
        "active": sum(counts.values()),
        "inactive": User.objects.filter(is_active=False).count(),
        "keys": Token.objects.filter(revoked_at=None, expires_at__gt=timezone.now()).count(),
        "events": list(visible_events(request.user).select_related("actor")[:EVENTS_SHOWN]),
        "publication": newest_publication(),
        "sources": sources,
        "troubled": [row for row in sources if row.troubled],
        "sentence": _sentence(sum(counts.values()), sum(row.troubled for row in sources)),
    }


def _sentence(active: int, troubled: int) -> str:
    text = ngettext("%(count)s pessoa com acesso", "%(count)s pessoas com acesso", active) % {"count": number(active)}
    if troubled:
        trouble = ngettext("%(count)s fonte pede atenção", "%(count)s fontes pedem atenção", troubled)
        text += "; " + trouble % {"count": number(troubled)}
    elif newest_publication() is None:
        text += "; " + _("nenhum dado publicado")
    return text + "."
