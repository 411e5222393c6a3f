"""What a declaration gets wrong, in Portuguese: pydantic's refusals with their places, values and what to do."""

from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from typing import Any, NamedTuple

from pydantic import BaseModel, ValidationError

from b2shift.kernel.errors import near_names

Path = tuple[str | int, ...]

_NEAR = 0.5
_TYPES = {
    "string_type": "o valor precisa ser um texto (entre aspas, se for número)",
    "int_type": "o valor precisa ser um número inteiro",
    "int_parsing": "o valor precisa ser um número inteiro",
    "int_from_float": "o valor precisa ser um número inteiro",
    "float_type": "o valor precisa ser um número",
    "float_parsing": "o valor precisa ser um número",
    "finite_number": "o valor precisa ser um número",
    "bool_type": "o valor precisa ser true ou false",
    "bool_parsing": "o valor precisa ser true ou false",
    "tuple_type": "o valor precisa ser uma lista",
    "list_type": "o valor precisa ser uma lista",
    "dict_type": "o valor precisa ser um grupo de campos",
    "model_type": "o valor precisa ser um grupo de campos",
    "model_attributes_type": "o valor precisa ser um grupo de campos",
    "date_parsing": "a data precisa existir e ter a forma AAAA-MM-DD",
    "date_from_datetime_parsing": "a data precisa existir e ter a forma AAAA-MM-DD",
    "date_type": "a data precisa existir e ter a forma AAAA-MM-DD",
    "string_pattern_mismatch": "o código só pode ter letras minúsculas sem acento, números, _ e ponto",
}
_LIMITS = {
    "greater_than_equal": ("o valor está abaixo do mínimo", "ge", "O mínimo é"),
    "less_than_equal": ("o valor está acima do máximo", "le", "O máximo é"),
    "greater_than": ("o valor precisa ser maior que o mínimo", "gt", "Maior que"),
    "less_than": ("o valor precisa ser menor que o máximo", "lt", "Menor que"),
    "string_too_short": ("o texto é curto demais", "min_length", "O mínimo de caracteres é"),
    "string_too_long": ("o texto é longo demais", "max_length", "O máximo de caracteres é"),
    "too_short": ("a lista está vazia", "min_length", "O mínimo de itens é"),
}


class Fault(NamedTuple):
    """One thing wrong: where, what, the value, and what to do; `kind` is pydantic's name for it."""

    path: Path
    what: str
    value: object = None
    hint: str = ""
    kind: str = ""

    @property
    def place(self) -> str:
        """Its path with dots; empty for the whole."""
        return ".".join(map(str, self.path))

    @property
    def message(self) -> str:
        """What is wrong, with which value, and what to do."""
        what = self.what if self.value is None else f"{self.what}: {self.value}"
        return f"{what}. {self.hint}" if self.hint else what


def faults(
    error: ValidationError, whole: type[BaseModel], shapes: Mapping[str, type[BaseModel]] | None = None
) -> list[Fault]:
    """Everything that pydantic refused once; `whole` is the shape of the document, `shapes` those under its keys."""
    found = error.errors()
    unknown = {tuple(one["loc"]) for one in found if one["type"] == "extra_forbidden"}
    return [
        _fault(one, _shape(tuple(one["loc"]), whole, shapes or {}))
        for one in found
        if not _echo(one) and not _misspelt(one, unknown)
    ]


def told(found: Sequence[Fault], most: int = 5) -> str:
    """The first of them in a line: place and message of each."""
    return "; ".join(f"{one.place}: {one.message}" if one.path else one.message for one in found[:most])


def _echo(error: Any) -> bool:
    """A list that pydantic calls too short because its items were refused already."""
    return error["type"] == "too_short" and bool(error["input"])


def _misspelt(error: Any, unknown: set[Path]) -> bool:
    """A missing field that stands there under a name nearly its own, which is told as the unknown field."""
    path = tuple(error["loc"])
    names = [str(other[-1]) for other in unknown if other[:-1] == path[:-1]]
    return error["type"] == "missing" and bool(get_close_matches(str(path[-1]), names, cutoff=_NEAR))


def _fault(error: Any, shape: type[BaseModel]) -> Fault:
    path, kind, value, context = tuple(error["loc"]), error["type"], error["input"], error.get("ctx", {})
    if kind in _LIMITS:
        what, limit, hint = _LIMITS[kind]
        return Fault(path, what, _plain(value), f"{hint} {context[limit]:g}", kind)
    if kind == "value_error":  # what our own validators say
        return Fault(path, str(context["error"]), _plain(value), kind=kind)
    return _misnamed(path, kind, value, context, shape) or Fault(
        path, _TYPES.get(kind, error["msg"]), _plain(value), kind=kind
    )


def _plain(value: object) -> object:
    """A value worth showing, as YAML writes it."""
    if isinstance(value, bool):
        return str(value).lower()
    return value if isinstance(value, str | int | float) else None


def _misnamed(path: Path, kind: str, value: object, context: dict[str, Any], shape: type[BaseModel]) -> Fault | None:
    """A field or a word that does not exist, or one that is missing."""
    match kind:
        case "missing":
            return Fault(path[:-1], "falta um campo", path[-1], kind=kind)
        case "union_tag_not_found":
            return Fault(path, "falta um campo", "kind", kind=kind)
        case "extra_forbidden":
            hint = near_names(str(path[-1]), shape.model_fields)
            return Fault(path, "campo desconhecido", path[-1], hint, kind)
        case "union_tag_invalid":
            hint = near_names(context["tag"], _quoted(context["expected_tags"]))
            return Fault((*path, "kind"), "tipo desconhecido", context["tag"], hint, kind)
        case "enum" | "literal_error":
            return Fault(path, "valor desconhecido", value, near_names(str(value), _quoted(context["expected"])), kind)
    return None


def _shape(path: Path, whole: type[BaseModel], shapes: Mapping[str, type[BaseModel]]) -> type[BaseModel]:
    keys = [part for part in path[:-1] if isinstance(part, str)]
    return next((shapes[key] for key in reversed(keys) if key in shapes), whole)


def _quoted(expected: str) -> list[str]:
    return expected.split("'")[1::2]
