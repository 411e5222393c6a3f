"""Problems of a policy, in Portuguese, with their location."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from pydantic import ValidationError

from b2shift.interact import contracts
from b2shift.interact.contracts import Category, Finding
from b2shift.interact.policy.document import Document, Path
from b2shift.kernel.contract import Contract
from b2shift.kernel.errors import PolicyError
from b2shift.kernel.faults import Fault, faults

_SHOWN = 6
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
    return [_problem(one) for one in faults(error, whole, shapes)]


def _problem(fault: Fault) -> Problem:
    what = fault.what
    if fault.kind == "union_tag_invalid":
        what = "tipo de gatilho desconhecido" if "trigger" in fault.path else "tipo de passo desconhecido"
    ownerless = fault.value == _OWNER or fault.path[-1:] == (_OWNER,)
    category = Category.SEM_RESPONSAVEL if ownerless else Category.ESCRITA
    return Problem(fault.path, what, fault.value, fault.hint, category)


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
