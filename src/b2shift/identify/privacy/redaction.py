"""Patterns that find a name, an e-mail, a telephone or a document in texts, however it is spelt."""

import re
from collections.abc import Iterable

from b2shift.kernel.text import fold, squeeze, unaccent

REDACTED = "[apagado]"
_LETTERS = {
    "a": "aáàâãäå", "c": "cç", "e": "eéèêë", "i": "iíìîï", "n": "nñ", "o": "oóòôõö", "u": "uúùûü", "y": "yýÿ",
}  # fmt: skip
_SHORTEST_NAME, _SHORTEST_NUMBER = 5, 8


def digits(text: str) -> str:
    """`(11) 99999-0000` → `11999990000`; the country's 55 in front of a whole number is left out."""
    found = re.sub(r"\D", "", text)
    return found[2:] if len(found) in (12, 13) and found.startswith("55") else found


def is_cpf(text: str) -> bool:
    """Whether a text is nothing but a CPF with the right check digits."""
    found = re.sub(r"[.\-\s]", "", text)
    if not re.fullmatch(r"\d{11}", found) or len(set(found)) == 1:
        return False
    for size in (9, 10):
        total = sum(int(digit) * weight for digit, weight in zip(found, range(size + 1, 1, -1), strict=False))
        if int(found[size]) != total * 10 % 11 % 10:
            return False
    return True


def is_number(text: str) -> bool:
    """Whether a text is written as a telephone or a document."""
    return not re.search(r"[^\W\d_]|@", text) and len(digits(text)) >= _SHORTEST_NUMBER


def redaction_pattern(texts: Iterable[str], *, edges: bool = True) -> str:
    """A regular expression that matches any of the texts in any accents and punctuation; empty when none can.

    With `edges` it matches whole words and numbers only; without, it has no look-around, hence runs on RE2. Names too
    short to identify anybody are left out.
    """
    found = sorted({part for text in texts if (part := _pattern_of(text, edges))}, key=lambda part: (-len(part), part))
    return f"(?i)(?:{'|'.join(found)})" if found else ""


def _pattern_of(text: str, edges: bool) -> str:
    if is_number(text):
        spelling = r"[^0-9a-zA-Z]{0,3}".join(digits(text))
        return rf"(?<!\d)(?:\+?55\D{{0,2}})?\(?{spelling}(?!\d)" if edges else spelling
    plain = squeeze(text)
    if "@" in plain:
        return rf"(?<![\w.+-]){re.escape(plain)}(?![\w-])" if edges else re.escape(plain)
    if len(plain) < _SHORTEST_NAME:
        return ""
    spaced = r"[\s_.\-]{1,3}".join(_word(word) for word in plain.split())
    mojibake = [re.escape(one) for code in ("latin-1", "cp1252") if (one := _mojibake(plain, code)) != plain]
    spelling = f"(?:{'|'.join([spaced, *mojibake])})"
    return rf"(?<!\w){spelling}(?!\w)" if edges else spelling


def _word(word: str) -> str:
    """A word with each letter accented or not."""
    letters = []
    for letter in word:
        known = _LETTERS.get(unaccent(letter).casefold())
        letters.append(f"[{known}{known.upper()}]" if known else re.escape(letter))
    return "".join(letters)


def _mojibake(text: str, code: str) -> str:
    """The mojibake of a text whose UTF-8 is decoded in another encoding; itself when that fails."""
    try:
        return text.encode("utf-8").decode(code)
    except UnicodeDecodeError:
        return text


def same_name(a: str, b: str) -> bool:
    """Whether two names are equal up to case, accents and spaces."""
    return bool(fold(a)) and fold(a) == fold(b)
