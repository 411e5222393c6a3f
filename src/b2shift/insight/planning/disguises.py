"""What a question may hide: letters set apart, digits for letters, base64. Read only to refuse, never to answer."""

import re
from base64 import b64decode
from binascii import Error

_APART = re.compile(r"(?<!\w)\w(?: {1,2}\w(?!\w)){5,}")
_LETTERS = str.maketrans("01345@$7", "oieasast")
_MIXED = re.compile(r"(?=\S*[^\W\d_])(?=\S*[01345@$7])\S{3,}")
_BASE64 = re.compile(r"(?<![\w+/])[A-Za-z0-9+/]{16,}={0,2}(?![\w+/=])")
_READABLE = 0.9


def undisguised(question: str) -> list[str]:
    """The readings of a question without each of its disguises; none when it wears none."""
    readings = (_APART.sub(_joined, question), _MIXED.sub(_lettered, question), _BASE64.sub(_decoded, question))
    return [text for text in dict.fromkeys(readings) if text != question]


def _joined(found: re.Match[str]) -> str:
    return " ".join(word.replace(" ", "") for word in found.group().split("  "))


def _lettered(found: re.Match[str]) -> str:
    return found.group().translate(_LETTERS)


def _decoded(found: re.Match[str]) -> str:
    """The text behind base64, or the same characters where nobody could read what is behind them."""
    coded = found.group()
    try:
        text = b64decode(coded + "=" * (-len(coded) % 4)).decode("utf-8")
    except (Error, UnicodeDecodeError):
        return coded
    readable = sum(letter.isprintable() for letter in text) / max(len(text), 1)
    return f" {text} " if readable >= _READABLE else coded
