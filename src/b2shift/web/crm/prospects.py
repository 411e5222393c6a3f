"""Companies that are no customers, as far as a person may know them: all of them, or those they look after."""

from b2shift.identify.api import ProspectCompany, prospect_company
from b2shift.kernel.errors import LakeEmptyError
from b2shift.web.accounts.models import User
from b2shift.web.accounts.permissions import Capability, Scope, may, scope_of
from b2shift.web.crm.lake import lake
from b2shift.web.crm.reading import portfolio


def visible_prospect(user: User, code: str) -> ProspectCompany | None:
    """The company of a prospect's code when the person sees it: their own record or deal, unless they see all."""
    if not may(user, Capability.CUSTOMERS):
        return None
    try:
        found = prospect_company(lake(), code)
    except LakeEmptyError:
        return None
    owners = followed(user)
    return found if found is None or owners is None or set(owners) & set(found.owners) else None


def followed(user: User) -> list[str] | None:
    """The sellers whose prospects the person sees; None: everybody's."""
    return None if scope_of(user) is Scope.ALL else portfolio(user)
