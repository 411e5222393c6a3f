"""The fields of a step as a form: typed by the step's kind, read back into plain data as the YAML has it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from operator import itemgetter
from typing import Any

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from b2shift.interact.api import journey_facts, policy_in_force
from b2shift.interact.contracts import Answer, CampaignType, Channel, CustomerClass, Kind, OwnerRole
from b2shift.kernel.text import fold
from b2shift.web.console.formats import typed_number
from b2shift.web.console.wording import shipped, word

OPERATORS = {
    "equals": _("igual a"), "at_least": _("pelo menos"), "above": _("acima de"), "at_most": _("no máximo"),
    "below": _("abaixo de"),
}  # fmt: skip
FAMILIES = {
    "jornada": _("Jornada"), "cadastro": _("Cadastro"), "contrato": _("Contrato"), "receita": _("Receita"),
    "uso": _("Uso"), "financeiro": _("Financeiro"), "suporte": _("Suporte"), "nps": _("NPS"),
    "comercial": _("Comercial"), "campanhas": _("Campanhas"), "pedidos": _("Pedidos"), "scores": _("Scores"),
}  # fmt: skip
_SLOTS = 2


@dataclass(frozen=True)
class Spec:
    """One field: its name, its label, how it is written, whether it may be left out."""

    name: str
    label: str | Promise
    form: str
    optional: bool = False
    hint: str | Promise = ""


@dataclass(frozen=True)
class Shown:
    """A field with its value, as the template draws it."""

    spec: Spec
    value: Any
    choices: Sequence[tuple[str, str]] = ()

    @property
    def lists(self) -> bool:
        """Whether several words are written one after another."""
        return self.spec.form in _LISTS

    @property
    def selects(self) -> bool:
        """Whether one of the choices is taken."""
        return bool(self.choices) and not self.lists


@dataclass(frozen=True)
class Row:
    """One case or arm of a step."""

    number: int
    values: Mapping[str, Any] = field(default_factory=dict)
    conditions: Sequence[Mapping[str, str | bool]] = ()
    whole: bool = True
    """Whether the form can show all of it; longer ones are changed in the text."""


_NEXT = Spec("next", _("Depois vai para"), "step")
_BLOCKED = Spec("unreachable", _("Sem canal permitido vai para"), "step", optional=True)
_APPROVAL = Spec("approval", _("Aprovação"), "approval")
SPECS: Mapping[str, tuple[Spec, ...]] = {
    "message": (
        Spec("channels", _("Canais, em ordem"), "channels", hint=_("separados por vírgula")),
        Spec("message", _("Mensagem-chave"), "long"),
        Spec("subject", _("Assunto"), "line", optional=True, hint=_("vazio: o do modelo")),
        Spec("text", _("Texto"), "long", optional=True, hint=_("vazio: o do modelo")),
        _APPROVAL,
        _NEXT,
        _BLOCKED,
    ),
    "task": (
        Spec("channel", _("Como"), "spoken"),
        Spec("text", _("O que fazer"), "long"),
        Spec("due_days", _("Prazo, em dias úteis"), "whole"),
        _APPROVAL,
        _NEXT,
        _BLOCKED,
    ),
    "wait": (
        Spec("days", _("Dias corridos"), "whole", optional=True),
        Spec("business_days", _("Ou dias úteis"), "whole", optional=True),
        Spec("until", _("Até ouvir"), "answers", optional=True, hint=_("separados por vírgula; vazio: o prazo todo")),
        _NEXT,
        Spec("otherwise", _("Se o prazo vencer vai para"), "step", optional=True),
    ),
    "branch": (Spec("cases", _("Casos"), "cases"), Spec("otherwise", _("Senão vai para"), "step")),
    "split": (
        Spec("learns", _("As partes"), "learns"),
        Spec("window_days", _("Conta como sucesso até quantos dias depois do sorteio"), "whole", optional=True),
        Spec("floor", _("Parte mínima de cada braço"), "share", optional=True, hint=_("vazio: 0,03; só se aprende")),
        Spec("arms", _("Braços"), "arms", hint=_("a parte é a de todo o tempo, ou só a inicial se aprende")),
    ),
    "holdout": (Spec("share", _("Parte que fica de fora"), "share"), _NEXT),
    "goal": (Spec("outcome", _("Desfecho"), "line"),),
    "exit": (Spec("outcome", _("Desfecho"), "line"),),
}
HEAD = (
    Spec("name", _("Nome"), "line"),
    Spec("about", _("Para que serve"), "long"),
    Spec("type", _("Tipo"), "type"),
    Spec("kind", _("Natureza do contato"), "kind"),
    Spec("theme", _("Tema"), "theme", hint=_("ninguém está em duas jornadas do mesmo tema")),
    Spec("cap_group", _("Grupo de limites"), "cap_group"),
    Spec("owner_role", _("Quem cuida"), "owner_role"),
    Spec("enter.classes.now", _("Classe agora"), "classes", hint=_("vazio: qualquer uma")),
    Spec("enter.classes.months_3", _("Classe 3 meses antes"), "classes"),
    Spec("enter.classes.months_6", _("Classe 6 meses antes"), "classes"),
    Spec("enter.classes.months_12", _("Classe 12 meses antes"), "classes"),
    Spec("enter.reentry_days", _("Dias para poder voltar"), "whole", hint=_("vazio: nunca mais")),
    Spec("measure.within_days", _("Medir depois de quantos dias"), "whole"),
)
_LISTS = {"channels", "answers", "classes"}
_ALWAYS = (Spec("name", _("Nome"), "line"), Spec("id", _("Código"), "line"))


def shown(step: Mapping[str, Any], steps: Sequence[Mapping[str, Any]]) -> list[Shown]:
    """The fields of a step with their values and choices; none of a kind there is not."""
    specs = (*_ALWAYS, *SPECS.get(str(step["kind"]), ()))
    return [Shown(one, _value(one, step), _choices(one, steps, step)) for one in specs]


def head(data: Mapping[str, Any]) -> list[Shown]:
    """The fields of the journey itself; its trigger and its measure's conditions are written in the text."""
    return [Shown(one, _value(one, {one.name: deep(data, one.name)}), _choices(one, (), {})) for one in HEAD]


