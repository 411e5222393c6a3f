"""Rare categories that look like a frequent one: told to a person, never merged by themselves."""

import re
from collections import Counter, defaultdict
from collections.abc import Mapping
from typing import NamedTuple

from b2shift.identify.cleansing.cities import one_edit_apart
from b2shift.kernel.text import fold

# A form is rare beside one this often as frequent, which is itself heard this often.
_RATIO, _FREQUENT = 3, 20
_ALIKE = 0.6
# A shorter word with another letter is another word.
_LONG = 5
_MOST = 200
_DIGITS = re.compile(r"\d+")
_LINKS = frozenset(("a", "ao", "com", "da", "das", "de", "do", "dos", "e", "em", "na", "no", "o", "para", "por"))


class Alike(NamedTuple):
    """`rare` may be `frequent` typed another way; `likeness` is Dice's coefficient of their letter trigrams, 0 to 1."""

    rare: str
    frequent: str
    rows: int
    rows_of_frequent: int
    likeness: float


def look_alike(counts: Mapping[str, int]) -> list[Alike]:
    """For each rare form of one vocabulary the frequent one nearest to it, the most rows first.

    Letter trigrams find the neighbours; of these, forms are alike that differ in linking words only, or in one letter
    of one long word. Other words or other numbers (`Faixa 01`, `Faixa 02`) are another category. Coefficient: L. R.
    Dice, Measures of the amount of ecologic association between species, 1945.
    """
    frequent = {form: _trigrams(form) for form, n in counts.items() if n >= _FREQUENT}
    having: dict[str, set[str]] = defaultdict(set)
    for form, grams in frequent.items():
        for gram in grams:
            having[gram].add(form)
    found = [best for form in counts if (best := _nearest(form, counts, frequent, having))]
    return sorted(found, key=lambda one: (-one.rows, one.rare))[:_MOST]


def _nearest(
    form: str, counts: Mapping[str, int], frequent: Mapping[str, frozenset[str]], having: Mapping[str, set[str]]
) -> Alike | None:
    grams = _trigrams(form)
    shared = Counter(other for gram in grams for other in having.get(gram, ()))
    numbers = _DIGITS.findall(form)
    near = [
        Alike(form, other, counts[form], counts[other], 2 * common / (len(grams) + len(frequent[other])))
        for other, common in shared.items()
        if other != form
        and counts[other] >= _RATIO * counts[form]
        and _DIGITS.findall(other) == numbers
        and _same_words(form, other)
    ]
    best = max(near, key=lambda one: (one.likeness, one.rows_of_frequent, one.frequent), default=None)
    return best if best is not None and best.likeness >= _ALIKE else None


def _same_words(a: str, b: str) -> bool:
    words = [[word for word in re.split(r"[^\w]+", fold(form)) if word and word not in _LINKS] for form in (a, b)]
    if len(words[0]) != len(words[1]):
        return False
    other = [(x, y) for x, y in zip(*words, strict=True) if x != y]
    return not other or (len(other) == 1 and min(map(len, other[0])) >= _LONG and one_edit_apart(*other[0]))


def _trigrams(form: str) -> frozenset[str]:
    text = f"  {fold(form)} "
    return frozenset(text[place : place + 3] for place in range(len(text) - 2))
