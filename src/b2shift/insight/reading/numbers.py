"""Numbers as people write them: `8 mil`, `1,5 milhão`, `R$ 50.000`, `35%`, `cinco por cento`, `50k`."""

import re
from typing import NamedTuple

ONES = {
    "zero": 0, "um": 1, "uma": 1, "dois": 2, "duas": 2, "tres": 3, "quatro": 4, "cinco": 5, "seis": 6, "sete": 7,
    "oito": 8, "nove": 9, "dez": 10, "onze": 11, "doze": 12, "treze": 13, "quatorze": 14, "catorze": 14, "quinze": 15,
    "dezesseis": 16, "dezessete": 17, "dezoito": 18, "dezenove": 19, "vinte": 20, "trinta": 30, "quarenta": 40,
    "cinquenta": 50, "sessenta": 60, "setenta": 70, "oitenta": 80, "noventa": 90, "cem": 100, "cento": 100,
    "duzentos": 200, "trezentos": 300, "quatrocentos": 400, "quinhentos": 500, "meia": 6,
    "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10,
    "eleven": 11, "twelve": 12, "fifteen": 15, "twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60,
    "seventy": 70, "eighty": 80, "ninety": 90, "hundred": 100,
}  # fmt: skip
SCALES = {
    "mil": 1e3, "k": 1e3, "milhao": 1e6, "milhoes": 1e6, "mi": 1e6, "mm": 1e6, "m": 1e6, "bilhao": 1e9, "bilhoes": 1e9,
    "bi": 1e9, "thousand": 1e3, "million": 1e6, "billion": 1e9, "grand": 1e3,
}  # fmt: skip
_HOURS = re.compile(r"^(\d+)(?:h|hs|hrs)$")
_SHORT = re.compile(r"^(\d+(?:[.,]\d+)?)(k|mil|mi|mm|m|bi)$")
_DIGITS = re.compile(r"^-?\d+(?:[.,]\d+)*$")
_GROUPED = {True: re.compile(r"^\d{1,3}(?:\.\d{3})+(?:,\d+)?$"), False: re.compile(r"^\d{1,3}(?:,\d{3})+(?:\.\d+)?$")}


class Amount(NamedTuple):
    """A number and its span of words (`end` exclusive); `unit` is `%`, `brl`, `points` or empty."""

    value: int | float
    unit: str
    start: int
    end: int


def amounts(words: list[str], portuguese: bool, taken: set[int]) -> list[Amount]:
    """Every number outside `taken` words, in order."""
    found, at = [], 0
    while at < len(words):
        one = None if at in taken else _amount(words, at, portuguese, taken)
        if one:
            found.append(one)
            at = one.end
        else:
            at += 1
    return found


def number(word: str, portuguese: bool = True) -> int | float | None:
    """The value of one word of digits or letters; None when it is no number."""
    if word in ONES:
        return ONES[word]
    short = _SHORT.match(word)
    if short:
        value = _digits(short[1], portuguese) * SCALES[short[2]]
        return int(value) if value == int(value) else value
    hours = _HOURS.match(word)
    if hours:
        return int(hours[1])
    ordinal = word[:-1] if word.endswith("o") else word
    return _digits(ordinal, portuguese) if _DIGITS.match(ordinal) else None


def _amount(words: list[str], at: int, portuguese: bool, taken: set[int]) -> Amount | None:
    start, unit = at, ""
    if words[at] in {"r", "$", "brl"} and at + 1 < len(words):
        while at + 1 < len(words) and words[at] in {"r", "$", "brl"}:
            at, unit = at + 1, "brl"
    percent = words[at] == "cento" and at > 0 and words[at - 1] == "por"
    # `R$ 10,000`, in whatever language: nobody writes three decimals, unless it is `1,250 milhão`.
    scaled = at + 1 < len(words) and words[at + 1] in SCALES
    grouped = _GROUPED[False].match(words[at]) and words[at][0] != "0" and not scaled
    value = None if at in taken or percent else number(words[at], portuguese and not grouped)
    if value is None:
        return None
    at += 1
    while at + 1 < len(words) and words[at] == "e" and words[at - 1] in ONES and words[at + 1] in ONES:
        value, at = value + ONES[words[at + 1]], at + 2
    if at < len(words) and words[at] in SCALES and at not in taken:
        value, at = value * SCALES[words[at]], at + 1
    at, unit = _unit(words, at, unit)
    return Amount(int(value) if value == int(value) else value, unit, start, at)


def _unit(words: list[str], at: int, unit: str) -> tuple[int, str]:
    following = words[at : at + 2]
    if following[:1] == ["%"] or following[:1] == ["percent"] or following[:1] == ["pct"]:
        return at + 1, "%"
    if following in (["por", "cento"], ["per", "cent"]):
        return at + 2, "%"
    if following[:1] and following[0] in {"reais", "real", "brl", "contos", "pilas"}:
        return at + 1, "brl"
    if following in (["de", "reais"],):
        return at + 2, "brl"
    if following[:1] and following[0] in {"ponto", "pontos", "pp", "points", "point"}:
        return at + (3 if words[at + 1 : at + 3] in (["percentuais"],) else 1), "points"
    return at, unit


def _digits(text: str, portuguese: bool) -> int | float:
    mark = "," if portuguese else "."
    if _GROUPED[portuguese].match(text):
        text = text.replace("." if portuguese else ",", "")
    value = float(
        text.replace(mark, ".").replace(",", ".")
        if text.count(".") + text.count(",") == 1
        else re.sub(r"[.,](?=.*[.,])", "", text).replace(",", ".")
    )
    return int(value) if value == int(value) else value
