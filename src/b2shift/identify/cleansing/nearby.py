"""Rare categories that look like a frequent one: told to a person, never merged by themselves."""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from b2shift.kernel.letters import one_edit_apart
from b2shift.kernel.text import fold

# A form is rare beside one this often as frequent, which is itself heard this often.
_RATIO, _FREQUENT = 3, 20
# A shorter word with another letter is another word.
_LONG = 5
_MOST = 200
_WORDS = re.compile(r"\w+")
_DIGITS = re.compile(r"\d")
_LINKS = frozenset(("a", "ao", "com", "da", "das", "de", "do", "dos", "e", "em", "na", "no", "o", "para", "por"))

Words = tuple[str, ...]


class Alike(NamedTuple):
    """`rare` may be `frequent` typed another way; `likeness` is Dice's coefficient of their letter trigrams, 0 to 1."""

    rare: str
    frequent: str
    rows: int
    rows_of_frequent: int
    likeness: float


def look_alike(counts: Mapping[str, int]) -> list[Alike]:
    """For each rare form of one vocabulary the frequent one nearest to it, the most rows first.

    Forms are alike that differ in linking words only, or in one letter of one long word; other words or other numbers
    (`Faixa 01`, `Faixa 02`) are another category. Coefficient: L. R. Dice, Measures of the amount of ecologic
    association between species, 1945.
    """
    words = {form: _words(form) for form in counts}
    frequent: dict[tuple[int, Words], list[str]] = defaultdict(list)
    for form, count in counts.items():
        if count >= _FREQUENT:
            for key in _keys(words[form]):
                frequent[key].append(form)
    found = [best for form in counts if (best := _nearest(form, counts, words, frequent))]
    return sorted(found, key=lambda one: (-one.rows, one.rare))[:_MOST]


def _words(form: str) -> Words:
    return tuple(word for word in _WORDS.findall(fold(form)) if word not in _LINKS)


def _keys(words: Words) -> Iterator[tuple[int, Words]]:
    """All the words, and all with a letter less in one that is long: what two alike forms share.

    Two words one edit apart are the same when each loses one letter, or one of them does (W. Garbe's symmetric delete).
    """
    yield -1, words
    for place, word in enumerate(words):
        if len(word) >= _LONG - 1 and not _DIGITS.search(word):
            for less in {word, *(word[:at] + word[at + 1 :] for at in range(len(word)))}:
                yield place, (*words[:place], less, *words[place + 1 :])


def _nearest(
    form: str, counts: Mapping[str, int], words: Mapping[str, Words], frequent: Mapping[tuple[int, Words], list[str]]
) -> Alike | None:
    near = [
        Alike(form, other, counts[form], counts[other], _dice(form, other))
        for key in _keys(words[form])
        for other in frequent.get(key, ())
        if other != form and counts[other] >= _RATIO * counts[form] and _one_letter(words[form], words[other], key[0])
    ]
    return max(near, key=lambda one: (one.likeness, one.rows_of_frequent, one.frequent), default=None)


def _one_letter(a: Words, b: Words, place: int) -> bool:
    if place < 0:
        return True
    return min(len(a[place]), len(b[place])) >= _LONG and one_edit_apart(a[place], b[place])


def _dice(a: str, b: str) -> float:
    one, other = _trigrams(a), _trigrams(b)
    return 2 * len(one & other) / (len(one) + len(other))


def _trigrams(form: str) -> frozenset[str]:
    text = f"  {fold(form)} "
    return frozenset(text[place : place + 3] for place in range(len(text) - 2))
