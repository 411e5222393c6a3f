"""`/regua/`: the rules in force."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from b2shift.web.accounts.permissions import Capability, may
from b2shift.web.console.decorators import AuthenticatedRequest, access_required, is_htmx_request
from b2shift.web.console.filter_bar import Field, chips_of
from b2shift.web.console.policy.rulebook import archetypes_of, policy_version, rulebook, sentence
from b2shift.web.crm.catalogue import visible_rules


@access_required(Capability.RULES)
def index(request: AuthenticatedRequest) -> HttpResponse:
    """Every rule by whom it serves; `?archetype=` keeps what serves one archetype."""
    archetype = request.GET.get("archetype", "").strip()
    chapters = rulebook(request.user, archetype)
    names = archetypes_of(visible_rules(request.user))
    field = Field("archetype", _("Arquétipo"), archetype, tuple((name, name) for name in names))
    context = {
        "chapters": chapters,
        "sentence": sentence(chapters),
        "version": policy_version(request.user),
        "first_fields": [field],
        "chips": chips_of([field], request.GET),
        "may_steer": may(request.user, Capability.STEER_RULES),
        "counts_due": may(request.user, Capability.PROPOSALS),
        "counts_audience": may(request.user, Capability.OVERVIEW),
        "links_segments": may(request.user, Capability.SEGMENTS),
    }
    return render(request, f"console/rules/{'list' if is_htmx_request(request) else 'index'}.html", context)
