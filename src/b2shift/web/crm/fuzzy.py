"""Fuzzy search: words within one or two edits, found by deletion neighbourhoods (SymSpell).

A word is looked for only when no customer's word begins as it does. Its first six letters, whole and without each one
in turn, meet the same forms of the words there are (built when the lake is published); one letter more, less, other or
two swapped share a form, and the whole beginning is then compared. So a slip is forgiven from the sixth letter typed
on, or in a whole shorter word.

Two slips are forgiven from the ninth letter on, when one explains nothing: either one of them at most is among the
first six letters, or both are and the word's last letters, a form too, are right.
"""

from b2shift.kernel.letters import Edit, edit, edits, one_left_out
from b2shift.web.crm.cache import cached
from b2shift.web.crm.models import SearchForm, SearchWord

SHORTEST, FORM = 4, 6
TWICE, TAIL, TAIL_MARK = 9, 5, "$"
"""Letters from which two slips are forgiven; how many at the end are a form; what tells them from a beginning."""
MOST = 6
"""Readings of one word that are searched."""


def candidates(word: str) -> list[str]:
    """The word, and when no customer has one with this prefix, up to six within the edit distance."""
    if len(word) < SHORTEST or not (word.isascii() and word.isalpha()):
        return [word]
    return cached(("slips", word), lambda: [word, *_nearest(word)])


def deletion_forms(word: str) -> set[str]:
    """The prefix of a word, whole and with each letter deleted; of a long one its suffix too."""
    start = word[:FORM]
    tail = {TAIL_MARK + word[-TAIL:]} if len(word) >= TWICE else set()
    return one_left_out(start) | tail


def begins_within_one_edit(typed: str, word: str) -> bool:
    """Whether the word has a prefix within one edit (insertion, deletion, substitution, transposition)."""
    size = len(typed)
    return any(edit(typed, word[:length]) is not Edit.FAR for length in (size, size - 1, size + 1))


def begins_within_two_edits(typed: str, word: str) -> bool:
    """The same within two edits, for words long enough."""
    sizes = range(len(typed) - 2, min(len(typed) + 2, len(word)) + 1)
    return len(typed) >= TWICE and any(edits(typed, word[:size], 2) <= 2 for size in sizes)


def _nearest(typed: str) -> list[str]:
    if SearchWord.objects.filter(word__gte=typed, word__lt=f"{typed}zzzz").exists():
        return []
    words = SearchForm.objects.filter(form__in=deletion_forms(typed)).values_list("word", flat=True).distinct()
    found = [word for word in words if begins_within_one_edit(typed, word)] or [
        word for word in words if begins_within_two_edits(typed, word)
    ]
    return sorted(found, key=lambda word: (word[0] != typed[0], abs(len(word) - len(typed)), word))[:MOST]
