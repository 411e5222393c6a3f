"""Append-only journals of people's decisions, one JSON object a line; the newest decision wins."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import TypeVar

from pydantic import ValidationError

from b2shift.kernel.contract import Contract
from b2shift.kernel.errors import StateError, StorageError

Decision = TypeVar("Decision", bound=Contract)


def decisions_in(path: Path, kind: type[Decision]) -> Iterator[Decision]:
    """The decisions of a journal, oldest first; none without the file, StateError with the line when it is damaged."""
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines() if path.exists() else (), 1):
        try:
            yield kind.model_validate_json(line)
        except ValidationError as error:
            raise StateError(
                "O diário de decisões está danificado", value=f"{path}, linha {number}", hint="Conserte ou tire a linha"
            ) from error


def append_decision(path: Path, decision: Contract) -> None:
    """Append a decision durably; StorageError when the home cannot be written."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("a", encoding="utf-8") as file:
            file.write(decision.model_dump_json() + "\n")
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        raise StorageError("A decisão não pôde ser guardada", value=path, hint=error) from error
