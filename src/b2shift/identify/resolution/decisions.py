"""Decisions of people over pairs of companies or contacts: append-only journals in which the newest entry stands."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from pathlib import Path

from b2shift.identify.contracts import Answer, LinkDecision
from b2shift.kernel.errors import UnknownNameError
from b2shift.lake.api import Lake, append_decision, decisions_in


def company_journal(home: Path) -> Path:
    """The journal of decisions over companies, JSON lines."""
    return home / "decisions" / "companies.jsonl"


def contact_journal(home: Path) -> Path:
    """The journal of decisions over contacts, JSON lines."""
    return home / "decisions" / "contacts.jsonl"


def company_decisions(home: Path) -> dict[tuple[str, str], LinkDecision]:
    """(prospect, other) → the decision that stands; StateError for a damaged journal."""
    return standing_decisions(company_journal(home))


def standing_decisions(journal: Path) -> dict[tuple[str, str], LinkDecision]:
    """(one, other) → the newest decision unless it was withdrawn; StateError for a damaged journal."""
    newest = {(one.prospect_id, one.same_as): one for one in decisions_in(journal, LinkDecision)}
    return {pair: one for pair, one in newest.items() if one.answer is not Answer.OPEN}


def decide(lake: Lake, home: Path, decision: LinkDecision) -> None:
    """Journal a decision over a pair of `prospect_links` or `contact_links`; the next run applies it.

    Raises UnknownNameError for a pair without a link, StorageError when the home cannot be written.
    """
    linked: list[str] = []
    for table, key, journal in (
        ("prospect_links", "prospect_id", company_journal(home)),
        ("contact_links", "contact_id", contact_journal(home)),
    ):
        if not lake.has(table):
            continue
        rows = lake.query(f"SELECT same_as FROM {table} WHERE {key} = ?", [decision.prospect_id]).to_pylist()
        linked += [row["same_as"] for row in rows]
        if decision.same_as in linked:
            append_decision(journal, decision)
            return
    raise UnknownNameError(f"par de {decision.prospect_id}", decision.same_as, linked)


def reject(
    lake: Lake, home: Path, pairs: Iterable[tuple[str, str]], *, by: str, at: datetime
) -> Sequence[LinkDecision]:
    """Journal that none of these pairs is the same; raises as `decide` does."""
    rejections = [
        LinkDecision(prospect_id=one, same_as=other, answer=Answer.REJECTED, by=by, at=at) for one, other in pairs
    ]
    for decision in rejections:
        decide(lake, home, decision)
    return rejections
