"""Comparison vectors of two company records: for each comparison the level of agreement reached."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

from b2shift.identify.resolution.companies import Company
from b2shift.identify.resolution.name_similarity import weighted_jaccard
from b2shift.identify.resolution.names import CompanyName, Vocabulary, misspelt_legal_form
from b2shift.kernel.letters import Edit, edit

MISSING = -1
_SIMILAR = 0.75


class Comparison(NamedTuple):
    """One attribute compared: its levels from full agreement to none; `MISSING` where a record lacks the value."""

    name: str
    levels: tuple[str, ...]
    compare: Callable[[Company, Company, Vocabulary], int]


def name_level(a: Company, b: Company, vocabulary: Vocabulary) -> int:
    """The level of two names, in the order of `COMPARISONS`."""
    one, other = a.name, b.name
    if not one.tokens or not other.tokens:
        return MISSING
    for left, right in ((one.words, other.words), (one.tokens, other.tokens)):
        if "".join(left) == "".join(right):
            return 0
    for left, right in ((one.words, other.words), (one.tokens, other.tokens)):
        kind = edit("".join(left), "".join(right))
        if kind is not Edit.FAR:
            if _common_word_misspelt(left, right, vocabulary) or (
                kind is Edit.MOVED and _shared_misspelling(one, other, vocabulary)
            ):
                return 1
            return 2 if kind is Edit.MOVED else 4
    level = _level_word_by_word(one.corrected, other.corrected, vocabulary)
    return level or (3 if weighted_jaccard(one, other, vocabulary) >= _SIMILAR else 5)


def _level_word_by_word(left: Sequence[str], right: Sequence[str], vocabulary: Vocabulary) -> int | None:
    """The level of names several edits apart where common words are misspelt and at most one other word has a letter
    inserted, deleted or transposed; null where they differ by more."""
    if len(left) != len(right):
        return None
    different = [(one, other) for one, other in zip(left, right, strict=True) if one != other]
    rare = [(one, other) for one, other in different if vocabulary.is_common(one) == vocabulary.is_common(other)]
    if any(edit(*pair) is Edit.FAR for pair in different) or len(rare) > 1:
        return None
    if not rare:
        return 1
    return 2 if edit(*rare[0]) is Edit.MOVED else None


def _common_word_misspelt(left: Sequence[str], right: Sequence[str], vocabulary: Vocabulary) -> bool:
    """Whether the one edit between two names is in a common word and not in a rare one."""
    only = sorted(set(left) - set(right)), sorted(set(right) - set(left))
    if len(only[0]) == len(only[1]) == 1:
        one, other = only[0][0], only[1][0]
    else:
        one, other = _words_at_first_difference(left, right)
    if one == other or vocabulary.is_common(one) != vocabulary.is_common(other):
        return True
    return vocabulary.is_misspelling(one) or vocabulary.is_misspelling(other)


def _shared_misspelling(one: CompanyName, other: CompanyName, vocabulary: Vocabulary) -> bool:
    """Whether both names carry the same misspelling: one was copied from the other."""
    shared = set(one.tokens) & set(other.tokens)
    return any(vocabulary.is_misspelling(word) or misspelt_legal_form(word) for word in shared)


def _words_at_first_difference(left: Sequence[str], right: Sequence[str]) -> tuple[str, str]:
    texts = "".join(left), "".join(right)
    offset = next((i for i, (x, y) in enumerate(zip(*texts, strict=False)) if x != y), min(map(len, texts)))
    return _word_at(left, offset), _word_at(right, offset)


def _word_at(words: Sequence[str], offset: int) -> str:
    for word in words:
        if offset < len(word):
            return word
        offset -= len(word)
    return words[-1]


def _equality(field: str) -> Callable[[Company, Company, Vocabulary], int]:
    def compare(a: Company, b: Company, _: Vocabulary) -> int:
        one, other = getattr(a, field), getattr(b, field)
        return MISSING if one is None or other is None else int(one != other)

    return compare


def _legal_form_level(a: Company, b: Company, _: Vocabulary) -> int:
    one, other = a.name.legal_form, b.name.legal_form
    return MISSING if one is None or other is None else int(one != other)


def _city_level(a: Company, b: Company, _: Vocabulary) -> int:
    if a.city is None or b.city is None:
        return MISSING
    if a.city == b.city and (a.state == b.state or None in (a.state, b.state)):
        return 0
    return 1 if a.state == b.state else 2


COMPARISONS = (
    Comparison("name", ("same", "slip", "letter_moved", "alike", "letter_changed", "other"), name_level),
    Comparison("legal_form", ("same", "other"), _legal_form_level),
    Comparison("city", ("same", "same_state", "other"), _city_level),
    Comparison("segment", ("same", "other"), _equality("segment")),
    Comparison("cnpj_root", ("same", "other"), _equality("cnpj_root")),
    Comparison("domain", ("same", "other"), _equality("domain")),
    Comparison("phone", ("same", "other"), _equality("phone")),
)


NAME = next(place for place, comparison in enumerate(COMPARISONS) if comparison.name == "name")
CITY = next(place for place, comparison in enumerate(COMPARISONS) if comparison.name == "city")
LETTER_MOVED = COMPARISONS[NAME].levels.index("letter_moved")


def comparison_vector(a: Company, b: Company, vocabulary: Vocabulary) -> tuple[int, ...]:
    """The level of every comparison, in the order of `COMPARISONS`."""
    return tuple(comparison.compare(a, b, vocabulary) for comparison in COMPARISONS)
