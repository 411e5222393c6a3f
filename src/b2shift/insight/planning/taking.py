"""Words of a turn that edit the last query are taken out of its reading, so that nothing else is recognised in them."""

import re

from b2shift.insight.reading.items import Item, Reading

NAMES = frozenset({"value", "dimension", "metric"})
EDIT, SAID = "edit", "edit_word"
"""Cues put into a reading: words that edit the last query, and words that belong to such an edit and say nothing more."""


def places(reading: Reading, found: re.Match[str], group: str | int = 0) -> tuple[int, int]:
    """First and last (exclusive) word of a match."""
    lead = len(found.group(group)) - len(found.group(group).lstrip())
    start = reading.text[: found.start(group) + lead].count(" ")
    return start, start + found.group(group).strip().count(" ") + 1


def take(reading: Reading, start: int, end: int, name: str = EDIT) -> None:
    """Words that are an edit: nothing else is recognised in them."""
    reading.items = [i for i in reading.items if i.end <= start or i.start >= end]
    reading.periods = [p for p in reading.periods if p.end <= start or p.start >= end]
    reading.amounts = [a for a in reading.amounts if a.end <= start or a.start >= end]
    reading.items.append(Item("cue", name, start, end))
    reading.items.sort(key=lambda item: item.start)
