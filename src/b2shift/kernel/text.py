"""Portuguese text compared without its accents, and repaired when an encoding was read as another."""

import re
import unicodedata

_NO_CODE = re.compile(r"[^a-z0-9]+")
_FOLLOWING = "[\u0080-\u00bf\u0192\u02c6\u02dc\u0152\u0153\u0160\u0161\u0178\u017d\u017e\u2013-\u203a\u20ac\u2122]"
_MOJIBAKE = re.compile(f"[ÃÂ]{_FOLLOWING}|â{_FOLLOWING}{{2}}")


def unaccent(text: str) -> str:
    """`São Paulo` → `Sao Paulo`."""
    if text.isascii():
        return text
    return "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))


def squeeze(text: str) -> str:
    """One plain space where there was any white space, none at the ends."""
    return " ".join(text.split())


def fold(text: str) -> str:
    """The form two spellings share: no accents, case or extra spaces (`  Educação ` → `educacao`)."""
    return squeeze(unaccent(text)).casefold()


def as_code(text: str) -> str:
    """A name as a code: lower case, no accents, `_` where there was anything but letters and digits; may be empty."""
    return _NO_CODE.sub("_", fold(text)).strip("_")


def looks_like_mojibake(text: str) -> bool:
    """UTF-8 bytes that were read as latin-1 or windows-1252 (`ServiÃ§os`)."""
    return bool(_MOJIBAKE.search(text))


def repair_mojibake(text: str) -> str:
    """Undo readings of UTF-8 as latin-1/windows-1252, place by place; what was never broken stays as it is."""
    return _MOJIBAKE.sub(lambda found: _read_again(found.group()), text)


def _read_again(broken: str) -> str:
    raw = bytearray()
    for character in broken:
        if ord(character) < 256:
            raw.append(ord(character))
            continue
        try:
            raw += character.encode("cp1252")
        except UnicodeEncodeError:
            return broken
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return broken
