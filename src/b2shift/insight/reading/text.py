"""Tokens of a question: folded, lemmatised to the singular, with their position."""

import re
import unicodedata
from typing import NamedTuple

LONGEST_QUESTION = 1000
"""Characters read of a question; what is longer is no question about figures."""

_TOKEN = re.compile(r"(?<![\w.,/])-\d+(?:[.,]\d+)*|\d+(?:[.,]\d+)+|[a-z0-9]+|[<>]=?|(?<=\d)-(?=\d)|[%$/,:;?=!]")
_MAIL = re.compile(r"\b([eE])-mail")
_APOSTROPHE = re.compile(r"\b(what|how|who)s(?= (?:our|the|my|your|their)\b)", re.IGNORECASE)
"""`Whats our NRR`, typed without its apostrophe; elsewhere `whats` is a channel."""
_ENCLITIC = re.compile(r"\b(\w+)([áâãéêíôóaei])-l[oa]s?\b", re.IGNORECASE)
"""`Resolvê-los`, `vê-la`, `reduzi-lo`: the verb, whose object was named before."""
_MONTHS = "jan|fev|feb|mar|abr|apr|mai|may|jun|jul|ago|aug|set|sep|out|oct|nov|dez|dec"
_FROM_TO = re.compile(rf"\b({_MONTHS})-({_MONTHS})\b", re.IGNORECASE)
_SAME = frozenset(
    "mais menos tres mes dois seis apos antes depois atras alias pois nps sms vs pais this was has is does us as gas "
    "nos vos tras jamais demais alem less press business analysis basis status news plus lens its versus cs csms "
    "sales always across perhaps towards quantos quantas".split()
)
_ENDINGS = (
    ("coes", "cao"), ("soes", "sao"), ("oes", "ao"), ("aes", "ao"), ("ais", "al"), ("eis", "el"), ("ois", "ol"),
    ("ries", "ry"), ("ties", "ty"), ("nies", "ny"), ("ens", "em"), ("ins", "im"), ("uns", "um"), ("res", "r"), ("zes", "z"), ("ses", "s"), ("sses", "ss"),
)  # fmt: skip


class Word(NamedTuple):
    """A token: as typed, folded, lemma; `proper` when capitalised inside a sentence."""

    typed: str
    folded: str
    lemma: str
    proper: bool


def singular(word: str) -> str:
    """The form that a word and its plural share; both sides of a comparison pass through it."""
    if len(word) < 4 or word in _SAME or not word.endswith("s"):
        return word
    if word == "meses":
        return "mes"
    for ending, instead in _ENDINGS:
        if word.endswith(ending) and len(word) > len(ending) + 1:
            return word[: -len(ending)] + instead
    return word if word.endswith("ss") else word[:-1]


def fold_letters(text: str) -> str:
    """Lower case without accents, one character for each of `text`."""
    return "".join(_fold_letter(c) for c in unicodedata.normalize("NFC", text))


def split(question: str) -> list[Word]:
    """The tokens of a question, in order."""
    typed = _MAIL.sub(r"\1mail", unicodedata.normalize("NFC", question[:LONGEST_QUESTION]))
    typed = _APOSTROPHE.sub(r"\1 is", typed)
    typed = _ENCLITIC.sub(r"\1\2r", typed)
    typed = _FROM_TO.sub(r"\1 a \2", typed)
    folded = fold_letters(typed).replace("º", "o").replace("ª", "a")
    words, fresh = [], True
    for found in _TOKEN.finditer(folded):
        raw, word = typed[found.start() : found.end()], found.group()
        words.append(Word(raw, word, singular(word), raw[:1].isupper() and not fresh))
        fresh = word in {"?", "!", ":"}
    return words


def _fold_letter(character: str) -> str:
    if character.isascii():
        return character.lower()
    base = "".join(c for c in unicodedata.normalize("NFKD", character) if not unicodedata.combining(c)).lower()
    return base if len(base) == 1 else character
