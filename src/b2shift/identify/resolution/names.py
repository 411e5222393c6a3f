"""Parse company names: words without punctuation and accents, legal form apart, spelling corrected by a vocabulary."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from functools import cache, cached_property
from importlib import resources
from typing import NamedTuple

from b2shift.kernel.letters import Edit, edit, one_left_out
from b2shift.kernel.text import fold
from b2shift.kernel.yaml import parse_yaml

# A word is common when so many companies carry it, in so many contexts more than an edit apart: a letter off it is a
# misspelling, not another company. The rare word of one company registered six times over has one context only.
_COMMON = 5
# A misspelt legal form is recognised from its longer spellings only.
_SHORTEST_MISSPELT_FORM = 4
_SHORTEST_ABBREVIATION = 3
# Shorter words are one edit from many others without being misspelt.
_SHORTEST_CORRECTION = 6
_INITIALS = re.compile(r"\b(\w)[./](?=\w\b)")
# `IND .AURORA`: the point belongs to the abbreviation before it.
_STRAY_POINT = re.compile(r"\b(\w{3,4})\s+\.(?=\w)")
_PUNCTUATION = re.compile(r"[^\w.]+")


class CompanyName(NamedTuple):
    """A parsed name: all its tokens, its words without the legal form, and these with misspellings corrected."""

    tokens: tuple[str, ...]
    words: tuple[str, ...]
    legal_form: str | None
    corrected: tuple[str, ...]
    """the words, each that is an edit from a common word replaced by it"""

    @property
    def whole(self) -> str:
        """The tokens without spaces."""
        return "".join(self.tokens)

    @property
    def core(self) -> str:
        """The words without spaces."""
        return "".join(self.words)


class Vocabulary:
    """Document frequency of each word among so many companies, and the distinct contexts it has (`variety`)."""

    def __init__(self, frequency: Mapping[str, int], companies: int, variety: Mapping[str, int] | None = None) -> None:
        self.frequency, self.companies = Counter(frequency), companies
        self.variety = Counter(frequency if variety is None else variety)
        self._expansions: dict[str, str] = {}
        self._corrections: dict[str, str] = {}

    @classmethod
    def of(cls, names: Iterable[str]) -> "Vocabulary":
        """Count the words of all these names."""
        tokenised = [[word.rstrip(".") for word in tokenise(name)] for name in names]
        return cls(Counter(word for words in tokenised for word in set(words)), len(tokenised), _variety(tokenised))

    def is_common(self, word: str) -> bool:
        """Whether a word distinguishes few companies."""
        return self.variety[word] >= _COMMON and self.frequency[word] >= max(_COMMON, self.companies // 1000)

    def is_misspelling(self, word: str) -> bool:
        """Whether a word is rare and one edit from a long common word: `horizote`."""
        return self.correct(word) != word

    def correct(self, word: str) -> str:
        """`horizote` → `horizonte`: the most frequent common word one edit from a long rare one, else itself."""
        if word not in self._corrections:
            long = len(word) >= _SHORTEST_CORRECTION - 1 and not self.is_common(word)
            close = (
                {common for text in one_left_out(word) for common in self._by_deletion.get(text, ())} if long else ()
            )
            near = [common for common in close if edit(word, common) is not Edit.FAR]
            self._corrections[word] = max(near, key=lambda common: (self.frequency[common], common), default=word)
        return self._corrections[word]

    @cached_property
    def _by_deletion(self) -> dict[str, list[str]]:
        """Long common words, by each spelling with a letter deleted (symmetric deletes, W. Garbe)."""
        index: dict[str, list[str]] = defaultdict(list)
        for word in self.frequency:
            if len(word) >= _SHORTEST_CORRECTION and self.is_common(word):
                for text in one_left_out(word):
                    index[text].append(word)
        return index

    def expand(self, abbreviation: str) -> str:
        """`ind` → `industria`: the most frequent common word with this prefix, else itself."""
        if abbreviation not in self._expansions:
            longer = [
                w for w in self.frequency if w.startswith(abbreviation) and w != abbreviation and self.is_common(w)
            ]
            best = max(longer, key=lambda word: (self.frequency[word], word), default=abbreviation)
            self._expansions[abbreviation] = best
        return self._expansions[abbreviation]


def _variety(names: Iterable[list[str]]) -> dict[str, int]:
    """Word → its contexts (the rest of a name without legal form) more than an edit apart, counted up to `_COMMON`."""
    contexts: dict[str, list[str]] = defaultdict(list)
    for words in names:
        for word in words:
            known = contexts[word]
            if len(known) < _COMMON:
                context = "".join(one for one in words if one != word and one not in _legal_forms())
                if all(edit(context, other) is Edit.FAR for other in known):
                    known.append(context)
    return {word: len(known) for word, known in contexts.items()}


def parse_name(text: str, vocabulary: Vocabulary) -> CompanyName:
    """Tokenise a name, expand abbreviations that end in a point, split off the legal form and correct spellings."""
    words = []
    for word in tokenise(text):
        bare = word.rstrip(".")
        abbreviated = word.endswith(".") and len(bare) >= _SHORTEST_ABBREVIATION and bare not in _legal_forms()
        words.append(vocabulary.expand(bare) if abbreviated else bare)
    legal_form, rest = _split_legal_form(words)
    tokens = [*words[:-1], _legal_forms().get(words[-1], words[-1])] if words else []
    return CompanyName(tuple(tokens), tuple(rest), legal_form, tuple(map(vocabulary.correct, rest)))


def tokenise(text: str) -> list[str]:
    """The words of a name, without accents and capitals; an abbreviation keeps the point it ends in."""
    joined = _STRAY_POINT.sub(r"\1. ", _INITIALS.sub(r"\1", fold(text)))
    separated = re.sub(r"\.(?=\w)", ". ", _PUNCTUATION.sub(" ", joined))
    return [word for word in separated.split() if word.strip(".")]


@cache
def _legal_forms() -> dict[str, str]:
    text = resources.files(__package__ or "").joinpath("legal_forms.yaml").read_text(encoding="utf-8")
    return {spelling: form for form, spellings in parse_yaml(text).items() for spelling in spellings}


@cache
def misspelt_legal_form(word: str) -> str | None:
    """`tlda` → the legal form a word is one edit from; null for a correct one."""
    long = [s for s in _legal_forms() if len(s) >= _SHORTEST_MISSPELT_FORM and len(word) >= _SHORTEST_MISSPELT_FORM - 1]
    near = (_legal_forms()[spelling] for spelling in long if edit(word, spelling) is not Edit.FAR)
    return None if word in _legal_forms() else next(near, None)


def _split_legal_form(words: list[str]) -> tuple[str | None, list[str]]:
    """The legal form at the end of a name (also in two words, misspelt or run into the word before), and the rest."""
    if len(words) < 2:
        return None, words
    last, pair = words[-1], " ".join(words[-2:])
    if pair in _legal_forms() and len(words) > 2:
        return _legal_forms()[pair], words[:-2]
    if last in _legal_forms():
        return _legal_forms()[last], words[:-1]
    suffix = next((s for s in _legal_forms() if len(s) >= _SHORTEST_MISSPELT_FORM and last.endswith(s)), None)
    if suffix:
        return _legal_forms()[suffix], [*words[:-1], last.removesuffix(suffix)]
    misspelt = misspelt_legal_form(last)
    return misspelt, words[:-1] if misspelt else words