def read_head(posted: Mapping[str, str]) -> dict[str, Any]:
    """What the form of the journey itself says, by dotted names."""
    return {one.name: _read(one.form, posted[one.name].strip()) for one in HEAD if one.name in posted}


def deep(data: Mapping[str, Any], name: str) -> Any:
    """What stands in plain data under a dotted name; None for nothing."""
    value: Any = data
    for key in name.split("."):
        value = value.get(key) if isinstance(value, dict) else None
    return value


def read(kind: str, posted: Mapping[str, str]) -> dict[str, Any]:
    """What a form says, as plain data; numbers that are none stay words, for the checker to name."""
    fields: dict[str, Any] = {}
    for one in (*_ALWAYS, *SPECS.get(kind, ())):
        if one.form in {"cases", "arms"}:
            fields[one.name] = _cases(posted) if one.form == "cases" else _arms(posted)
        elif one.name in posted:
            fields[one.name] = _read(one.form, posted[one.name].strip())
    if fields.get("approval") == "guarda":
        fields["approval"] = None
    if kind == "split" and not fields.get("learns"):
        fields |= dict.fromkeys(_LEARNING)
    return fields


def facts() -> list[tuple[str, list[tuple[str, str]]]]:
    """The facts a case may look at, by family, in words."""
    return [
        (str(FAMILIES[family]), sorted(((name, shipped(label)) for name, label in labels.items()), key=itemgetter(1)))
        for family, labels in journey_facts().items()
    ]


def _value(spec: Spec, step: Mapping[str, Any]) -> Any:
    value = step.get(spec.name)
    if spec.form in _LISTS:
        return ", ".join(coded(spec.form, str(one)) for one in value) if isinstance(value, list) else value or ""
    if spec.form == "approval":
        return value or "guarda"
    if spec.form == "learns":
        return "aprende" if value is True else "fixas"
    if spec.form == "cases":
        rows = [one for one in value or () if isinstance(one, dict)]
        return [*(_case(n, one) for n, one in enumerate(rows)), Row(len(rows), {}, _slots([]))]
    if spec.form == "arms":
        rows = [one for one in value or () if isinstance(one, dict)]
        return [*(Row(n, one) for n, one in enumerate(rows)), Row(len(rows))]
    return "" if value is None else value


def _case(number: int, case: Mapping[str, Any]) -> Row:
    conditions = [one for one in case.get("all") or () if isinstance(one, dict)]
    plain = [_condition(one) for one in conditions]
    whole = len(conditions) <= _SLOTS and all(len(one) <= 2 for one in conditions)
    return Row(number, case, _slots(plain), whole)


