"""Changes of the rules of contact as people read them."""

import re
from collections.abc import Iterable

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from b2shift.interact.contracts import FieldChange, PolicyChange
from b2shift.web.console.formats import NOTHING, number
from b2shift.web.console.policy.fields import ASKED
from b2shift.web.console.wording import word

_THINGS: dict[str, str | Promise] = {
    "rules": gettext_lazy("Regra"),
    "archetypes": gettext_lazy("Arquétipo"),
    "caps": gettext_lazy("Grupo"),
    "capacities": gettext_lazy("Capacidade"),
    "limits": gettext_lazy("Proteções"),
    "themes": gettext_lazy("Temas"),
    "silences": gettext_lazy("Silêncios"),
}
_KINDS = {"caps": "cap_group", "capacities": "owner_role"}
_FIELDS: dict[str, str | Promise] = {
    "version": gettext_lazy("Rótulo da versão"),
    "name": gettext_lazy("Nome"),
    "theme": gettext_lazy("Tema"),
    "kind": gettext_lazy("Tipo"),
    "action": gettext_lazy("Ação"),
    "objective": gettext_lazy("Objetivo"),
    "message": gettext_lazy("Mensagem"),
    "channels": gettext_lazy("Canais"),
    "owner_role": gettext_lazy("Quem age"),
    "priority": gettext_lazy("Prioridade"),
    "due_days": gettext_lazy("Prazo em dias úteis"),
    "cooldown_days": gettext_lazy("Descanso em dias"),
    "cap_group": gettext_lazy("Grupo"),
    "trigger": gettext_lazy("Gatilho"),
    "audience": gettext_lazy("Público"),
    "about": gettext_lazy("Descrição"),
    "profile": gettext_lazy("Perfil"),
}
_LISTS = {"channels": "channel", "kind": "kind", "owner_role": "owner_role", "cap_group": "cap_group"}


def in_words(changes: Iterable[PolicyChange]) -> list[str]:
    """One sentence a change of a value; what was added, removed or is too long to quote is named."""
    return [line for change in changes for line in _lines(change)]


def _lines(change: PolicyChange) -> list[str]:
    thing = str(_THINGS.get(change.section, change.section))
    if change.key:
        kind = _KINDS.get(change.section)
        thing = f"{thing} {word(kind, change.key) if kind else change.key}"
    if change.sign == "+":
        return [_("%(thing)s: entra") % {"thing": thing}]
    if change.sign == "-":
        return [_("%(thing)s: sai") % {"thing": thing}]
    if not change.fields:
        return [_("%(thing)s: muda") % {"thing": thing}]
    if change.section in {"", "limits"}:
        return [_said(change.section, one) for one in change.fields]
    return [f"{thing}: {_said(change.section, one)}" for one in change.fields]


def _said(section: str, one: FieldChange) -> str:
    place = f"{section}.{'*.' if section in _KINDS else ''}" if section else ""
    asked = ASKED.get(re.sub(r"\.\d+\.", ".*.", f"{place}{one.name}"))
    label = asked.label if asked else _FIELDS.get(one.name, one.name)
    kind = asked.kind if asked else _LISTS.get(one.name, "")
    scale = asked.scale if asked else 1
    before, after = (_shown(value, kind, scale) for value in (one.before, one.after))
    if before is None or after is None:
        return _("%(what)s muda") % {"what": label}
    unit = f" {asked.unit}" if asked and asked.unit else ""
    return f"{label}: {before} → {after}{unit}"


def _shown(value: object, kind: str, scale: int) -> str | None:
    """A value worth quoting; None for groups of fields."""
    if value is None:
        return NOTHING
    if isinstance(value, bool):
        return _("sim") if value else _("não")
    if isinstance(value, int | float):
        shown = round(value * scale, 6)
        return number(shown, 0 if shown == int(shown) else 1)
    if isinstance(value, str):
        return word(kind, value) if kind else value
    if isinstance(value, list) and all(isinstance(one, str) for one in value):
        return ", ".join(word(kind, one) if kind else one for one in value) or _("nenhum")
    return None
