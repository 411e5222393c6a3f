"""Rare categories that look like a frequent one: told to a person, never merged by themselves."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from typing import NamedTuple

from b2shift.kernel.letters import one_edit_apart
from b2shift.kernel.text import fold

# A form is rare beside one this often as frequent, which is itself heard this often.
_RATIO, _FREQUENT = 3, 20
# A shorter word with another letter is another word.
_LONG = 5
_MOST = 200
# Of so few forms each is compared.
_FEW = 8
_WORDS = re.compile(r"\w+")
_DIGITS = re.compile(r"\d")
_LINKS = frozenset(("a", "ao", "com", "da", "das", "de", "do", "dos", "e", "em", "na", "no", "o", "para", "por"))

Words = tuple[str, ...]
Rest = tuple[int, Words]


class SimilarCategory(NamedTuple):
    """`rare` may be `frequent` typed another way; `likeness` is Dice's coefficient of their letter trigrams, 0 to 1."""

    rare: str
    frequent: str
    rows: int
    rows_of_frequent: int
    likeness: float


def similar_categories(counts: Mapping[str, int]) -> list[SimilarCategory]:
    """For each rare form of one vocabulary the frequent one nearest to it, the most rows first.

    Forms are alike that differ in linking words only, or in one letter of one long word; other words or other numbers
    (`Faixa 01`, `Faixa 02`) are another category. Coefficient: L. R. Dice, Measures of the amount of ecologic
    association between species, 1945.
    """
    words = {form: _words(form) for form in counts}
    frequent: dict[Rest, list[str]] = defaultdict(list)
    for form, count in counts.items():
        if count >= _FREQUENT:
            for rest in _rests(words[form]):
                frequent[rest].append(form)
    groups = {rest: _Group(forms, words, rest[0]) for rest, forms in frequent.items()}
    most = max(counts.values(), default=0)
    rare = (form for form, count in counts.items() if most >= _RATIO * count)
    found = [best for form in rare if (best := _nearest(form, counts, words, groups))]
    return sorted(found, key=lambda one: (-one.rows, one.rare))[:_MOST]


def _words(form: str) -> Words:
    return tuple(word for word in _WORDS.findall(fold(form)) if word not in _LINKS)


def _rests(words: Words) -> Iterator[Rest]:
    """All the words, and all but one that is long: what two alike forms share."""
    yield -1, words
    for place, word in enumerate(words):
        if len(word) >= _LONG and not _DIGITS.search(word):
            yield place, (*words[:place], *words[place + 1 :])


class _Group:
    """Frequent forms that share all words but the one at a place."""

    def __init__(self, forms: list[str], words: Mapping[str, Words], place: int) -> None:
        self.forms = forms
        self._words, self._place = words, place

    @cached_property
    def _by_less(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = defaultdict(list)
        for form in self.forms:
            for less in _with_less(self._words[form][self._place]):
                found[less].append(form)
        return found

    def near(self, word: str) -> Iterable[str]:
        """The forms whose word can be `word` but for a letter; where they are many, those that share a rest of it.

        Two words one edit apart are the same when each loses one letter, or one of them does (W. Garbe's symmetric
        delete).
        """
        if self._place < 0 or len(self.forms) <= _FEW:
            return self.forms
        return {form for less in _with_less(word) for form in self._by_less.get(less, ())}


def _with_less(word: str) -> set[str]:
    return {word, *(word[:at] + word[at + 1 :] for at in range(len(word)))}


def _nearest(
    form: str, counts: Mapping[str, int], words: Mapping[str, Words], groups: Mapping[Rest, _Group]
) -> SimilarCategory | None:
    mine, least = words[form], _RATIO * counts[form]
    near = [
        SimilarCategory(form, other, counts[form], counts[other], _dice(form, other))
        for place, rest in _rests(mine)
        if (place, rest) in groups
        for other in groups[place, rest].near(mine[place] if place >= 0 else "")
        if other != form and counts[other] >= least
        and (place < 0 or one_edit_apart(mine[place], words[other][place]))
    ]  # fmt: skip
    return max(near, key=lambda one: (one.likeness, one.rows_of_frequent, one.frequent), default=None)


def _dice(a: str, b: str) -> float:
    one, other = _trigrams(a), _trigrams(b)
    return 2 * len(one & other) / (len(one) + len(other))


def _trigrams(form: str) -> frozenset[str]:
    text = f"  {fold(form)} "
    return frozenset(text[place : place + 3] for place in range(len(text) - 2))
