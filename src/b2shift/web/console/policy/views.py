"""`/regua/`: the rules in force."""

from django.http import HttpResponse
from django.shortcuts import render

from b2shift.web.accounts.permissions import Capability, may
from b2shift.web.console.doors import AskedBy, door
from b2shift.web.console.policy.rulebook import policy_version, rulebook, sentence


@door(Capability.RULES)
def index(request: AskedBy) -> HttpResponse:
    """Every rule by archetype."""
    chapters = rulebook(request.user)
    told = {
        "chapters": chapters,
        "sentence": sentence(chapters),
        "version": policy_version(request.user),
        "counts_due": may(request.user, Capability.PROPOSALS),
        "counts_audience": may(request.user, Capability.OVERVIEW),
        "links_segments": may(request.user, Capability.SEGMENTS),
    }
    return render(request, "console/rules/index.html", told)
