"""A question with everything recognised in it."""

from dataclasses import dataclass, field
from datetime import date

from b2shift.insight.reading.lexicon import CONNECTORS, Mention
from b2shift.insight.reading.numbers import Amount
from b2shift.insight.reading.periods import PeriodMention
from b2shift.insight.reading.text import Word


@dataclass
class Reading:
    """A tokenised question and its mentions: names, cues, periods and amounts."""

    question: str
    words: list[Word]
    as_of: date
    portuguese: bool
    mentions: list[Mention] = field(default_factory=list)
    periods: list[PeriodMention] = field(default_factory=list)
    amounts: list[Amount] = field(default_factory=list)
    nouns: frozenset[str] = frozenset()
    """Ordinary nouns of the business: after `por` they would name a group."""
    qualifying: frozenset[str] = frozenset()
    """Ordinary words that beside a name narrow it."""

    @property
    def folded(self) -> list[str]:
        """The words, folded and spell-corrected."""
        return [word.folded for word in self.words]

    @property
    def text(self) -> str:
        """The folded words, joined by spaces."""
        return " ".join(self.folded)

    def of(self, kind: str) -> list[Mention]:
        """Mentions of a kind, in order."""
        return [mention for mention in self.mentions if mention.kind == kind]

    def cue(self, *names: str) -> Mention | None:
        """The first cue with one of these names."""
        return next((mention for mention in self.mentions if mention.kind == "cue" and mention.name in names), None)

    def covered(self) -> set[int]:
        """Positions of words inside a mention."""
        spans = [(i.start, i.end) for i in self.mentions]
        spans += [(a.start, a.end) for a in self.amounts] + [(p.start, p.end) for p in self.periods]
        return {position for start, end in spans for position in range(start, end)}


__all__ = ["CONNECTORS", "Mention", "Reading"]
