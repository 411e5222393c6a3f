"""Filters of the pages about people and their trail."""

import json
from collections.abc import Mapping
from typing import Any

from django import template
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from b2shift.web.accounts.models import User
from b2shift.web.accounts.roles import Role
from b2shift.web.accounts.units import unit_name
from b2shift.web.console.formats import NOTHING
from b2shift.web.crm.rejects import HIDDEN
from b2shift.web.ledger.models import AuditEvent
from b2shift.web.ledger.personal import Purpose

register = template.Library()


@register.filter
def of(values: Mapping[Any, Any], key: Any) -> Any:
    """The value of a mapping at a key that a template holds in a variable."""
    return values.get(key)


@register.filter
def doer_name(by: str) -> str:
    """Who did something, told by the address they sign in with: their name; the address of who is no user is hidden."""
    if "@" not in by:
        return by
    found = User.objects.filter(email__iexact=by).values_list("name", flat=True).first()
    return found or HIDDEN


@register.filter
def change_words(event: AuditEvent) -> str:
    """What an event says was done, finer than its action where the details tell."""
    words = {
        ("person", "created"): _("Criou a pessoa"),
        ("person", "changed"): _("Alterou a pessoa"),
        ("person", "password_reset"): _("Criou senha nova"),
        ("person", "own_password"): _("Trocou a própria senha"),
        ("person", "own_password_refused"): _("Errou a senha atual ao trocá-la"),
        ("team", "created"): _("Criou a equipe"),
        ("team", "changed"): _("Alterou a equipe"),
        ("rights_request", "opened"): _("Registrou o pedido"),
        ("rights_request", "taken"): _("Assumiu o pedido"),
        ("rights_request", "atendido"): _("Atendeu o pedido"),
        ("rights_request", "recusado"): _("Recusou o pedido, com justificativa"),
        ("policy", "adopted"): _("Colocou em vigor uma régua nova"),
        ("policy", "restored"): _("Voltou a uma régua de antes"),
    }
    what = event.details.get("what", "") if isinstance(event.details, dict) else ""
    return words.get((event.object_kind, what), event.get_action_display())


@register.filter
def changed_fields(event: AuditEvent) -> list[str]:
    """Each field a person's event changed, before and after: `papel: Executor → Gestor`."""
    fields = event.details.get("fields", {}) if isinstance(event.details, dict) else {}
    if event.object_kind != "person":
        return []
    return [
        f"{_label(name)}: {_detail_text(name, pair[0])} → {_detail_text(name, pair[1])}"
        for name, pair in fields.items()
    ]


_KINDS = {
    "person": gettext_lazy("pessoa"),
    "team": gettext_lazy("equipe"),
    "token": gettext_lazy("chave"),
    "customer": gettext_lazy("cliente"),
    "draft": gettext_lazy("contato preparado"),
    "segment": gettext_lazy("segmento"),
    "customers": gettext_lazy("lista de clientes"),
    "proposals": gettext_lazy("contatos devidos"),
    "contact": gettext_lazy("pessoa do cliente"),
    "data_subject": gettext_lazy("titular"),
    "erasure": gettext_lazy("eliminação"),
    "retention": gettext_lazy("prazos de guarda"),
    "rights_request": gettext_lazy("pedido de titular"),
    "policy": gettext_lazy("versão da régua"),
    "answer": gettext_lazy("resposta"),
    "campaign": gettext_lazy("campanha"),
    "channel": gettext_lazy("canal"),
    "journey": gettext_lazy("jornada"),
    "lake": gettext_lazy("versão dos dados"),
    "message": gettext_lazy("mensagem"),
    "metrics": gettext_lazy("métricas"),
    "prospect": gettext_lazy("prospect"),
    "question": gettext_lazy("pergunta"),
    "report": gettext_lazy("relatório"),
    "score": gettext_lazy("score"),
    "segmentation": gettext_lazy("segmentação"),
    "source": gettext_lazy("fonte"),
    "templates": gettext_lazy("modelos de mensagem"),
    "units": gettext_lazy("unidades de negócio"),
}
_CHANNELS = {
    "web": gettext_lazy("páginas"),
    "rest": gettext_lazy("API"),
    "cli": gettext_lazy("linha de comando"),
    "slack": gettext_lazy("Slack"),
    "report": gettext_lazy("relatório agendado"),
    "jornada": gettext_lazy("jornada"),
    "email": gettext_lazy("e-mail"),
    "whatsapp": gettext_lazy("WhatsApp"),
    "sms": gettext_lazy("SMS"),
}
_PAGES = {"person": "console:person", "team": "console:team"}


@register.filter
def object_word(kind: str) -> str:
    """The kind of thing an event is about; one nobody wrote a word for is told as it is stored."""
    return str(_KINDS.get(kind, kind))


@register.filter
def channel_word(channel: str) -> str:
    """The way by which an event came; one nobody wrote a word for is told as it is stored."""
    return str(_CHANNELS.get(channel, channel))


@register.filter
def purpose_word(purpose: str) -> str:
    """What personal data were read for, in words; a reason somebody wrote stays as it is written."""
    return str(dict(Purpose.choices).get(purpose, purpose))


@register.filter
def object_page(event: AuditEvent) -> str:
    """Where the thing an event is about can be looked at by who reads the trail; nothing when it cannot."""
    page = _PAGES.get(event.object_kind)
    return reverse(page, args=[int(event.object_id)]) if page and event.object_id.isdecimal() else ""


@register.filter
def as_json(details: Mapping[str, Any]) -> str:
    """Details as they are stored, with their accents."""
    return json.dumps(details, ensure_ascii=False, sort_keys=True)


def _label(name: str) -> str:
    return str(getattr(User._meta.get_field(name), "verbose_name", name))


def _detail_text(name: str, value: Any) -> str:
    if value is None or value == "":
        return NOTHING
    if name == "is_active":
        return _("sim") if value else _("não")
    if name == "business_unit":
        return unit_name(str(value))
    return str(dict(Role.choices).get(value, value) if name == "role" else value)
