"""Obfuscated text in a question: spaced letters, leetspeak, base64. Decoded only for the guards, never to answer."""

import re
from base64 import b64decode
from binascii import Error

_APART = re.compile(r"(?<!\w)\w(?: {1,2}\w(?!\w)){5,}")
_LETTERS = str.maketrans("01345@$7", "oieasast")
_MIXED = re.compile(r"(?=\S*[^\W\d_])(?=\S*[01345@$7])\S{3,}")
_BASE64 = re.compile(r"(?<![\w+/])[A-Za-z0-9+/]{16,}={0,2}(?![\w+/=])")
_READABLE = 0.9


def deobfuscated(question: str) -> list[str]:
    """The decodings of a question, one for each obfuscation found; empty when there is none."""
    readings = (_APART.sub(_joined, question), _MIXED.sub(_lettered, question), _BASE64.sub(_decoded, question))
    return [text for text in dict.fromkeys(readings) if text != question]


def _joined(found: re.Match[str]) -> str:
    return " ".join(word.replace(" ", "") for word in found.group().split("  "))


def _lettered(found: re.Match[str]) -> str:
    return found.group().translate(_LETTERS)


def _decoded(found: re.Match[str]) -> str:
    """The decoded text, or the input where it decodes to nothing readable."""
    coded = found.group()
    try:
        text = b64decode(coded + "=" * (-len(coded) % 4)).decode("utf-8")
    except (Error, UnicodeDecodeError):
        return coded
    readable = sum(letter.isprintable() for letter in text) / max(len(text), 1)
    return f" {text} " if readable >= _READABLE else coded
