"""Filters of the pages about people and their trail."""

import json
from collections.abc import Mapping
from typing import Any

from django import template
from django.utils.translation import gettext as _

from b2shift.web.accounts.models import User
from b2shift.web.accounts.roles import BusinessUnit, Role
from b2shift.web.console.formats import NOTHING
from b2shift.web.ledger.models import AuditEvent

register = template.Library()


@register.filter
def of(values: Mapping[Any, Any], key: Any) -> Any:
    """The value of a mapping at a key that a template holds in a variable."""
    return values.get(key)


@register.filter
def change_words(event: AuditEvent) -> str:
    """What an event says was done, finer than its action where the details tell."""
    words = {
        ("person", "created"): _("Criou a pessoa"),
        ("person", "changed"): _("Alterou a pessoa"),
        ("person", "password_reset"): _("Criou senha nova"),
        ("team", "created"): _("Criou a equipe"),
        ("team", "changed"): _("Alterou a equipe"),
    }
    what = event.details.get("what", "") if isinstance(event.details, dict) else ""
    return words.get((event.object_kind, what), event.get_action_display())


@register.filter
def changed_fields(event: AuditEvent) -> list[str]:
    """Each field a person's event changed, before and after: `papel: Executor → Gestor`."""
    fields = event.details.get("fields", {}) if isinstance(event.details, dict) else {}
    if event.object_kind != "person":
        return []
    return [f"{_label(name)}: {_told(name, pair[0])} → {_told(name, pair[1])}" for name, pair in fields.items()]


@register.filter
def as_json(details: Mapping[str, Any]) -> str:
    """Details as they are stored, with their accents."""
    return json.dumps(details, ensure_ascii=False, sort_keys=True)


def _label(name: str) -> str:
    return str(User._meta.get_field(name).verbose_name)


def _told(name: str, value: Any) -> str:
    if value is None or value == "":
        return NOTHING
    if name == "is_active":
        return _("sim") if value else _("não")
    words = {"role": Role.choices, "business_unit": BusinessUnit.choices}.get(name, [])
    return str(dict(words).get(value, value))
