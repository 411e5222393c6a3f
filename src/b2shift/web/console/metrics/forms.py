"""The form of a metric: its fields as typed, and the metric they validate to, or the errors by field."""

from dataclasses import dataclass, field

from django.http import QueryDict
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from pydantic import ValidationError

from b2shift.metrics.contracts import OwnMetric
from b2shift.web.console.formats import typed_number

TRIALS = (
    gettext_lazy("Este nome é de uma métrica do produto"),
    gettext_lazy("A fórmula é feita de métricas com dados"),
    gettext_lazy("A fórmula não fala de nenhuma métrica"),
    gettext_lazy("A unidade é a que a fórmula dá"),
    gettext_lazy("As palavras são só dela"),
    gettext_lazy("Estas palavras já querem dizer outra coisa"),
    gettext_lazy("As perguntas são lidas como ela"),
    gettext_lazy("Estas perguntas são lidas de outro jeito"),
    gettext_lazy("As perguntas sobre as outras continuam as mesmas"),
    gettext_lazy("Estas métricas seriam lidas de outro jeito"),
    gettext_lazy("Os dados de que ela precisa não estão no lake"),
    gettext_lazy("Há números: no todo, por segmento e por mês"),
    gettext_lazy("Nenhum número: algo é dividido por zero ou falta"),
    gettext_lazy("Nenhum valor passa dos limites"),
    gettext_lazy("Valores passam dos limites declarados"),
)
"""What the tests say, for the page to say it in the person's language."""
FIELDS = ("name", "label", "definition", "formula", "unit", "direction", "owner", "low", "high", "attention")
LISTS = ("pt", "en", "examples")
NUMBERS = ("low", "high", "attention")


@dataclass(frozen=True)
class MetricForm:
    """The fields as typed; `metric` when they validate, else `errors` by field."""

    values: dict[str, str]
    metric: OwnMetric | None = None
    errors: dict[str, str] = field(default_factory=dict)


def initial_form(one: OwnMetric | None) -> MetricForm:
    """The form of a kept metric, or an empty one."""
    if one is None:
        return MetricForm({"unit": "percent", "direction": "up"})
    fields = {name: "" if getattr(one, name) is None else str(getattr(one, name)) for name in FIELDS}
    lists = {name: (", " if name != "examples" else "\n").join(getattr(one, name)) for name in LISTS}
    return MetricForm({**fields, **lists}, one)


def bound_form(data: QueryDict) -> MetricForm:
    """The form with posted data, validated."""
    values = {name: str(data.get(name, "")).strip() for name in (*FIELDS, *LISTS)}
    values["name"] = values["name"] or slugify(values["label"]).replace("-", "_")[:40]
    errors: dict[str, str] = {}
    fields: dict[str, object] = {name: values[name] for name in FIELDS if name not in NUMBERS}
    for name in NUMBERS:
        try:
            fields[name] = typed_number(values[name]) if values[name] else None
        except ValueError:
            errors[name] = _("Escreva um número, como 12,5.")
    for name in LISTS:
        fields[name] = tuple(part.strip() for part in _parts(name, values[name]) if part.strip())
    try:
        made = OwnMetric.model_validate(fields)
    except ValidationError as error:
        return MetricForm(
            values, None, errors | {str(one["loc"][0]): _error_text(str(one["loc"][0])) for one in error.errors()}
        )
    return MetricForm(values, None if errors else made, errors)


def _parts(name: str, text: str) -> list[str]:
    return text.splitlines() if name == "examples" else text.replace("\n", ",").split(",")


def _error_text(name: str) -> str:
    return {
        "name": _("Letras minúsculas, números e _, a partir de três; comece com letra."),
        "label": _("De 2 a 60 caracteres."),
        "definition": _("Diga em uma frase o que é contado e sobre o quê (10 a 400 caracteres)."),
        "formula": _("Escreva a fórmula (até 200 caracteres)."),
        "owner": _("Diga quem responde pela definição."),
    }.get(name, _("Este campo não pode ser lido."))
