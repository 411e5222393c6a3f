"""What two records say about being one company: for each kind of evidence, how far they agree."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

from b2shift.identify.resolution.companies import Company
from b2shift.identify.resolution.names import CompanyName, Vocabulary, misspelt_form
from b2shift.identify.resolution.rarity import likeness
from b2shift.kernel.letters import Edit, edit

UNKNOWN = -1
_ALIKE = 0.75


class Evidence(NamedTuple):
    """One kind of evidence; levels go from full agreement to none, `UNKNOWN` when a side does not say."""

    name: str
    levels: tuple[str, ...]
    compare: Callable[[Company, Company, Vocabulary], int]


def name_level(a: Company, b: Company, vocabulary: Vocabulary) -> int:
    """The level of two names, in the order `EVIDENCE` tells."""
    one, other = a.name, b.name
    if not one.written or not other.written:
        return UNKNOWN
    for left, right in ((one.words, other.words), (one.written, other.written)):
        if "".join(left) == "".join(right):
            return 0
    for left, right in ((one.words, other.words), (one.written, other.written)):
        kind = edit("".join(left), "".join(right))
        if kind is not Edit.FAR:
            if _slip(left, right, vocabulary) or (kind is Edit.MOVED and _copied(one, other, vocabulary)):
                return 1
            return 2 if kind is Edit.MOVED else 4
    told = _word_by_word(one.mended, other.mended, vocabulary)
    return told or (3 if likeness(one, other, vocabulary) >= _ALIKE else 5)


def _word_by_word(left: Sequence[str], right: Sequence[str], vocabulary: Vocabulary) -> int | None:
    """The level of names several letters apart of which common words are misspelt and at most one other has a letter
    moved; none where they differ by more."""
    if len(left) != len(right):
        return None
    differ = [(one, other) for one, other in zip(left, right, strict=True) if one != other]
    rare = [(one, other) for one, other in differ if vocabulary.common(one) == vocabulary.common(other)]
    if any(edit(*pair) is Edit.FAR for pair in differ) or len(rare) > 1:
        return None
    if not rare:
        return 1
    return 2 if edit(*rare[0]) is Edit.MOVED else None


def _slip(left: Sequence[str], right: Sequence[str], vocabulary: Vocabulary) -> bool:
    """Whether the letter that differs misspells a word many companies carry, once or again, and no rare one."""
    only = sorted(set(left) - set(right)), sorted(set(right) - set(left))
    if len(only[0]) == len(only[1]) == 1:
        one, other = only[0][0], only[1][0]
    else:
        one, other = _at_first_difference(left, right)
    if one == other or vocabulary.common(one) != vocabulary.common(other):
        return True
    return vocabulary.spoilt(one) or vocabulary.spoilt(other)


def _copied(one: CompanyName, other: CompanyName, vocabulary: Vocabulary) -> bool:
    """Whether both names have one misspelling in common: it was made once, and one of them written off the other."""
    return any(vocabulary.spoilt(word) or misspelt_form(word) for word in set(one.written) & set(other.written))


def _at_first_difference(left: Sequence[str], right: Sequence[str]) -> tuple[str, str]:
    texts = "".join(left), "".join(right)
    place = next((i for i, (x, y) in enumerate(zip(*texts, strict=False)) if x != y), min(map(len, texts)))
    return _word_at(left, place), _word_at(right, place)


def _word_at(words: Sequence[str], place: int) -> str:
    for word in words:
        if place < len(word):
            return word
        place -= len(word)
    return words[-1]


def _same(field: str) -> Callable[[Company, Company, Vocabulary], int]:
    def compare(a: Company, b: Company, _: Vocabulary) -> int:
        one, other = getattr(a, field), getattr(b, field)
        return UNKNOWN if one is None or other is None else int(one != other)

    return compare


def _form(a: Company, b: Company, _: Vocabulary) -> int:
    return UNKNOWN if a.name.form is None or b.name.form is None else int(a.name.form != b.name.form)


def _place(a: Company, b: Company, _: Vocabulary) -> int:
    if a.city is None or b.city is None:
        return UNKNOWN
    if a.city == b.city and (a.state == b.state or None in (a.state, b.state)):
        return 0
    return 1 if a.state == b.state else 2


EVIDENCE = (
    Evidence("name", ("same", "slip", "letter_moved", "alike", "letter_changed", "other"), name_level),
    Evidence("legal_form", ("same", "other"), _form),
    Evidence("city", ("same", "same_state", "other"), _place),
    Evidence("segment", ("same", "other"), _same("segment")),
    Evidence("cnpj_root", ("same", "other"), _same("cnpj_root")),
    Evidence("domain", ("same", "other"), _same("domain")),
    Evidence("phone", ("same", "other"), _same("phone")),
)


NAME = next(place for place, kind in enumerate(EVIDENCE) if kind.name == "name")
CITY = next(place for place, kind in enumerate(EVIDENCE) if kind.name == "city")
LETTER_MOVED = EVIDENCE[NAME].levels.index("letter_moved")


def compare(a: Company, b: Company, vocabulary: Vocabulary) -> tuple[int, ...]:
    """The level of every kind of evidence, in the order of `EVIDENCE`."""
    return tuple(kind.compare(a, b, vocabulary) for kind in EVIDENCE)
