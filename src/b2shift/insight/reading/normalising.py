"""Normalisation of typed words: abbreviations, missing spaces, spelling."""

import re

from b2shift.insight.reading.lexicon import Lexicon
from b2shift.insight.reading.numbers import number
from b2shift.insight.reading.periods import TIME_WORDS
from b2shift.insight.reading.text import Word, singular

GLUED = re.compile(r"^(?:(top)(\d{1,3})|(\d{1,3})([md]))$")
ORDINAL = re.compile(r"^(?:[12]o|primeiro|segundo)$")
COUNTED_TIME = frozenset("ultimo last past ult proximo prox next em ha".split())


def normalised(words: list[Word], lexicon: Lexicon) -> list[Word]:
    """The words with abbreviations expanded and spelling corrected towards the lexicon."""
    out: list[Word] = []
    for position, word in enumerate(words):
        if word.folded == "pro" and not _is_plan(words, position):
            out.extend(Word(word.typed, one, one, False) for one in ("para", "o"))
            continue
        parts = GLUED.match(word.folded)
        if parts and (parts[1] or (position and words[position - 1].lemma in COUNTED_TIME)):
            out.extend(Word(word.typed, one, singular(one), False) for one in _split_glued(parts))
            continue
        if word.folded == "sem" and position and ORDINAL.match(words[position - 1].folded):
            out.append(Word(word.typed, "semestre", "semestre", False))
            continue
        if word.folded in lexicon.abbreviations and not _is_code(word, words, position):
            whole = lexicon.abbreviations[word.folded].split()
            out.extend(Word(word.typed, one, singular(one), False) for one in whole)
            continue
        plain = word.folded[:-1] if word.folded.endswith("s") and len(word.folded) > 4 else ""
        if plain in lexicon.spelling.known and word.lemma not in lexicon.spelling.known:
            out.append(word._replace(lemma=plain))  # an English plural where a Portuguese one was looked for: `scores`
            continue
        if lexicon.knows(word.folded) or number(word.folded) is not None or word.folded in TIME_WORDS:
            out.append(word)
            continue
        right = lexicon.spelling.correct(word.folded)
        out.append(word if right == word.folded else Word(word.typed, right, singular(right), False))
    return out


def _is_code(word: Word, words: list[Word], position: int) -> bool:
    """A letter in capitals or beside a number is no abbreviation: `Q1`, `grupo C`, `TX`."""
    shouted = all(one.typed.isupper() for one in words if one.typed.isalpha())
    loud = word.typed.isupper() and not shouted
    beside_money = position > 0 and words[position - 1].folded in {"$", "r"}
    return (len(word.folded) == 1 and (loud or beside_money)) or (
        len(word.folded) == 2 and loud and word.folded != "hs"
    )


def _split_glued(parts: re.Match[str]) -> tuple[str, str]:
    """`Top10` is `top 10`, `últimos 3m` the last 3 months."""
    return (parts[1], parts[2]) if parts[1] else (parts[3], "meses" if parts[4] == "m" else "dias")


def _is_plan(words: list[Word], position: int) -> bool:
    """`plano pro`, `the pro plan`; elsewhere `pro` is `para o`."""
    before = words[position - 1].lemma if position else ""
    after = words[position + 1].lemma if position + 1 < len(words) else ""
    return before in {"plano", "plan", "pacote", "do", "no", "the"} or after in {"plan", "tier", "x", "vs"}
