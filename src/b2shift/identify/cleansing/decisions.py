"""What people decided about categories: a journal in the home that only grows; the newest word on a pair holds."""

import os
from collections.abc import Mapping
from pathlib import Path

from pydantic import ValidationError

from b2shift.identify.contracts import Answer, Decision
from b2shift.kernel.errors import StateError, StorageError

Pair = tuple[str, str]


def journal(home: Path) -> Path:
    """Where the decisions of a home are kept, one JSON object per line."""
    return home / "decisions" / "categories.jsonl"


def decisions(home: Path) -> dict[str, dict[Pair, Decision]]:
    """Vocabulary → (delivered, spelling) → the newest decision, those taken back left out; StateError when damaged."""
    path, found = journal(home), {}
    if not path.exists():
        return {}
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        try:
            one = Decision.model_validate_json(line)
        except ValidationError as error:
            raise StateError(
                "O diário de decisões está danificado", value=f"{path}, linha {number}", hint="Conserte ou tire a linha"
            ) from error
        found[one.vocabulary, one.delivered, one.spelling] = one
    told: dict[str, dict[Pair, Decision]] = {}
    for (vocabulary, delivered, spelling), one in found.items():
        if one.answer is not Answer.OPEN:
            told.setdefault(vocabulary, {})[delivered, spelling] = one
    return told


def accepted(told: Mapping[Pair, Decision]) -> dict[str, Decision]:
    """Delivered form → the decision that says how it is written; the newest when there are several."""
    yes = sorted((d for d in told.values() if d.answer is Answer.ACCEPTED), key=lambda d: d.at)
    return {decision.delivered: decision for decision in yes}


def decide(home: Path, decision: Decision) -> None:
    """Add an answer to the journal; the next run applies it. StorageError when the home cannot be written."""
    path = journal(home)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("a", encoding="utf-8") as file:
            file.write(decision.model_dump_json() + "\n")
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        raise StorageError("A decisão não pôde ser guardada", value=path, hint=str(error)) from error
