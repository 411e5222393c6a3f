"""How names become searchable words, the same in Python and in the lake's SQL (a test compares the two)."""

import re
import unicodedata

_NOT_A_WORD = re.compile(r"[^a-z0-9]+")
_CNPJ_START = re.compile(r"^[0-9a-z]{2}\.[0-9a-z]{3}[0-9a-z./-]*$")

# The same steps as `words_of`, on a DuckDB expression.
SQL = "trim(regexp_replace(strip_accents(lower({0})), '[^a-z0-9]+', ' ', 'g'))"


def words_of(text: str) -> list[str]:
    """`São João & Cia.` → `sao joao cia`; a CNPJ typed with its punctuation is one word."""
    words: list[str] = []
    for chunk in text.lower().split():
        plain = "".join(c for c in unicodedata.normalize("NFD", chunk) if not unicodedata.combining(c))
        if _CNPJ_START.match(plain):
            words.append(re.sub(r"[./-]", "", plain))
        else:
            words.extend(word for word in _NOT_A_WORD.split(plain) if word)
    return words


def spellings(words: list[str], limit: int = 5) -> list[list[str]]:
    """Ways to join neighbouring words, because the vendor writes cities without spaces (`SAOPAULO`).

    Of more than `limit` words only the plain reading is tried: each further word doubles the number of ways.
    """
    if len(words) > limit:
        return [words]
    ways: list[list[str]] = [words[:1]]
    for word in words[1:]:
        ways = [way for start in ways for way in ([*start, word], [*start[:-1], start[-1] + word])]
    return ways
