"""Review queue of categories and cities that may be variants of others, and the decisions taken."""

from pathlib import Path

from b2shift.identify.cleansing.decisions import decide, decisions
from b2shift.identify.contracts import Answer, CategoryDoubt, Decision
from b2shift.kernel.errors import UnknownNameError
from b2shift.lake.api import Lake

_TABLES = ("category_doubts", "city_doubts")


def doubts(lake: Lake, home: Path) -> tuple[CategoryDoubt, ...]:
    """The open doubts of one version, the most rows first."""
    decided = decisions(home)
    found = [
        CategoryDoubt.model_validate(row)
        for table in _TABLES if lake.has(table) for row in lake.query(f"SELECT * FROM {table}").to_pylist()
    ]  # fmt: skip
    pending = [one for one in found if (one.delivered, one.spelling) not in decided.get(one.vocabulary, {})]
    return tuple(sorted(pending, key=lambda one: (-one.rows, one.vocabulary, one.delivered)))


def decided(home: Path) -> tuple[Decision, ...]:
    """Every decision in force, the newest first."""
    found = [decision for pairs in decisions(home).values() for decision in pairs.values()]
    return tuple(sorted(found, key=lambda one: one.at, reverse=True))


def answer(lake: Lake, home: Path, decision: Decision) -> None:
    """Record a decision; the next run applies it. UnknownNameError for a pair not in review, or one never decided."""
    pair = (decision.delivered, decision.spelling)
    if decision.answer is Answer.OPEN:
        known = {(d.vocabulary, d.delivered, d.spelling) for d in decided(home)}
    else:
        known = {(d.vocabulary, d.delivered, d.spelling) for d in doubts(lake, home)}
    if (decision.vocabulary, *pair) not in known:
        raise UnknownNameError("par em revisão", " → ".join(pair), [" → ".join(one[1:]) for one in known])
    decide(home, decision)
