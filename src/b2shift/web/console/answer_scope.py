"""Whose rows an answer counted, in words: names of people and units for their codes, in the language of the page."""

from b2shift.metrics.contracts import Scope
from b2shift.web.accounts.units import house_units
from b2shift.web.console.wording import shipped
from b2shift.web.crm.models import VendorUser


def scope_words(scope: Scope | str) -> str:
    """A scope in words; one that a former release kept as text, as it is written."""
    if isinstance(scope, str):
        return scope
    names = dict(VendorUser.objects.filter(pk__in=scope.owners or ()).values_list("pk", "name"))
    return scope.described(shipped, names | house_units().names)
