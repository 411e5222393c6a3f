"""How names become searchable words, the same in Python and in the lake's SQL (a test compares the two)."""

import re
import unicodedata

from b2shift.identify.api import whole_cnpj

_NOT_A_WORD = re.compile(r"[^a-z0-9]+")
# A CNPJ typed with its punctuation, as far as it was typed; letters are allowed since July 2026.
_CNPJ = re.compile(r"(?<![a-z0-9])[a-z0-9]{2}\.[a-z0-9]{3}\.[a-z0-9]{3}(?:/(?:[a-z0-9]{1,4}(?:-[0-9]{0,2})?)?)?")
_LONGEST_QUERY, _MOST_WORDS = 120, 12

# The same steps as `words_of`, on a DuckDB expression.
SQL = "trim(regexp_replace(strip_accents(lower({0})), '[^a-z0-9]+', ' ', 'g'))"


def words_of(text: str) -> list[str]:
    """`São João & Cia.` → `sao`, `joao`, `cia`."""
    return [word for word in _NOT_A_WORD.split(_plain(text)) if word]


def words_typed(text: str) -> list[str]:
    """The words of a search, a CNPJ as the one word it is in the index, with the zeros a spreadsheet took from its
    front; what is beyond a search's length is ignored."""
    joined = _CNPJ.sub(lambda found: re.sub(r"[./-]", "", found.group()), _plain(text[:_LONGEST_QUERY]))
    return [whole_cnpj(word) if word.isdigit() else word for word in words_of(joined)[:_MOST_WORDS]]


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


def _plain(text: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFD", text.lower()) if not unicodedata.combining(c))
