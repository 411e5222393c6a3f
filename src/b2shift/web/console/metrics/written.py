"""What a person wrote in the form of a metric, and the metric it says, when it says one."""

from dataclasses import dataclass, field

from django.http import QueryDict
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from pydantic import ValidationError

from b2shift.metrics.contracts import OwnMetric

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
class Written:
    """The texts of the form; `metric` when they say one, else `wrong` holds the fields that do not."""

    values: dict[str, str]
    metric: OwnMetric | None = None
    wrong: dict[str, str] = field(default_factory=dict)


def form_of(one: OwnMetric | None) -> Written:
    """The form of a kept metric, or an empty one."""
    if one is None:
        return Written({"unit": "percent", "direction": "up"})
    told = {name: "" if getattr(one, name) is None else str(getattr(one, name)) for name in FIELDS}
    lists = {name: (", " if name != "examples" else "\n").join(getattr(one, name)) for name in LISTS}
    return Written({**told, **lists}, one)


def written(form: QueryDict) -> Written:
    """What a posted form says."""
    values = {name: str(form.get(name, "")).strip() for name in (*FIELDS, *LISTS)}
    values["name"] = values["name"] or slugify(values["label"]).replace("-", "_")[:40]
    wrong: dict[str, str] = {}
    told: dict[str, object] = {name: values[name] for name in FIELDS if name not in NUMBERS}
    for name in NUMBERS:
        try:
            told[name] = float(values[name].replace(",", ".")) if values[name] else None
        except ValueError:
            wrong[name] = _("Escreva um número, como 12,5.")
    for name in LISTS:
        told[name] = tuple(part.strip() for part in _parts(name, values[name]) if part.strip())
    try:
        made = OwnMetric.model_validate(told)
    except ValidationError as error:
        return Written(values, None, wrong | {str(one["loc"][0]): _said(str(one["loc"][0])) for one in error.errors()})
    return Written(values, None if wrong else made, wrong)


def _parts(name: str, text: str) -> list[str]:
    return text.splitlines() if name == "examples" else text.replace("\n", ",").split(",")


def _said(name: str) -> str:
    return {
        "name": _("Letras minúsculas, números e _, a partir de três; comece com letra."),
        "label": _("De 2 a 60 caracteres."),
        "definition": _("Diga em uma frase o que é contado e sobre o quê (10 a 400 caracteres)."),
        "formula": _("Escreva a fórmula (até 200 caracteres)."),
        "owner": _("Diga quem responde pela definição."),
    }.get(name, _("Este campo não pode ser lido."))
