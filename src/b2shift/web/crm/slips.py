"""Words typed with a slip or two, read as words that customers have; the rest of the search never knows.

A word is looked for only when no customer's word begins as it does. Its first six letters, whole and without each one
in turn, meet the same forms of the words there are (built when the lake is published); one letter more, less, other or
two swapped share a form, and the whole beginning is then compared. So a slip is forgiven from the sixth letter typed
on, or in a whole shorter word.

Two slips are forgiven from the ninth letter on, when one explains nothing: either one of them at most is among the
first six letters, or both are and the word's last letters, a form too, are right.
"""

from b2shift.kernel.letters import Edit, edit, edits, one_left_out
from b2shift.web.crm.models import SearchForm, SearchWord
from b2shift.web.crm.remembered import remembered

SHORTEST, FORM = 4, 6
TWICE, TAIL, TAIL_MARK = 9, 5, "$"
"""Letters from which two slips are forgiven; how many at the end are a form; what tells them from a beginning."""
MOST = 6
"""Readings of one word that are searched."""


def readings(word: str) -> list[str]:
    """The word, and when nobody has one that begins so, up to six that do but for a slip."""
    if len(word) < SHORTEST or not (word.isascii() and word.isalpha()):
        return [word]
    return remembered(("slips", word), lambda: [word, *_near(word)])


def forms(word: str) -> set[str]:
    """The beginning of a word, whole and without each of its letters; of a long one its end too."""
    start = word[:FORM]
    tail = {TAIL_MARK + word[-TAIL:]} if len(word) >= TWICE else set()
    return one_left_out(start) | tail


def begins_like(typed: str, word: str) -> bool:
    """Whether the word begins as was typed, but for one letter more, less or other, or two swapped."""
    size = len(typed)
    return any(edit(typed, word[:length]) is not Edit.FAR for length in (size, size - 1, size + 1))


def begins_nearly(typed: str, word: str) -> bool:
    """The same for two slips, of what is long enough to be told from another word."""
    sizes = range(len(typed) - 2, min(len(typed) + 2, len(word)) + 1)
    return len(typed) >= TWICE and any(edits(typed, word[:size], 2) <= 2 for size in sizes)


def _near(typed: str) -> list[str]:
    if SearchWord.objects.filter(word__gte=typed, word__lt=f"{typed}zzzz").exists():
        return []
    words = SearchForm.objects.filter(form__in=forms(typed)).values_list("word", flat=True).distinct()
    found = [word for word in words if begins_like(typed, word)] or [
        word for word in words if begins_nearly(typed, word)
    ]
    return sorted(found, key=lambda word: (word[0] != typed[0], abs(len(word) - len(typed)), word))[:MOST]
