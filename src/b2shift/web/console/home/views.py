"""`/`: one page per role."""

from collections.abc import Callable

from django.http import HttpResponse
from django.shortcuts import render

from b2shift.web.accounts.permissions import Capability, may
from b2shift.web.accounts.roles import Role
from b2shift.web.console.decorators import AuthenticatedRequest, access_required
from b2shift.web.console.home import administrator, analyst, executive, executor, marketing, team
from b2shift.web.crm.current import newest_publication
from b2shift.web.crm.reading import unlinked

# Each role's page: what it tells, shown by the template of the role's name.
PAGES: dict[Role, Callable[[AuthenticatedRequest], dict[str, object]]] = {
    Role.EXECUTIVE: executive.page,
    Role.MARKETING: marketing.page,
    Role.ANALYST: analyst.page,
    Role.MANAGER: team.page,
    Role.EXECUTOR: executor.page,
    Role.ADMINISTRATOR: administrator.page,
}


@access_required()
def index(request: AuthenticatedRequest) -> HttpResponse:
    """What matters to this person now; before the first publication, what there is to do."""
    role = Role(request.user.role)
    if newest_publication() is None and role is not Role.ADMINISTRATOR:
        loads = may(request.user, Capability.SOURCES)
        return render(request, "console/home/nothing_yet.html", {"loads": loads})
    if unlinked(request.user):
        return render(request, "console/home/unlinked.html")
    return render(request, f"console/home/{role.value}.html", PAGES[role](request))
