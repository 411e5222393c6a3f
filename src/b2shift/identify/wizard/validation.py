"""Validate a declaration before any run: each problem with its line and a suggestion."""

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import yaml
from pydantic import ValidationError

from b2shift.identify.sources.declaration import Source
from b2shift.identify.sources.declarations import faults_by_header, load
from b2shift.kernel.contract import Contract
from b2shift.kernel.errors import SchemaError, SourceError, UnknownNameError
from b2shift.kernel.yaml import parse_yaml


class Problem(Contract):
    """A problem: 1-based line, field, message with what to do."""

    line: int
    where: str
    message: str


def validate(path: Path) -> tuple[Problem, ...]:
    """The problems of a declaration file; empty when the loader accepts it. SourceError when it cannot be read."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise SourceError("A declaração não pode ser lida", value=path, hint=error) from error
    return validate_text(text, path.name)


def validate_text(text: str, name: str) -> tuple[Problem, ...]:
    """The problems of the text of a declaration, for a file of this name."""
    try:
        declaration, node = parse_yaml(text), yaml.compose(text, yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        mark = error.context_mark or error.problem_mark
        line = mark.line + 1 if mark else 1
        return (Problem(line=line, where=name, message=f"não é YAML: {error.problem}"),)
    try:
        Source.model_validate(declaration)
    except ValidationError as error:
        return tuple(
            Problem(line=_line_of(node, one.path), where=one.place or "fonte", message=one.message)
            for one in faults_by_header(error, declaration)
        )
    return _loader_problems(name, text, node)


def _loader_problems(name: str, text: str, node: Any) -> tuple[Problem, ...]:
    """Problems that only the loader finds: names of tables and of their columns."""
    with TemporaryDirectory() as folder:
        (Path(folder) / Path(name).with_suffix(".yaml")).write_text(text, encoding="utf-8")
        try:
            load(Path(folder))
        except SchemaError as error:
            unknown = str(error.__cause__.value) if isinstance(error.__cause__, UnknownNameError) else ""
            return (
                Problem(
                    line=_line_of_value(node, unknown), where=unknown or name, message=f"{error.what}. {error.hint}"
                ),
            )
    return ()


def _line_of(node: Any, path: tuple[str | int, ...]) -> int:
    """The line of the deepest part of a path that exists in the text."""
    line = 1
    for step in path:
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
    """The first line with this text as a value or a field; 0 if none."""
    if isinstance(node, yaml.ScalarNode):
        return node.start_mark.line + 1 if node.value == name else 0
    parts = [part for pair in node.value for part in (pair if isinstance(pair, tuple) else (pair,))] if node else []
    return next((line for line in (_line_of_value(part, name) for part in parts) if line), 0)
