"""Problems of a policy, in Portuguese, with their location."""

from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from typing import Any, NamedTuple

from pydantic import ValidationError

from b2shift.interact import contracts
from b2shift.interact.contracts import Category, Finding
from b2shift.interact.policy.document import Document, Path
from b2shift.interact.policy.vocabulary import did_you_mean
from b2shift.kernel.contract import Contract
from b2shift.kernel.errors import PolicyError

_SHOWN = 6
_NEAR = 0.5
# The shape whose fields stand under a key, so that the near names of a wrong field are its own.
SHAPES: Mapping[str, type[Contract]] = {
    "rules": contracts.Rule,
    "audience": contracts.Audience,
    "where": contracts.Condition,
    "any": contracts.Condition,
    "all": contracts.Condition,
    "cadence": contracts.CadenceTrigger,
    "nps": contracts.NpsTrigger,
    "telemetry": contracts.TelemetryTrigger,
    "score": contracts.ScoreTrigger,
    "event": contracts.EventTrigger,
    "date": contracts.DateTrigger,
    "archetypes": contracts.Archetype,
    "profile": contracts.Profile,
    "caps": contracts.Cap,
    "silences": contracts.Silence,
    "capacities": contracts.Capacity,
    "limits": contracts.Limits,
    "hours": contracts.Hours,
    "concessions": contracts.Ceiling,
    "escalations": contracts.Escalation,
}
_OWNER = "owner_role"
_TYPES = {
    "string_type": "o valor precisa ser um texto (entre aspas, se for número)",
    "int_type": "o valor precisa ser um número inteiro",
    "int_from_float": "o valor precisa ser um número inteiro",
    "float_type": "o valor precisa ser um número",
    "finite_number": "o valor precisa ser um número",
    "bool_type": "o valor precisa ser true ou false",
    "tuple_type": "o valor precisa ser uma lista",
    "model_type": "o valor precisa ser um grupo de campos",
    "model_attributes_type": "o valor precisa ser um grupo de campos",
    "date_parsing": "a data precisa existir e ter a forma AAAA-MM-DD",
    "date_from_datetime_parsing": "a data precisa existir e ter a forma AAAA-MM-DD",
    "date_type": "a data precisa existir e ter a forma AAAA-MM-DD",
    "a concession passes most_percent or most_invoices": "a concessão passa de most_percent ou de most_invoices",
    "first must come before last": "a hora de abrir (first) precisa vir antes da de fechar (last)",
    "escalations must come in the order of their days": "os avisos precisam estar na ordem dos dias, um por dia",
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


class Problem(NamedTuple):
    """One thing wrong: where, what, the value, and what to do."""

    path: Path
    what: str
    value: object = None
    hint: str = ""
    category: Category = Category.ESCRITA


def from_validation(
    error: ValidationError, shapes: Mapping[str, type[Contract]] = SHAPES, whole: type[Contract] = contracts.Policy
) -> list[Problem]:
    """Problems of a pydantic error; `shapes`: the shape under each key, `whole`: that of the document."""
    found = error.errors()
    written = {tuple(one["loc"]) for one in found if one["type"] == "extra_forbidden"}
    problems = [
        _translated(one, _shape(tuple(one["loc"]), shapes, whole))
        for one in found
        if not _echo(one) and not _misspelt(one, written)
    ]
    return [one._replace(category=Category.SEM_RESPONSAVEL) if _ownerless(one) else one for one in problems]


def policy_error(file: str, document: Document, problems: Iterable[Problem]) -> PolicyError:
    """The error for all problems: the first in full, then the locations of the others."""
    first, *others = sorted(problems, key=lambda problem: (_line(problem, document), problem.what))
    hints = [first.hint if first.hint.endswith("?") else f"{first.hint}."] if first.hint else []
    if others:
        lines = [f"linha {_line(one, document)}: {_text(one, document)}" for one in others[:_SHOWN]]
        hidden = [f"e mais {len(others) - _SHOWN}"] if len(others) > _SHOWN else []
        hints.append(f"Há outros problemas ({len(others)}): {'; '.join([*lines, *hidden])}")
    what = f"{file}, linha {_line(first, document)}: {_of_rule(first.path, document)}{first.what}"
    return PolicyError(what, value=first.value, hint=" ".join(hints))


def finding(problem: Problem, document: Document) -> Finding:
    """The same for a report of all problems."""
    rule = _coded(problem.path, document) if problem.path[:1] == ("rules",) else None
    value = None if problem.value is None else str(problem.value)
    line = _line(problem, document)
    return Finding(category=problem.category, line=line, rule=rule, what=problem.what, value=value, hint=problem.hint)


def _ownerless(problem: Problem) -> bool:
    return problem.value == _OWNER or problem.path[-1:] == (_OWNER,)


def _line(problem: Problem, document: Document) -> int:
    return document.line(_written(problem.path, document))


def _written(path: Path, document: Document) -> Path:
    """The part of a path that stands in the document; the names pydantic adds (the kind of a trigger) do not."""
    found: Path = ()
    for part in path:
        if (*found, part) in document.lines:
            found = (*found, part)
    return found


def _of_rule(path: Path, document: Document) -> str:
    code = _coded(path, document)
    return f"{'regra' if path[0] == 'rules' else 'arquétipo'} {code}: " if code else ""


def _coded(path: Path, document: Document) -> str | None:
    """The code of the rule or archetype that a path leads into."""
    if len(path) > 1 and path[0] in {"rules", "archetypes"}:
        try:
            return str(document.data[path[0]][path[1]]["id"])
        except (KeyError, TypeError):
            return None
    return None


def _text(problem: Problem, document: Document) -> str:
    value = "" if problem.value is None else f": {problem.value}"
    return f"{_of_rule(problem.path, document)}{problem.what}{value}"


def _echo(error: Any) -> bool:
    """A list that pydantic calls too short because its items were refused already."""
    return error["type"] == "too_short" and bool(error["input"])


def _misspelt(error: Any, written: set[Path]) -> bool:
    """A missing field that stands there under a name nearly its own, which is told as the unknown field."""
    path = tuple(error["loc"])
    names = [str(other[-1]) for other in written if other[:-1] == path[:-1]]
    return error["type"] == "missing" and bool(get_close_matches(str(path[-1]), names, cutoff=_NEAR))


def _translated(error: Any, shape: type[Contract]) -> Problem:
    path, kind, value = tuple(error["loc"]), error["type"], error["input"]
    context = error.get("ctx", {})
    if kind == "value_error":
        kind = str(context["error"])
    if kind in _LIMITS:
        what, limit, hint = _LIMITS[kind]
        return Problem(path, what, _plain(value), f"{hint} {context[limit]:g}")
    return _misnamed(path, kind, value, context, shape) or Problem(path, _TYPES.get(kind, error["msg"]), _plain(value))


def _plain(value: object) -> object:
    """A value worth showing, as YAML writes it."""
    if isinstance(value, bool):
        return str(value).lower()
    return value if isinstance(value, str | int | float) else None


def _misnamed(path: Path, kind: str, value: object, context: dict[str, Any], shape: type[Contract]) -> Problem | None:
    """A field or a word that does not exist, or one that is missing."""
    if kind == "missing":
        return Problem(path[:-1], "falta um campo", path[-1])
    if kind == "union_tag_not_found":
        return Problem(path, "falta um campo", "kind")
    if kind == "extra_forbidden":
        return Problem(path, "campo desconhecido", path[-1], did_you_mean(str(path[-1]), shape.model_fields))
    if kind == "union_tag_invalid":
        names = _quoted(context["expected_tags"])
        what = "tipo de gatilho desconhecido" if "trigger" in path else "tipo de passo desconhecido"
        return Problem((*path, "kind"), what, context["tag"], did_you_mean(context["tag"], names))
    if kind in {"enum", "literal_error"}:
        return Problem(path, "valor desconhecido", value, did_you_mean(str(value), _quoted(context["expected"])))
    return None


def _shape(path: Path, shapes: Mapping[str, type[Contract]], whole: type[Contract]) -> type[Contract]:
    keys = [part for part in path[:-1] if isinstance(part, str)]
    return next((shapes[key] for key in reversed(keys) if key in shapes), whole)


def _quoted(expected: str) -> list[str]:
    return expected.split("'")[1::2]
