"""Top-N within groups: `os 3 maiores clientes de cada segmento`, `o maior devedor por estado`."""

from b2shift.insight.planning.draft import Draft
from b2shift.insight.planning.grouping import split_by
from b2shift.insight.planning.ranking import SUPERLATIVES
from b2shift.insight.planning.wording import words
from b2shift.insight.reading.mentions import Mention, Reading
from b2shift.metrics.api import counts_customers

ASKED = frozenset({"quem", "who"})
OPENING = frozenset({"por", "by", "per"})
NEAR = 3
"""Words between one customer and the superlative that picks it: `o cliente do Sul com o maior débito`."""


def take_each(reading: Reading, draft: Draft) -> None:
    """Fill `each` for a top-N within groups; without a limit the groups share one order."""
    if draft.intent != "rank" or draft.order is None or draft.comparison or draft.grain:
        return
    people = _people(reading, draft)
    groups = [i for i in reading.of("dimension") if i.name in draft.dimensions and _opened(reading, i, draft, people)]
    if len({mention.name for mention in groups}) != 1:
        return
    ranked = [people] if people else [i for i in reading.of("dimension") if i.name != groups[0].name]
    name = "customer" if people else ranked[0].name if ranked else None
    others = {i.name for i in reading.of("dimension")} - {groups[0].name, "customer", name}
    if name is None or others or not set(draft.dimensions) <= {groups[0].name, "customer", name}:
        return
    limit = draft.limit or (1 if _first_alone(reading, ranked[0]) else None)
    if not (limit or people):
        return
    draft.dimensions, draft.customers = [groups[0].name, name], False
    if limit:
        draft.each, draft.limit = groups[0].name, limit


def _people(reading: Reading, draft: Draft) -> Mention | None:
    """The mention by which customers are ranked rather than counted."""
    if any(map(counts_customers, draft.metrics)):
        return None
    debtors = [m for m in reading.of("metric") if reading.words[m.start].lemma in words("debtors")]
    who = [i for i in reading.of("cue") if i.name == "list" and reading.folded[i.start] in ASKED]
    named = [i for i in reading.of("dimension") if i.name == "customer"]
    asked = draft.customers or "customer" in draft.dimensions
    return next(iter([*debtors, *(named if asked else []), *(who if draft.customers else [])]), None)


def _opened(reading: Reading, mention: Mention, draft: Draft, people: Mention | None) -> bool:
    """`De cada segmento`; where customers are ranked, `por segmento` means the same."""
    if mention.name == "customer" or not mention.start:
        return False
    before = reading.folded[mention.start - 1]
    return before in words("every") or (people is not None and before in OPENING and split_by(reading, mention))


def _first_alone(reading: Reading, mention: Mention) -> bool:
    """Whether the top one is asked for: `o maior cliente`, `quem mais deve`."""
    cues = [i for i in reading.of("cue") if i.name in SUPERLATIVES]
    one = reading.folded[mention.end - 1] == reading.words[mention.end - 1].lemma
    return one and any(0 <= mention.start - cue.end <= 1 or 0 <= cue.start - mention.end <= NEAR for cue in cues)
