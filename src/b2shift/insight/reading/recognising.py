"""From the words of a question to everything recognised in them."""

from datetime import date

from b2shift.insight.reading.ellipsis import elided
from b2shift.insight.reading.items import Reading
from b2shift.insight.reading.lexicon import Lexicon
from b2shift.insight.reading.numbers import amounts
from b2shift.insight.reading.phrases import phrases
from b2shift.insight.reading.senses import closed, drawn, idle, least, rates, whoever
from b2shift.insight.reading.spans import find_periods
from b2shift.insight.reading.text import split
from b2shift.insight.reading.typed import spelled
from b2shift.insight.reading.values import beside_dimension, clusters, further_bands, risks_of, sizes_before, states

_ENGLISH = frozenset(
    "the what which who show list how is are our by with more than last customers and for of does did give in why".split()
)


def read(question: str, as_of: date, lexicon: Lexicon, *, ahead: bool = False) -> Reading:
    """Recognise everything in a question; `ahead` reads months without a year as coming ones."""
    words = spelled(split(question), lexicon)
    portuguese = sum(word.folded in _ENGLISH for word in words) * 4 < len(words) + 1
    reading = Reading(question, words, as_of, portuguese, nouns=lexicon.nouns, qualifying=lexicon.qualifying)
    taken: set[int] = set()
    first = phrases(reading, lexicon, taken, longest_only=True)
    reading.periods = find_periods(reading.folded, as_of, ahead, {p for i in first for p in range(i.start, i.end)})
    for found in reading.periods:
        taken.update(range(found.start, found.end))
    for item in first:
        taken.update(range(item.start, item.end))
    reading.items = [*first, *phrases(reading, lexicon, taken, longest_only=False)]
    elided(reading, lexicon)
    for item in reading.items:
        taken.update(range(item.start, item.end))
    beside_dimension(reading, taken)
    sizes_before(reading, taken)
    further_bands(reading, taken)
    risks_of(reading, taken)
    clusters(reading, taken)
    states(reading, taken)
    reading.amounts = amounts(reading.folded, portuguese, taken)
    rates(reading)
    whoever(reading)
    idle(reading)
    closed(reading)
    drawn(reading)
    least(reading)
    reading.items.sort(key=lambda item: item.start)
    return reading
