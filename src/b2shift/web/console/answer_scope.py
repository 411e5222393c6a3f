"""Whose rows an answer counted, in words: names of people and units for their codes, in the language of the page."""

import re

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from b2shift.web.accounts.roles import BusinessUnit
from b2shift.web.crm.models import VendorUser

_PARTS: dict[str, str | Promise] = {
    "carteira de": _("carteira de %(names)s"),
    "estados": _("estados %(names)s"),
    "unidade": _("unidade %(names)s"),
}
_PART = re.compile(r"(carteira de|estados|unidade) (.+?)(?= e (?:estados|unidade) |$)")
_SEVERAL = re.compile(r"(\d+) responsáveis")
_NOBODY: dict[str, str | Promise] = {"ninguém": _("ninguém"), "nenhum": _("nenhum"), "nenhuma": _("nenhuma")}
_WHOLE = "toda a base"


def scope_words(scope: str) -> str:
    """A scope as the metrics describe it, in words."""
    if scope == _WHOLE:
        return gettext("toda a base")
    parts = _PART.findall(scope)
    if not parts:
        return scope
    names = _names(scope)
    told = [str(_PARTS[what]) % {"names": _listed(codes, names)} for what, codes in parts]
    return gettext(" e ").join(told)


def _names(scope: str) -> dict[str, str]:
    codes = re.findall(r"\w+", scope)
    names = dict(VendorUser.objects.filter(pk__in=codes).values_list("pk", "name"))
    return names | {code: str(name) for code, name in BusinessUnit.choices}


def _listed(codes: str, names: dict[str, str]) -> str:
    if several := _SEVERAL.fullmatch(codes):
        return gettext("%(n)s responsáveis") % {"n": several[1]}
    return str(_NOBODY.get(codes) or ", ".join(names.get(code, code) for code in codes.split(", ")))
