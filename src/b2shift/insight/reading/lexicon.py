"""The lexicon, longest phrase first: dictionary names, values and cues of the language."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from functools import lru_cache
from importlib import resources
from typing import Any, NamedTuple

from b2shift.insight.reading.numbers import ONES, SCALES
from b2shift.insight.reading.periods import RULE_WORDS, TIME_WORDS
from b2shift.insight.reading.spelling import Spelling
from b2shift.insight.reading.text import fold_letters, singular, split
from b2shift.kernel.yaml import parse_yaml
from b2shift.metrics.api import load_dictionary, own_metrics
from b2shift.metrics.contracts import Dimension, OwnMetric

CONNECTORS = frozenset("de da do das dos o a os as of the".split())
SKIPPED_INSIDE = CONNECTORS | frozenset("nosso nossa nossos nossas our".split())
"""What may stand inside a phrase and say nothing: `tamanho da nossa base`."""
NEEDS_ITS_DIMENSION = frozenset({"alto", "medio", "baixo", "media"})
"""Values that are ordinary words: read as such only beside the name of their dimension."""
PRODUCTS = ("produto", "linha", "familia", "modulo", "product", "solucao")
"""What a product is called before its name."""
KINDS = ("metric", "value", "dimension", "absent", "cue")
"""What wins between phrases of one length, first first."""


QUALIFYING = ("business", "adverbs", "english")
"""Harmless words, by their kind, that narrow a name they stand beside."""
BINDING = ("articles", "pronouns", "time")
"""Those that only bind words together."""


ASIDES = (("em", "media"), ("on", "average"), ("hoje",), ("today",), ("em", "geral"), ("atualmente",))
"""What may stand between two commas inside a phrase: `levamos, em média, para resolver`."""
MEAN = frozenset({"medio", "media", "average", "mean"})
"""What may stand inside the name of a metric that is a mean anyway: `satisfação média com o suporte`."""


class Mention(NamedTuple):
    """A phrase recognised: its kind, name and span of words (`end` exclusive)."""

    kind: str
    name: str
    start: int
    end: int
    value: Any = None


class Entry(NamedTuple):
    """A phrase of the lexicon: its lemmas without connectors, and what it means."""

    words: tuple[str, ...]
    kind: str
    name: str
    value: Any = None


class Idiom(NamedTuple):
    """A phrasing that no typed query can express; see unsupported.yaml."""

    name: str
    example: str
    phrases: tuple[re.Pattern[str], ...]
    words: frozenset[str]
    when: dict[str, Any]
    unless: dict[str, Any]


class UnsupportedSpeech(NamedTuple):
    """Ordinary words and idioms that change a question and that no query expresses; see unsupported.yaml."""

    lists: dict[str, frozenset[str]]
    """Name of a list → its words."""
    explained_by: dict[str, list[str]]
    idioms: tuple[Idiom, ...]

    @property
    def words(self) -> frozenset[str]:
        """All of them but those that are safe somewhere."""
        turning = [words for name, words in self.lists.items() if not name.startswith("safe")]
        return frozenset().union(*turning, *(turn.words for turn in self.idioms), self.explained_by)


class Lexicon:
    """Phrases indexed by their first word; `*` at its end matches any ending."""

    def __init__(
        self,
        entries: Iterable[Entry],
        stop_words: Iterable[str],
        vocabulary_words: Iterable[str],
        abbreviations: dict[str, str],
        names: Iterable[Entry] = (),
        ordinary: Iterable[str] = (),
        nouns: Iterable[str] = (),
        qualifying: Iterable[str] = (),
    ) -> None:
        """`names` are phrases of the data: found as written, nothing is put right towards them.

        `ordinary` are real words that mean nothing here and look like ours: left as typed, so that they are asked about.
        `nouns` are those of the stop words that could name a group: `por tipo` splits by something.
        `qualifying` are those that narrow a name they stand beside: `clientes importantes`.
        """
        self._exact: dict[str, list[Entry]] = defaultdict(list)
        self._prefix: list[Entry] = []
        vocabulary: set[str] = set(vocabulary_words)
        for entry in entries:
            if entry.words[0].endswith("*"):
                self._prefix.append(entry)
            else:
                self._exact[entry.words[0]].append(entry)
            vocabulary.update(word for word in entry.words if not word.endswith("*"))
        named: set[str] = {*ordinary, *unsupported_speech().words, *ONES, *SCALES}  # `lento` is no `cento`
        for entry in names:
            self._exact[entry.words[0]].append(entry)
            named.update(entry.words)
        for known in (*self._exact.values(), self._prefix):
            known.sort(key=lambda entry: (-len(entry.words), KINDS.index(entry.kind)))
        self._stems = tuple({e.words[0][:-1] for e in self._prefix})
        self._means = {name for name, metric in load_dictionary().metrics.items() if metric.additivity == "ratio"}
        self.unsupported = unsupported_speech()
        self.stop_words = frozenset(stop_words) - self.unsupported.lists["anywhere"]
        self.nouns = frozenset(nouns)
        self.qualifying = frozenset(qualifying)
        self.abbreviations = dict(abbreviations)
        self.spelling = Spelling(vocabulary | TIME_WORDS | RULE_WORDS, self.stop_words | CONNECTORS, named)

    def knows(self, word: str) -> bool:
        """Whether a word is in any phrase, or matches a prefix entry."""
        return word in self.spelling.known or singular(word) in self.spelling.known or word.startswith(self._stems)

    def match(self, lemmas: list[str], at: int, taken: set[int]) -> Mention | None:
        """The longest phrase that starts at a position; ties go to the first kind."""
        best: tuple[int, int, Mention] | None = None
        for entry in self._starting(lemmas[at]):
            end = _reach(entry.words, lemmas, at, taken)
            if end is None and entry.name in self._means and len(entry.words) > 1 and MEAN & set(lemmas[at:]):
                end = _reach(entry.words, lemmas, at, taken, SKIPPED_INSIDE | MEAN)
                if end is not None and best is not None and best[2].end >= end:
                    continue
            if end is None:
                continue
            rank = (end - at, -KINDS.index(entry.kind))
            if best is None or rank > best[:2]:
                best = (*rank, Mention(entry.kind, entry.name, at, end, entry.value))
        return best[2] if best else None

    def _starting(self, word: str) -> Iterator[Entry]:
        yield from self._exact.get(word, ())
        yield from (entry for entry in self._prefix if word.startswith(entry.words[0][:-1]))


@lru_cache(maxsize=1)
def unsupported_speech() -> UnsupportedSpeech:
    """The words and idioms of unsupported.yaml."""
    declared = parse_yaml((resources.files("b2shift.insight.reading") / "unsupported.yaml").read_text("utf-8"))
    lists = {name: frozenset(said.split()) for name, said in declared["lists"].items()}
    return UnsupportedSpeech(lists, declared["explained_by"], tuple(_idiom(one) for one in declared["idioms"]))


def _idiom(declared: dict[str, Any]) -> Idiom:
    phrases = tuple(re.compile(one) for one in declared.get("phrase", ()))
    words = frozenset(declared.get("words", "").split())
    return Idiom(
        declared["idiom"], declared["example"], phrases, words, declared.get("when", {}), declared.get("unless", {})
    )


def product_lexicon() -> Lexicon:
    """The lexicon of the dictionary in force, without entity names of a lake."""
    return _without_names(own_metrics())


@lru_cache(maxsize=4)
def _without_names(own: tuple[OwnMetric, ...]) -> Lexicon:
    return build_lexicon({})


def build_lexicon(names: dict[str, dict[str, Any]]) -> Lexicon:
    """The lexicon of the dictionary, and of entity names of a lake (dimension → name → value)."""
    cues = parse_yaml((resources.files("b2shift.insight.reading") / "cues.yaml").read_text("utf-8"))
    stop_words = {fold_letters(word) for words in cues["stop_words"].values() for word in words.split()}
    common = {fold_letters(word) for word in cues["vocabulary"].split()}
    stop_words |= {singular(word) for word in stop_words}
    declared = (resources.files("b2shift.insight.reading") / "ordinary.txt").read_text("utf-8").splitlines()
    ordinary = " ".join(line for line in declared if not line.startswith("#")).split()
    kinds = {kind: {fold_letters(word) for word in words.split()} for kind, words in cues["stop_words"].items()}
    qualifying = set().union(*(kinds[kind] for kind in QUALIFYING)) - set().union(*(kinds[kind] for kind in BINDING))
    entries = list(_entries(cues["cues"]))
    further = list(_named(names, {word for entry in entries for word in entry.words} | stop_words | common))
    return Lexicon(
        entries,
        stop_words,
        common | set(cues["abbreviations"]),
        cues["abbreviations"],
        further,
        ordinary,
        kinds["business"],
        qualifying,
    )


def _entries(cues: dict[str, list[str]]) -> Iterator[Entry]:
    dictionary = load_dictionary()
    for metric in dictionary.metrics.values():
        yield from _phrases((*metric.words.pt, *metric.words.en), "metric", metric.name)
    for dimension in dictionary.dimensions.values():
        yield from _phrases((*dimension.words.pt, *dimension.words.en), "dimension", dimension.name)
        yield from _values(dimension)
    for topic, phrases in dictionary.absent.items():
        yield from _phrases(phrases, "absent", topic)
    for name, said in cues.items():
        yield from _phrases(said, "cue", name)


def _named(names: dict[str, dict[str, Any]], words: set[str]) -> Iterator[Entry]:
    """Entity names of more words than one; a product also by one that means nothing else: `receita de Cloud`."""
    for dimension, values in names.items():
        for name, value in values.items():
            entry = _entry(name, "value", dimension, value)
            if len(name.split()) > 1:
                yield entry
            elif dimension == "product_line":
                yield from (_entry(f"{kind} {name}", "value", dimension, value) for kind in PRODUCTS)
                if not words & set(entry.words):
                    yield entry


def _phrases(phrases: Iterable[str], kind: str, name: str) -> Iterator[Entry]:
    return (_entry(phrase, kind, name) for phrase in phrases)


def _values(dimension: Dimension) -> Iterator[Entry]:
    for value, phrases in dimension.values.items():
        if not value.isdigit() and len(value) > 2 and value not in NEEDS_ITS_DIMENSION:
            yield _entry(value.replace("_", " "), "value", dimension.name, value)
        yield from (_entry(phrase, "value", dimension.name, value) for phrase in phrases if len(phrase) > 2)


def _entry(phrase: str, kind: str, name: str, value: Any = None) -> Entry:
    words = [
        f"{word.folded}*" if part.endswith("*") else word.lemma
        for part in str(phrase).split()
        for word in split(part.rstrip("*"))
    ]
    # A connector at the end says something (`mais de`); inside a phrase it may stand or not.
    content = tuple(w for position, w in enumerate(words) if w not in CONNECTORS or position == len(words) - 1)
    return Entry(content or tuple(words), kind, name, value)


def _reach(
    words: tuple[str, ...], lemmas: list[str], at: int, taken: set[int], skipped: frozenset[str] = SKIPPED_INSIDE
) -> int | None:
    position = at
    for index, word in enumerate(words):
        position += _aside(lemmas, position) if index else 0
        while index and position < len(lemmas) and lemmas[position] in skipped and not _same(word, lemmas[position]):
            position += 1
        if position >= len(lemmas) or position in taken or not _same(word, lemmas[position]):
            return None
        position += 1
    return position


def _aside(lemmas: list[str], position: int) -> int:
    if lemmas[position : position + 1] != [","]:
        return 0
    for said in ASIDES:
        if (*lemmas[position : position + len(said) + 2],) == (",", *said, ","):
            return len(said) + 2
    return 0


FORMS = {"de": frozenset("de do da dos das".split()), "em": frozenset("em no na nos nas".split())}
"""A preposition at the end of a phrase, with and without an article."""


def _same(word: str, lemma: str) -> bool:
    if word in FORMS:
        return lemma in FORMS[word]
    return lemma.startswith(word[:-1]) if word.endswith("*") else lemma == word
