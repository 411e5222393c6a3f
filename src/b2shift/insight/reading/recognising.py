"""Recognition: from the text of a question to its mentions."""

from datetime import date

from b2shift.insight.reading.disambiguation import (
    drop_closing_gain,
    drop_drawing,
    drop_rate_grain,
    extend_idle_period,
    least_as_ranking,
    restrict_whoever,
)
from b2shift.insight.reading.ellipsis import expand_ellipsis
from b2shift.insight.reading.lexicon import Lexicon
from b2shift.insight.reading.mentions import Reading
from b2shift.insight.reading.normalising import normalised
from b2shift.insight.reading.numbers import amounts
from b2shift.insight.reading.phrases import match_phrases
from b2shift.insight.reading.spans import find_periods
from b2shift.insight.reading.text import split
from b2shift.insight.reading.values import beside_dimension, clusters, further_bands, risks_of, sizes_before, states

_ENGLISH = frozenset(
    "the what which who show list how is are our by with more than last customers and for of does did give in why".split()
)


def read(question: str, as_of: date, lexicon: Lexicon, *, ahead: bool = False) -> Reading:
    """Recognise every mention in a question; with `ahead`, months without a year are future ones."""
    words = normalised(split(question), lexicon)
    portuguese = sum(word.folded in _ENGLISH for word in words) * 4 < len(words) + 1
    reading = Reading(question, words, as_of, portuguese, nouns=lexicon.nouns, qualifying=lexicon.qualifying)
    taken: set[int] = set()
    first = match_phrases(reading, lexicon, taken, longest_only=True)
    reading.periods = find_periods(reading.folded, as_of, ahead, {p for i in first for p in range(i.start, i.end)})
    for found in reading.periods:
        taken.update(range(found.start, found.end))
    for mention in first:
        taken.update(range(mention.start, mention.end))
    reading.mentions = [*first, *match_phrases(reading, lexicon, taken, longest_only=False)]
    expand_ellipsis(reading, lexicon)
    for mention in reading.mentions:
        taken.update(range(mention.start, mention.end))
    beside_dimension(reading, taken)
    sizes_before(reading, taken)
    further_bands(reading, taken)
    risks_of(reading, taken)
    clusters(reading, taken)
    states(reading, taken)
    reading.amounts = amounts(reading.folded, portuguese, taken)
    drop_rate_grain(reading)
    restrict_whoever(reading)
    extend_idle_period(reading)
    drop_closing_gain(reading)
    drop_drawing(reading)
    least_as_ranking(reading)
    reading.mentions.sort(key=lambda mention: mention.start)
    return reading
