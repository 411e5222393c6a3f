"""What people decided about pairs of companies, or of contacts: journals that only grow; the newest word holds."""

from pathlib import Path

from b2shift.identify.contracts import Answer, LinkDecision
from b2shift.kernel.errors import UnknownNameError
from b2shift.lake.api import Lake, decisions_in, keep_decision


def journal(home: Path) -> Path:
    """Where the decisions of a home are kept, one JSON object per line."""
    return home / "decisions" / "companies.jsonl"


def contacts_journal(home: Path) -> Path:
    """Where those about contacts are kept."""
    return home / "decisions" / "contacts.jsonl"


def decisions(home: Path) -> dict[tuple[str, str], LinkDecision]:
    """(prospect, other) → the newest decision, those taken back left out; StateError when damaged."""
    return decided_pairs(journal(home))


def decided_pairs(path: Path) -> dict[tuple[str, str], LinkDecision]:
    """(one, other) → the newest decision of a journal, those taken back left out; StateError when damaged."""
    found = {(one.prospect_id, one.same_as): one for one in decisions_in(path, LinkDecision)}
    return {pair: one for pair, one in found.items() if one.answer is not Answer.OPEN}


def decide(lake: Lake, home: Path, decision: LinkDecision) -> None:
    """Keep a person's answer to a pair of `prospect_links` or `contact_links`; the next run applies it.

    Raises UnknownNameError for a pair that is no candidate, StorageError when the home cannot be written.
    """
    near: list[str] = []
    for table, key, path in (
        ("prospect_links", "prospect_id", journal(home)),
        ("contact_links", "contact_id", contacts_journal(home)),
    ):
        if not lake.has(table):
            continue
        rows = lake.query(f"SELECT same_as FROM {table} WHERE {key} = ?", [decision.prospect_id]).to_pylist()
        near += [row["same_as"] for row in rows]
        if decision.same_as in near:
            keep_decision(path, decision)
            return
    raise UnknownNameError(f"par de {decision.prospect_id}", decision.same_as, near)
