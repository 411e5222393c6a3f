"""Words that few companies carry tell more about who a company is."""

import math
from difflib import SequenceMatcher

from b2shift.identify.resolution.names import CompanyName, Vocabulary

# Two words are spellings of one when so much of their letters is the same, and only one of them is known.
_SPELLING, _SHARED = 4, 0.75


def weight(word: str, vocabulary: Vocabulary) -> float:
    """ln(companies / companies with the word): inverse document frequency (K. Spärck Jones, 1972)."""
    return math.log((1 + vocabulary.companies) / (1 + vocabulary.counts[word])) + 0.1


def likeness(one: CompanyName, other: CompanyName, vocabulary: Vocabulary) -> float:
    """Share of the weight of all words that both names carry, 0 to 1; a long word misspelt by a letter counts."""
    left, right = set(one.words), set(other.words)
    both = left & right
    for word in sorted(left - both):
        twin = next((other for other in sorted(right - both) if _one_misspelt(word, other, vocabulary)), None)
        if twin is not None:
            known = word if vocabulary.common(word) else twin
            left, right = left - {word} | {known}, right - {twin} | {known}
    total = sum(weight(word, vocabulary) for word in left | right)
    return sum(weight(word, vocabulary) for word in left & right) / total if total else 0.0


def _one_misspelt(word: str, other: str, vocabulary: Vocabulary) -> bool:
    return (
        min(len(word), len(other)) >= _SPELLING
        and vocabulary.common(word) != vocabulary.common(other)
        and SequenceMatcher(None, word, other).ratio() >= _SHARED
    )


def rarest(name: CompanyName, vocabulary: Vocabulary, count: int) -> list[str]:
    """Its words that the fewest companies carry, the rarest first."""
    return sorted(set(name.words), key=lambda word: (vocabulary.counts[word], word))[:count]
