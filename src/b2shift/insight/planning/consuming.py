"""Words that edit the last query are consumed, so that nothing else is recognised in them."""

import re

from b2shift.insight.reading.mentions import Mention, Reading

NAMES = frozenset({"value", "dimension", "metric"})
EDIT, EDIT_WORD = "edit", "edit_word"
"""Cues that mark consumed words: an edit of the last query, and words that belong to one."""


def span_of(reading: Reading, found: re.Match[str], group: str | int = 0) -> tuple[int, int]:
    """First and last (exclusive) word of a match."""
    lead = len(found.group(group)) - len(found.group(group).lstrip())
    start = reading.text[: found.start(group) + lead].count(" ")
    return start, start + found.group(group).strip().count(" ") + 1


def consume(reading: Reading, start: int, end: int, name: str = EDIT) -> None:
    """Replace every mention in a span by one cue."""
    reading.mentions = [i for i in reading.mentions if i.end <= start or i.start >= end]
    reading.periods = [p for p in reading.periods if p.end <= start or p.start >= end]
    reading.amounts = [a for a in reading.amounts if a.end <= start or a.start >= end]
    reading.mentions.append(Mention("cue", name, start, end))
    reading.mentions.sort(key=lambda mention: mention.start)
