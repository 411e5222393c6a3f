"""Similarity of company names by their words, each weighted by how few companies carry it."""

import math
from difflib import SequenceMatcher

from b2shift.identify.resolution.names import CompanyName, Vocabulary

# A common word and another are spellings of one word from this length and this share of equal letters on.
_SHORTEST_WORD, _SPELLING_RATIO = 4, 0.75


def inverse_document_frequency(word: str, vocabulary: Vocabulary) -> float:
    """ln(companies / companies with the word), smoothed (K. Spärck Jones, 1972)."""
    return math.log((1 + vocabulary.companies) / (1 + vocabulary.frequency[word])) + 0.1


def weighted_jaccard(one: CompanyName, other: CompanyName, vocabulary: Vocabulary) -> float:
    """Weight of the words both names carry over the weight of all their words, 0 to 1; a misspelt common word counts as
    the common one."""
    left, right = set(one.words), set(other.words)
    shared = left & right
    for word in sorted(left - shared):
        twin = next((w for w in sorted(right - shared) if _misspelling_of_common(word, w, vocabulary)), None)
        if twin is not None:
            common = word if vocabulary.is_common(word) else twin
            left, right = left - {word} | {common}, right - {twin} | {common}
    total = sum(inverse_document_frequency(word, vocabulary) for word in left | right)
    return sum(inverse_document_frequency(word, vocabulary) for word in left & right) / total if total else 0.0


def _misspelling_of_common(word: str, other: str, vocabulary: Vocabulary) -> bool:
    """Whether one of two similar words is common and the other is not."""
    return (
        min(len(word), len(other)) >= _SHORTEST_WORD
        and vocabulary.is_common(word) != vocabulary.is_common(other)
        and SequenceMatcher(None, word, other).ratio() >= _SPELLING_RATIO
    )


def rarest_words(name: CompanyName, vocabulary: Vocabulary, count: int) -> list[str]:
    """The words of a name that the fewest companies carry, the rarest first."""
    return sorted(set(name.words), key=lambda word: (vocabulary.frequency[word], word))[:count]
