"""What a company's name says: its words without marks and accents, and its legal form apart."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from functools import cache, cached_property
from importlib import resources
from typing import NamedTuple

from b2shift.kernel.letters import Edit, edit, one_left_out
from b2shift.kernel.text import fold
from b2shift.kernel.yaml import parse_yaml

# A word that this many companies carry, beside so many texts more than a letter apart, is common: one letter off it is
# a slip, not another company. The rare word of one company registered six times over always stands beside one text.
_COMMON = 5
# A damaged legal form is recognised from its longer spellings only.
_LONG_FORM = 4
_SHORTEST_ABBREVIATION = 3
# Shorter words are a letter off many others without being misspelt.
_SHORTEST_KNOWN = 6
_MARKED_INITIALS = re.compile(r"\b(\w)[./](?=\w\b)")
# `IND .AURORA`: the point belongs to the abbreviation before it.
_STRAY_POINT = re.compile(r"\b(\w{3,4})\s+\.(?=\w)")
_MARKS = re.compile(r"[^\w.]+")


class CompanyName(NamedTuple):
    """A name ready to compare: every word `written`, the `words` left without the legal form, and these `mended`."""

    written: tuple[str, ...]
    words: tuple[str, ...]
    form: str | None
    mended: tuple[str, ...]
    """the words, each that misspells a common one by a letter as that one"""

    @property
    def whole(self) -> str:
        """All that is written, without spaces."""
        return "".join(self.written)

    @property
    def core(self) -> str:
        """The words without legal form, without spaces."""
        return "".join(self.words)


class Vocabulary:
    """How many of so many companies carry each word, and beside how many texts (`variety`)."""

    def __init__(self, counts: Mapping[str, int], companies: int, variety: Mapping[str, int] | None = None) -> None:
        self.counts, self.companies = Counter(counts), companies
        self.variety = Counter(counts if variety is None else variety)
        self._completions: dict[str, str] = {}
        self._mended: dict[str, str] = {}

    @classmethod
    def of(cls, names: Iterable[str]) -> "Vocabulary":
        """The words of all these names."""
        told = [[word.rstrip(".") for word in written(name)] for name in names]
        return cls(Counter(word for words in told for word in set(words)), len(told), _variety(told))

    def common(self, word: str) -> bool:
        """Whether a word tells little about who the company is."""
        return self.variety[word] >= _COMMON and self.counts[word] >= max(_COMMON, self.companies // 1000)

    def spoilt(self, word: str) -> bool:
        """Whether a word is not common itself but a letter off a long one that is: `horizote`."""
        return self.mended(word) != word

    def mended(self, word: str) -> str:
        """`horizote` → `horizonte`: the most frequent common word a long one misspells by a letter, else itself."""
        if word not in self._mended:
            long = len(word) >= _SHORTEST_KNOWN - 1 and not self.common(word)
            close = {known for form in one_left_out(word) for known in self._near.get(form, ())} if long else ()
            near = [known for known in close if edit(word, known) is not Edit.FAR]
            self._mended[word] = max(near, key=lambda known: (self.counts[known], known), default=word)
        return self._mended[word]

    @cached_property
    def _near(self) -> dict[str, list[str]]:
        """Long common words, by what each is with a letter left out."""
        found: dict[str, list[str]] = defaultdict(list)
        for word in self.counts:
            if len(word) >= _SHORTEST_KNOWN and self.common(word):
                for form in one_left_out(word):
                    found[form].append(word)
        return found

    def complete(self, abbreviation: str) -> str:
        """`ind` → `industria`: the most frequent word it begins; itself when there is none."""
        if abbreviation not in self._completions:
            longer = [w for w in self.counts if w.startswith(abbreviation) and w != abbreviation and self.common(w)]
            best = max(longer, key=lambda word: (self.counts[word], word), default=abbreviation)
            self._completions[abbreviation] = best
        return self._completions[abbreviation]


def _variety(names: Iterable[list[str]]) -> dict[str, int]:
    """Word → texts beside it that are more than a letter apart, legal forms left out; counted as far as it matters."""
    beside: dict[str, list[str]] = defaultdict(list)
    for words in names:
        for word in words:
            known = beside[word]
            if len(known) < _COMMON:
                rest = "".join(one for one in words if one != word and one not in _forms())
                if all(edit(rest, other) is Edit.FAR for other in known):
                    known.append(rest)
    return {word: len(texts) for word, texts in beside.items()}


def read_name(text: str, vocabulary: Vocabulary) -> CompanyName:
    """Words, legal form and compact spellings of a name; abbreviations that end in a point are written out."""
    words = []
    for word in written(text):
        bare = word.rstrip(".")
        short = word.endswith(".") and len(bare) >= _SHORTEST_ABBREVIATION and bare not in _forms()
        words.append(vocabulary.complete(bare) if short else bare)
    form, kept = _without_form(words)
    whole = [*words[:-1], _forms().get(words[-1], words[-1])] if words else []
    return CompanyName(tuple(whole), tuple(kept), form, tuple(map(vocabulary.mended, kept)))


def written(text: str) -> list[str]:
    """The words of a name, without accents and capitals; one that ended in a point keeps it."""
    marked = _STRAY_POINT.sub(r"\1. ", _MARKED_INITIALS.sub(r"\1", fold(text)))
    separate = re.sub(r"\.(?=\w)", ". ", _MARKS.sub(" ", marked))
    return [word for word in separate.split() if word.strip(".")]


@cache
def _forms() -> dict[str, str]:
    told = resources.files(__package__ or "").joinpath("legal_forms.yaml").read_text(encoding="utf-8")
    return {spelling: form for form, spellings in parse_yaml(told).items() for spelling in spellings}


@cache
def misspelt_form(word: str) -> str | None:
    """`tlda` → the legal form that a word misspells by a letter; none for a form that is right."""
    long = [spelling for spelling in _forms() if len(spelling) >= _LONG_FORM and len(word) >= _LONG_FORM - 1]
    near = (_forms()[spelling] for spelling in long if edit(word, spelling) is not Edit.FAR)
    return None if word in _forms() else next(near, None)


def _without_form(words: list[str]) -> tuple[str | None, list[str]]:
    """The legal form a name ends in (also written in two words, misspelt or run into the word before), and the rest."""
    if len(words) < 2:
        return None, words
    last, pair = words[-1], " ".join(words[-2:])
    if pair in _forms() and len(words) > 2:
        return _forms()[pair], words[:-2]
    if last in _forms():
        return _forms()[last], words[:-1]
    run = next((s for s in _forms() if len(s) >= _LONG_FORM and last.endswith(s)), None)
    if run:
        return _forms()[run], [*words[:-1], last.removesuffix(run)]
    found = misspelt_form(last)
    return found, words[:-1] if found else words
