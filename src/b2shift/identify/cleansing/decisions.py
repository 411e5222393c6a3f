"""What people decided about categories: a journal in the home that only grows; the newest word on a pair holds."""

from collections.abc import Mapping
from pathlib import Path

from b2shift.identify.contracts import Answer, Decision
from b2shift.lake.api import append_decision, decisions_in

Pair = tuple[str, str]


def journal(home: Path) -> Path:
    """Where the decisions of a home are kept, one JSON object per line."""
    return home / "decisions" / "categories.jsonl"


def decisions(home: Path) -> dict[str, dict[Pair, Decision]]:
    """Vocabulary → (delivered, spelling) → the newest decision, those taken back left out; StateError when damaged."""
    found = {(one.vocabulary, one.delivered, one.spelling): one for one in decisions_in(journal(home), Decision)}
    decided: dict[str, dict[Pair, Decision]] = {}
    for (vocabulary, delivered, spelling), one in found.items():
        if one.answer is not Answer.OPEN:
            decided.setdefault(vocabulary, {})[delivered, spelling] = one
    return decided


def accepted(decided: Mapping[Pair, Decision]) -> dict[str, Decision]:
    """Delivered form → the decision that says how it is written; the newest when there are several."""
    yes = sorted((d for d in decided.values() if d.answer is Answer.ACCEPTED), key=lambda d: d.at)
    return {decision.delivered: decision for decision in yes}


def decide(home: Path, decision: Decision) -> None:
    """Add an answer to the journal; the next run applies it. StorageError when the home cannot be written."""
    append_decision(journal(home), decision)
