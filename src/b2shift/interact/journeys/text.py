"""A journey as YAML: parsing with every problem found, and canonical output."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError

from b2shift.identify.contracts import Units
from b2shift.interact.contracts import Category, Finding, Policy, PolicyCheck
from b2shift.interact.journeys.check import check
from b2shift.interact.policy.document import Document, DocumentError, read
from b2shift.interact.policy.load import raw
from b2shift.interact.policy.problems import SHAPES, Problem, finding, from_validation, policy_error
from b2shift.interact.shapes import journeys as shapes
from b2shift.interact.shapes.journeys import Journey
from b2shift.kernel.contract import Contract
from b2shift.kernel.errors import PolicyError

READY = Path(__file__).with_name("ready")
_OWN: dict[str, type[Contract]] = {
    **{name: SHAPES[name] for name in ("audience", "cadence", "nps", "telemetry", "score", "event", "date")},
    **dict.fromkeys(("where", "any", "all"), SHAPES["where"]),
    "enter": shapes.Enter,
    "classes": shapes.Classes,
    "measure": shapes.Measure,
    "cases": shapes.Case,
    "arms": shapes.Arm,
    "message": shapes.MessageStep,
    "task": shapes.TaskStep,
    "wait": shapes.WaitStep,
    "branch": shapes.BranchStep,
    "split": shapes.SplitStep,
    "holdout": shapes.HoldoutStep,
    "goal": shapes.GoalStep,
    "exit": shapes.ExitStep,
}


def load(path: Path, policy: Policy) -> Journey:
    """Load and validate a journey; raises PolicyError with the file, the line, the value and similar names."""
    return parse(raw(path), path.name, policy)


def parse(text: bytes, name: str, policy: Policy, units: Units | None = None) -> Journey:
    """The same for an unsaved text."""
    try:
        document = read(text)
    except DocumentError as error:
        raise PolicyError(f"{name}, linha {error.line}: {error.what}", value=error.value, hint=error.hint) from error
    journey, problems = _parsed(document, policy, units)
    if journey is None or problems:
        raise policy_error(name, document, problems)
    return journey


def published(text: str) -> Journey:
    """A journey published earlier, not validated again: policies may have changed since."""
    return Journey.model_validate_json(json.dumps(read(text.encode()).data), strict=True)


def inspect(text: bytes, name: str, policy: Policy, units: Units | None = None) -> PolicyCheck:
    """Every problem of a text, by line; raises nothing."""
    try:
        document = read(text)
    except DocumentError as error:
        value = None if error.value is None else str(error.value)
        fault = Finding(category=Category.ESCRITA, line=error.line, what=error.what, value=value, hint=error.hint)
        return PolicyCheck(file=name, findings=(fault,))
    journey, problems = _parsed(document, policy, units)
    found = sorted((finding(one, document) for one in problems), key=lambda one: (one.line, one.what))
    content = {"name": journey.name, "version": journey.id, "rules": len(journey.steps)} if journey else {}
    return PolicyCheck(file=name, findings=tuple(found), **content)


def ready() -> Iterator[tuple[str, str]]:
    """The journeys the product ships: code and text, in reading order."""
    for path in sorted(READY.glob("*.yaml")):
        yield path.stem.partition("_")[2], path.read_text(encoding="utf-8")


def data(text: str) -> Any:
    """The plain data of a text, valid or not; PolicyError when it is no YAML."""
    try:
        return read(text.encode()).data
    except DocumentError as error:
        raise PolicyError(f"linha {error.line}: {error.what}", value=error.value, hint=error.hint) from error


def to_yaml(content: Any) -> str:
    """Plain data as canonical YAML."""
    return str(yaml.dump(content, Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=110))


def journey_yaml(journey: Journey) -> str:
    """The YAML of a journey: fields in the order of their shape, defaults left out."""
    return to_yaml(json.loads(journey.model_dump_json(exclude_defaults=True)))


def _parsed(document: Document, policy: Policy, units: Units | None) -> tuple[Journey | None, list[Problem]]:
    try:
        journey = Journey.model_validate_json(json.dumps(document.data), strict=True)
    except ValidationError as error:
        return None, from_validation(error, _OWN, Journey)
    return journey, list(check(journey, policy, units))


class _Dumper(yaml.SafeDumper):
    """Long texts stand as blocks."""


def _text(dumper: yaml.SafeDumper, value: str) -> yaml.ScalarNode:
    style = "|" if "\n" in value else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", value, style=style)


_Dumper.add_representer(str, _text)