def _condition(one: Mapping[str, Any]) -> dict[str, str | bool]:
    operator = next((name for name in OPERATORS if name in one), "equals")
    value = one.get(operator, "")
    said = str(value).lower() if isinstance(value, bool) else f"{value:g}" if isinstance(value, float) else str(value)
    metric = str(one.get("metric", ""))
    unknown = bool(metric) and not any(metric in labels for labels in journey_facts().values())
    return {"metric": metric, "operator": operator, "value": said, "unknown": unknown}


def _slots(conditions: Sequence[Mapping[str, str | bool]]) -> list[Mapping[str, str | bool]]:
    return [*conditions, *({"metric": "", "operator": "equals", "value": ""} for _n in range(_SLOTS - len(conditions)))]


def _choices(spec: Spec, steps: Sequence[Mapping[str, Any]], step: Mapping[str, Any]) -> list[tuple[str, str]]:
    if spec.form in {"step", "cases", "arms"}:
        none = [("", "–")] if spec.optional else []
        return [
            *none,
            *((str(one["id"]), shipped(str(one.get("name") or one["id"]))) for one in steps if one is not step),
        ]
    if spec.form == "approval":
        return [(code, str(label)) for code, label in _APPROVALS.items()]
    if spec.form == "learns":
        return [(code, str(label)) for code, label in _LEARNS.items()]
    if spec.form in _OF_POLICY:
        policy = policy_in_force(settings.HOME)
        names = policy.themes if spec.form == "theme" else [one.group for one in policy.caps]
        return [(one, word(spec.form, one)) for one in names]
    kind, codes = _CODED.get(spec.form, ("", ()))
    return [(one.value, word(kind, one.value)) for one in codes]


def coded(form: str, value: str) -> str:
    """The word of a value of a field of this form; a text as it is."""
    if form == "approval":
        return str(_APPROVALS.get(value, value))
    if form == "learns":
        return str(_LEARNS["aprende" if str(value) == "True" else "fixas"])
    kind = form if form in _OF_POLICY else _CODED.get(form, ("", ()))[0]
    return word(kind, value) if kind else value


_OF_POLICY = {"theme", "cap_group"}
_LEARNING = ("learns", "window_days", "floor")
_LEARNS = {"fixas": _("partes fixas"), "aprende": _("aprende enquanto roda")}
_APPROVALS = {"guarda": _("quando as regras pedem"), "sempre": _("sempre")}
_CODED: Mapping[str, tuple[str, Sequence[StrEnum]]] = {
    "spoken": ("channel", [one for one in Channel if one.by_people]),
    "channels": ("channel", [one for one in Channel if not one.by_people]),
    "answers": ("outcome", [*Answer]),
    "classes": ("customer_class", [*CustomerClass]),
    "type": ("journey_type", [*CampaignType]),
    "kind": ("kind", [*Kind]),
    "owner_role": ("owner_role", [*OwnerRole]),
}


def _read(form: str, text: str) -> Any:
    match form:
        case "channels" | "answers" | "classes":
            return [_code(form, one.strip()) for one in text.split(",") if one.strip()]
        case "whole":
            return int(text) if text.isdecimal() and len(text) < 9 else text
        case "share":
            return _number(text) if text else ""
        case "learns":
            return text == "aprende"
        case _:
            return text.replace("\r\n", "\n")


def _code(form: str, said: str) -> str:
    """The code of a word as people write it; what is none stays as written, for the checker to name."""
    kind, codes = _CODED[form]
    return next((one.value for one in codes if fold(said) == fold(word(kind, one.value))), said)


def _number(text: str) -> Any:
    try:
        return typed_number(text)
    except ValueError:
        return text


def _cases(posted: Mapping[str, str]) -> list[dict[str, Any]]:
    found = []
    for n in range(40):
        conditions = []
        for slot in range(_SLOTS):
            start = f"cases-{n}-{slot}"
            if metric := posted.get(f"{start}-metric", "").strip():
                operator = posted.get(f"{start}-operator", "equals")
                value = _worth(operator, posted.get(f"{start}-value", "").strip())
                conditions.append({"metric": metric, operator if operator in OPERATORS else "equals": value})
        if conditions:
            found.append({"all": conditions, "next": posted.get(f"cases-{n}-next", "")})
    return found


def _worth(operator: str, text: str) -> Any:
    if operator != "equals":
        return _number(text)
    return text == "true" if text in {"true", "false"} else text


def _arms(posted: Mapping[str, str]) -> list[dict[str, Any]]:
    return [
        {
            "name": name,
            "share": _number(posted.get(f"arms-{n}-share", "")),
            "next": posted.get(f"arms-{n}-next", ""),
        }
        for n in range(20)
        if (name := posted.get(f"arms-{n}-name", "").strip())
    ]
