"""What people decided about pairs of companies: a journal in the home that only grows; the newest word holds."""

from pathlib import Path

from b2shift.identify.contracts import Answer, LinkDecision
from b2shift.kernel.errors import UnknownNameError
from b2shift.lake.api import Lake, decisions_in, keep_decision


def journal(home: Path) -> Path:
    """Where the decisions of a home are kept, one JSON object per line."""
    return home / "decisions" / "companies.jsonl"


def decisions(home: Path) -> dict[tuple[str, str], LinkDecision]:
    """(prospect, other) → the newest decision, those taken back left out; StateError when damaged."""
    found = {(one.prospect_id, one.same_as): one for one in decisions_in(journal(home), LinkDecision)}
    return {pair: one for pair, one in found.items() if one.answer is not Answer.OPEN}


def decide(lake: Lake, home: Path, decision: LinkDecision) -> None:
    """Keep a person's answer to a pair of `prospect_links`; the next run applies it.

    Raises UnknownNameError for a pair that is no candidate, StorageError when the home cannot be written.
    """
    known = lake.query("SELECT same_as FROM prospect_links WHERE prospect_id = ?", [decision.prospect_id])
    others = [row["same_as"] for row in known.to_pylist()]
    if decision.same_as not in others:
        raise UnknownNameError(f"par de {decision.prospect_id}", decision.same_as, others)
    keep_decision(journal(home), decision)
