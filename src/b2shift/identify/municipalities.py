"""Names of the Brazilian municipalities as people write them; files often have them without spaces or accents.

`municipalities.txt` holds the 5,570 municipalities of IBGE's Divisão Territorial Brasileira and Brasília, a state a
line, and for two of them that were renamed both names.
"""

from collections import Counter
from functools import lru_cache
from pathlib import Path

from b2shift.identify.external.figures import place

_NAMES = Path(__file__).with_suffix(".txt")
_SMALL = {"a", "as", "e", "o", "os", "d", "da", "das", "de", "do", "dos", "em", "na", "no"}


def municipality(city: str, state: str | None = None) -> str:
    """`SAOJOSEDOSCAMPOS`, `SP` → `São José dos Campos`; a city nobody knows with its words begun with capitals.

    Without a state, or in one that has no such municipality, the name is found when all that have it write it alike.
    """
    known = _known()
    key = place(city, state or "-")
    return known.get(key) or known.get(_anywhere(key)) or _capitals(city)


def is_municipality(city: str) -> bool:
    """Whether a municipality of any state is called so, spaces, accents and case apart."""
    return _anywhere(place(city, "-")) in _letters()


def _anywhere(key: str) -> str:
    return key.rpartition("/")[0]


@lru_cache(maxsize=1)
def _known() -> dict[str, str]:
    """Each name by its letters and state, and by its letters alone where they tell the name."""
    by_place = _by_place()
    alone = {(_anywhere(key), name) for key, name in by_place.items()}
    ways = Counter(letters for letters, _ in alone)
    return by_place | {letters: name for letters, name in alone if ways[letters] == 1}


@lru_cache(maxsize=1)
def _by_place() -> dict[str, str]:
    lines = (line.split(": ", 1) for line in _NAMES.read_text(encoding="utf-8").splitlines())
    return {place(name, state): name for state, names in lines for name in names.split(", ")}


@lru_cache(maxsize=1)
def _letters() -> frozenset[str]:
    """The letters of every name."""
    return frozenset(map(_anywhere, _by_place()))


def _capitals(city: str) -> str:
    words = city.casefold().split()
    return " ".join(word if nth and word in _SMALL else word.capitalize() for nth, word in enumerate(words))
