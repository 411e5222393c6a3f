"""A declaration judged before any run: each problem with its line and the near names."""

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import yaml
from pydantic import ValidationError

from b2shift.identify.sources.declaration import Source, SourceColumn
from b2shift.identify.sources.declarations import load
from b2shift.kernel.contract import Contract
from b2shift.kernel.errors import SchemaError, SourceError, UnknownNameError
from b2shift.kernel.yaml import parse_yaml


class Problem(Contract):
    """What is wrong, where (1-based line) and what to do."""

    line: int
    where: str
    told: str


def check(path: Path) -> tuple[Problem, ...]:
    """What is wrong in a declaration; nothing when the loader accepts it. SourceError when it cannot be read."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise SourceError("A declaração não pode ser lida", value=path, hint=error) from error
    return check_text(text, path.name)


def check_text(text: str, name: str) -> tuple[Problem, ...]:
    """The same of a text that is to stand in a file of this name."""
    try:
        told, node = parse_yaml(text), yaml.compose(text, yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        mark = error.context_mark or error.problem_mark
        line = mark.line + 1 if mark else 1
        return (Problem(line=line, where=name, told=f"não é YAML: {error.problem}"),)
    try:
        Source.model_validate(told)
    except ValidationError as error:
        return tuple(_problem(one, told, node) for one in error.errors())
    return _loaded(name, text, node)


def _loaded(name: str, text: str, node: Any) -> tuple[Problem, ...]:
    """What only the loader sees: names of tables and of their columns."""
    with TemporaryDirectory() as folder:
        (Path(folder) / Path(name).with_suffix(".yaml")).write_text(text, encoding="utf-8")
        try:
            load(Path(folder))
        except SchemaError as error:
            wrong = str(error.value).rpartition(": ")[2]
            return (Problem(line=_line_of_value(node, wrong), where=wrong, told=f"{error.what}. {error.hint}"),)
    return ()


def _problem(error: Any, told: Any, node: Any) -> Problem:
    """One complaint of the contract; columns are told by their header, unknown fields with the near ones."""
    where = list(error["loc"])
    headers = list(told["columns"]) if isinstance(told, dict) and isinstance(told.get("columns"), dict) else []
    if len(where) > 1 and where[0] == "columns" and isinstance(where[1], int) and headers:
        where[1] = headers[where[1]]
    said = str(error["msg"])
    if error["type"] == "extra_forbidden":
        known = SourceColumn.model_fields if where[0] == "columns" else Source.model_fields
        said = f"campo desconhecido. {UnknownNameError('campo', str(where[-1]), known).hint}"
    elif error["type"] == "missing":
        said = "falta este campo"
    elif error["type"] == "enum":
        said = f"não é um valor conhecido; existem: {error['ctx']['expected'].replace(' or ', ' ou ')}"
    return Problem(line=_line_of(node, where), where=".".join(map(str, where)) or "fonte", told=said)


def _line_of(node: Any, where: list[Any]) -> int:
    """The line of the deepest part of a path that the text has."""
    line = 1
    for step in where:
        if isinstance(node, yaml.MappingNode):
            found = next(((k, v) for k, v in node.value if k.value == str(step)), None)
            if found is None:
                return line
            line, node = found[0].start_mark.line + 1, found[1]
        elif isinstance(node, yaml.SequenceNode) and isinstance(step, int) and step < len(node.value):
            node = node.value[step]
            line = node.start_mark.line + 1
    return line


def _line_of_value(node: Any, name: str) -> int:
    """The first line where a text stands as a value or a field."""
    if isinstance(node, yaml.ScalarNode):
        return node.start_mark.line + 1 if node.value == name else 0
    parts = [part for pair in node.value for part in (pair if isinstance(pair, tuple) else (pair,))] if node else []
    return next((line for line in (_line_of_value(part, name) for part in parts) if line), 0)
