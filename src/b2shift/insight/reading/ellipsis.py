"""Ellipsis in coordinated metrics: `retenção líquida e bruta`, `net and gross retention`."""

from collections.abc import Iterator

from b2shift.insight.reading.lexicon import Lexicon
from b2shift.insight.reading.mentions import CONNECTORS, Mention, Reading

JOINING = frozenset({"e", "and", ",", "x", "vs", "versus", "&", "+", "ou", "or"})
PASSED = CONNECTORS | {"em", "in"}
"""Words that may open the second half: `tempo de uso e de resolução`."""
WHOLE = frozenset({"metric", "value", "dimension", "absent"})


def expand_ellipsis(reading: Reading, lexicon: Lexicon) -> None:
    """Add metrics whose shared word is said once; cues at their place are dropped."""
    lemmas = [word.lemma for word in reading.words]
    named = {position for i in reading.mentions if i.kind in WHOLE for position in range(i.start, i.end)}
    named |= {position for p in reading.periods for position in range(p.start, p.end)}
    for metric in reading.of("metric"):
        for found in (*_after(metric, lemmas, lexicon), *_before(metric, lemmas, lexicon)):
            if found.name != metric.name and not named & set(range(found.start, found.end)):
                reading.mentions = [i for i in reading.mentions if not (found.start <= i.start < found.end)]
                reading.mentions.append(found)
                named.update(range(found.start, found.end))


def _content(metric: Mention, lemmas: list[str]) -> list[str]:
    return [lemma for lemma in lemmas[metric.start : metric.end] if lemma not in CONNECTORS]


def _after(metric: Mention, lemmas: list[str], lexicon: Lexicon) -> Iterator[Mention]:
    """`MRR perdido e expandido`: the second says only what differs."""
    words = _content(metric, lemmas)
    if len(words) < 2 or lemmas[metric.end : metric.end + 1] == [] or lemmas[metric.end] not in JOINING:
        return
    at = metric.end + 1
    while at < len(lemmas) and lemmas[at] in PASSED:
        at += 1
    for head in [*(words[:size] for size in range(len(words) - 1, 0, -1)), words[-1:]]:
        found = lexicon.match([*head, *lemmas[at:]], 0, set()) if at < len(lemmas) else None
        if found and found.kind == "metric" and found.end > len(head):
            yield Mention("metric", found.name, at, at + found.end - len(head))
            return


def _before(metric: Mention, lemmas: list[str], lexicon: Lexicon) -> Iterator[Mention]:
    """`Net and gross retention`: the first says only what differs."""
    at = metric.start - 2
    if at < 0 or lemmas[metric.start - 1] not in JOINING or lemmas[at] in PASSED:
        return
    words = _content(metric, lemmas)
    for position in range(1, len(words)):
        tail = words[position:]
        found = lexicon.match([lemmas[at], *tail], 0, set())
        if found and found.kind == "metric" and found.end == len(tail) + 1:
            yield Mention("metric", found.name, at, at + 1)
            return
