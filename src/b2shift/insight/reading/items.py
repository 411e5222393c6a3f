"""A question read: its words, and everything recognised in them."""

from dataclasses import dataclass, field
from datetime import date

from b2shift.insight.reading.lexicon import CONNECTORS, Item
from b2shift.insight.reading.numbers import Amount
from b2shift.insight.reading.periods import Found
from b2shift.insight.reading.text import Word


@dataclass
class Reading:
    """One question, read once; the planner only looks."""

    question: str
    words: list[Word]
    as_of: date
    portuguese: bool
    items: list[Item] = field(default_factory=list)
    periods: list[Found] = field(default_factory=list)
    amounts: list[Amount] = field(default_factory=list)
    nouns: frozenset[str] = frozenset()
    """Ordinary nouns of the business: after `por` they would name a group."""
    qualifying: frozenset[str] = frozenset()
    """Ordinary words that beside a name narrow it."""

    @property
    def folded(self) -> list[str]:
        """The words, folded and put right."""
        return [word.folded for word in self.words]

    @property
    def text(self) -> str:
        """The folded words in one line."""
        return " ".join(self.folded)

    def of(self, kind: str) -> list[Item]:
        """Items of a kind, in the order they stand."""
        return [item for item in self.items if item.kind == kind]

    def cue(self, *names: str) -> Item | None:
        """The first cue with one of these names."""
        return next((item for item in self.items if item.kind == "cue" and item.name in names), None)

    def covered(self) -> set[int]:
        """Places of words that something explains."""
        spans = [(i.start, i.end) for i in self.items]
        spans += [(a.start, a.end) for a in self.amounts] + [(p.start, p.end) for p in self.periods]
        return {place for start, end in spans for place in range(start, end)}


__all__ = ["CONNECTORS", "Item", "Reading"]
