"""Words typed with an error, put right towards the words the lexicon knows."""

from collections import defaultdict
from collections.abc import Iterable
from functools import cached_property, lru_cache

from b2shift.insight.reading.text import singular
from b2shift.kernel.letters import edits, one_left_out

SHORTEST = 5
"""Letters below which a word is taken as typed."""
LONG = 9
"""Letters from which two errors are put right."""


class Spelling:
    """Knows every word of the lexicon and finds the nearest one, by the words that letters left out make alike."""

    def __init__(self, meaning: Iterable[str], harmless: Iterable[str] = (), names: Iterable[str] = ()) -> None:
        """`harmless` words say nothing: only one error is put right towards them, or what they replace would be lost.

        `names` are left as typed, and nothing is put right towards them.
        """
        self._meaning = frozenset(form for word in meaning for form in (word, *plurals(word)))
        self._towards = self._meaning | frozenset(harmless)
        self.known = self._towards | frozenset(names)
        self.right = lru_cache(maxsize=4096)(self._right)

    def _right(self, word: str) -> str:
        """The word itself when known or hopeless; else the one known word nearest to it."""
        if word in self.known or singular(word) in self.known or len(word) < SHORTEST or not word.isalpha():
            return word
        allowed = 2 if len(word) >= LONG else 1
        near = {known: edits(word, known, allowed) for known in self._alike(word, allowed)}
        near = {
            known: distance
            for known, distance in near.items()
            if distance <= (allowed if known in self._meaning else 1)
        }
        if not near:
            return word
        likely = {known: (distance, _slip(word, known)) for known, distance in near.items()}
        least = min(likely.values())
        best = {singular(known): known for known in sorted(near) if likely[known] == least}
        if len(best) > 1:
            best = {lemma: known for lemma, known in best.items() if known[0] == word[0]}
        return next(iter(best.values())) if len(best) == 1 else word

    def _alike(self, word: str, allowed: int) -> set[str]:
        found = {known for left in shortened(word, 1) for known in self._one.get(left, ())}
        if allowed == 2:
            found |= {known for left in shortened(word, 2) for known in self._two.get(left, ())}
        return found

    @cached_property
    def _one(self) -> dict[str, list[str]]:
        return self._index(SHORTEST - 1, 1)

    @cached_property
    def _two(self) -> dict[str, list[str]]:
        return self._index(LONG - 2, 2)

    def _index(self, shortest: int, left_out: int) -> dict[str, list[str]]:
        index: dict[str, list[str]] = defaultdict(list)
        for known in self._towards:
            if known.isalpha() and len(known) >= shortest:
                for left in shortened(known, left_out):
                    index[left].append(known)
        return dict(index)


def plurals(word: str) -> tuple[str, ...]:
    """Forms of more than one, Portuguese and English: people err in them too."""
    if len(word) < SHORTEST - 1 or word.endswith("s") or not word.isalpha():
        return ()
    for ending, instead in (("ao", "oes"), ("al", "ais"), ("m", "ns"), ("r", "res"), ("z", "zes")):
        if word.endswith(ending):
            return (word[: -len(ending)] + instead, f"{word}s")
    return (f"{word}s",)


def _slip(typed: str, meant: str) -> int:
    """How likely a slip is, least first: two letters swapped, one left out or doubled, one for another."""
    if sorted(typed) == sorted(meant):
        return 0
    return 1 if len(typed) != len(meant) else 2


def shortened(word: str, most: int) -> set[str]:
    """The word with up to `most` letters left out."""
    out = {word}
    for _ in range(most):
        out |= {less for some in out for less in one_left_out(some)}
    return out
