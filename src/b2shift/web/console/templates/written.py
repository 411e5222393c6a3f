"""What a person wrote in the form of a template, and the template it says, when it says one."""

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
class Written:
    """The texts of the form; `template` when they say one, else `wrong` tells of each field why not."""

    values: Mapping[str, str]
    template: MessageTemplate | None = None
    wrong: Mapping[str, str] = field(default_factory=dict)


def form_of(one: MessageTemplate) -> Written:
    """The form of a template."""
    return Written({name: getattr(one, name) or "" for name in FIELDS}, one)


def written(form: QueryDict, before: MessageTemplate) -> Written:
    """What a posted form says of the template of a kind; a field there is not is told with its near names."""
    values = {name: form.get(name, "").replace("\r\n", "\n").strip() for name in FIELDS}
    told = {**before.model_dump(), **values, "whatsapp": values["whatsapp"] or None}
    wrong: dict[str, str] = {}
    try:
        made = MessageTemplate.model_validate(told)
    except ValidationError as error:
        wrong = {str(one["loc"][0]): _said(str(one["loc"][0])) for one in error.errors()}
    for name in _WITH_FIELDS:
        try:
            message_fields_in(values[name])
        except InputError as error:
            value = f": {error.value}" if error.value is not None else ""
            wrong.setdefault(name, f"{error.what}{value}. {error.hint or ''}".strip())
    return Written(values, None, wrong) if wrong else Written(values, made)


def _said(name: str) -> str:
    return {
        "name": _("De 1 a 120 caracteres."),
        "subject": _("De 3 a 150 caracteres."),
        "text": _("De 3 a 8.000 caracteres."),
        "short": _("De 3 a 700 caracteres."),
        "whatsapp": _("Só letras minúsculas, números e _, como o WhatsApp o conhece."),
    }.get(name, _("Este campo não pode ser lido."))
