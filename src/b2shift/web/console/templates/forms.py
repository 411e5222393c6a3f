"""The form of a message template: its fields as typed, and the template they validate to, or errors by field."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from django.http import QueryDict
from django.utils.translation import gettext as _
from pydantic import ValidationError

from b2shift.interact.api import message_fields_in
from b2shift.interact.contracts import MessageTemplate
from b2shift.kernel.errors import InputError

FIELDS = ("name", "subject", "text", "short", "whatsapp")
_WITH_FIELDS = ("subject", "text", "short")


@dataclass(frozen=True)
class TemplateForm:
    """The fields as typed; `template` when they validate, else `errors` by field."""

    values: Mapping[str, str]
    template: MessageTemplate | None = None
    errors: Mapping[str, str] = field(default_factory=dict)


def initial_form(one: MessageTemplate) -> TemplateForm:
    """The form of a template."""
    return TemplateForm({name: getattr(one, name) or "" for name in FIELDS}, one)


def bound_form(data: QueryDict, before: MessageTemplate) -> TemplateForm:
    """What a posted form says of the template of a kind; a field there is not is fields with its near names."""
    values = {name: data.get(name, "").replace("\r\n", "\n").strip() for name in FIELDS}
    fields = {**before.model_dump(), **values, "whatsapp": values["whatsapp"] or None}
    errors: dict[str, str] = {}
    try:
        made = MessageTemplate.model_validate(fields)
    except ValidationError as error:
        errors = {str(one["loc"][0]): _error_text(str(one["loc"][0])) for one in error.errors()}
    for name in _WITH_FIELDS:
        try:
            message_fields_in(values[name])
        except InputError as error:
            value = f": {error.value}" if error.value is not None else ""
            errors.setdefault(name, f"{error.what}{value}. {error.hint or ''}".strip())
    return TemplateForm(values, None, errors) if errors else TemplateForm(values, made)


def _error_text(name: str) -> str:
    return {
        "name": _("De 1 a 120 caracteres."),
        "subject": _("De 3 a 150 caracteres."),
        "text": _("De 3 a 8.000 caracteres."),
        "short": _("De 3 a 700 caracteres."),
        "whatsapp": _("Só letras minúsculas, números e _, como o WhatsApp o conhece."),
    }.get(name, _("Este campo não pode ser lido."))
