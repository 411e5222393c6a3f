"""Spelling correction towards the words of the lexicon, by deletions (SymSpell)."""

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
    """Finds the nearest known word by deletion neighbourhoods."""

    def __init__(self, meaning: Iterable[str], stop_words: Iterable[str] = (), names: Iterable[str] = ()) -> None:
        """`stop_words` say nothing: only one error is put right towards them, or what they replace would be lost.

        `names` are left as typed, and nothing is put right towards them.
        """
        self._meaning = frozenset(form for word in meaning for form in (word, *plurals(word)))
        self._towards = self._meaning | frozenset(stop_words)
        self.known = self._towards | frozenset(names)
        self.correct = lru_cache(maxsize=4096)(self._right)

    def _right(self, word: str) -> str:
        """The word itself when known or hopeless; else the one known word nearest to it."""
        if word in self.known or singular(word) in self.known or len(word) < SHORTEST or not word.isalpha():
            return word
        allowed = 2 if len(word) >= LONG else 1
        near = {known: edits(word, known, allowed) for known in self._candidates(word, allowed)}
        near = {
            known: distance
            for known, distance in near.items()
            if distance <= (allowed if known in self._meaning else 1)
        }
        if not near:
            return word
        likely = {known: (distance, _typo_cost(word, known)) for known, distance in near.items()}
        least = min(likely.values())
        best = {singular(known): known for known in sorted(near) if likely[known] == least}
        if len(best) > 1:
            best = {lemma: known for lemma, known in best.items() if known[0] == word[0]}
        return next(iter(best.values())) if len(best) == 1 else word

    def _candidates(self, word: str, allowed: int) -> set[str]:
        found = {known for left in deletions(word, 1) for known in self._one.get(left, ())}
        if allowed == 2:
            found |= {known for left in deletions(word, 2) for known in self._two.get(left, ())}
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
                for left in deletions(known, left_out):
                    index[left].append(known)
        return dict(index)


def plurals(word: str) -> tuple[str, ...]:
    """Plural forms of a word, Portuguese and English, which people misspell too."""
    if len(word) < SHORTEST - 1 or word.endswith("s") or not word.isalpha():
        return ()
    for ending, instead in (("ao", "oes"), ("al", "ais"), ("m", "ns"), ("r", "res"), ("z", "zes")):
        if word.endswith(ending):
            return (word[: -len(ending)] + instead, f"{word}s")
    return (f"{word}s",)


def _typo_cost(typed: str, meant: str) -> int:
    """Cost of a typo by its likelihood, least first: transposition, omission or doubling, replacement."""
    if sorted(typed) == sorted(meant):
        return 0
    return 1 if len(typed) != len(meant) else 2


def deletions(word: str, most: int) -> set[str]:
    """The word with up to `most` letters deleted."""
    out = {word}
    for _ in range(most):
        out |= {less for some in out for less in one_left_out(some)}
    return out
