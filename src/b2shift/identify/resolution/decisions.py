"""What people decided about pairs of companies: a journal in the home that only grows; the newest word holds."""

import os
from pathlib import Path

from pydantic import ValidationError

from b2shift.identify.contracts import Answer, LinkDecision
from b2shift.kernel.errors import StateError, StorageError, UnknownNameError
from b2shift.lake.api import Lake


def journal(home: Path) -> Path:
    """Where the decisions of a home are kept, one JSON object per line."""
    return home / "decisions" / "companies.jsonl"


def decisions(home: Path) -> dict[tuple[str, str], LinkDecision]:
    """(prospect, other) → the newest decision, those taken back left out; StateError when damaged."""
    path, found = journal(home), {}
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines() if path.exists() else (), 1):
        try:
            one = LinkDecision.model_validate_json(line)
        except ValidationError as error:
            raise StateError(
                "O diário de decisões está danificado", value=f"{path}, linha {number}", hint="Conserte ou tire a linha"
            ) from error
        found[one.prospect_id, one.same_as] = one
    return {pair: one for pair, one in found.items() if one.answer is not Answer.OPEN}


def decide(lake: Lake, home: Path, decision: LinkDecision) -> None:
    """Keep a person's answer to a pair of `prospect_links`; the next run applies it.

    Raises UnknownNameError for a pair that is no candidate, StorageError when the home cannot be written.
    """
    known = lake.query("SELECT same_as FROM prospect_links WHERE prospect_id = ?", [decision.prospect_id])
    others = [row["same_as"] for row in known.to_pylist()]
    if decision.same_as not in others:
        raise UnknownNameError(f"par de {decision.prospect_id}", decision.same_as, others)
    path = journal(home)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("a", encoding="utf-8") as file:
            file.write(decision.model_dump_json() + "\n")
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        raise StorageError("A decisão não pôde ser guardada", value=path, hint=str(error)) from error
