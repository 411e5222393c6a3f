"""The language in force and its words, found at once (ADR 0398, 0414): a page asks for them some seven hundred times.

The one place where functions of Django are replaced; `COUNTERPARTS` are read again when Django changes them.
"""

import threading
from functools import cache, lru_cache

from django.utils.translation import trans_real

_KEPT = 8_192  # words of one language; the product has some four thousand
COUNTERPARTS = (
    trans_real.translation,
    trans_real.activate,
    trans_real.deactivate,
    trans_real.deactivate_all,
    trans_real.get_language,
    trans_real.gettext,
)
"""What reads or writes the two names that `install` replaces, as Django has them."""


def install() -> None:
    """Keep the language in the thread, where Django looks through layers made for coroutines, and words once found.

    Requests are served by threads. A word without a translation is looked for in every catalogue: in Portuguese,
    which the sources are written in, that is every word.
    """
    made = trans_real.translation

    @cache
    def translation(language: str) -> trans_real.DjangoTranslation:
        found = made(language)
        found.gettext = lru_cache(maxsize=_KEPT)(found.gettext)  # type: ignore[method-assign]
        return found

    trans_real.translation = translation
    trans_real._active = threading.local()  # type: ignore[attr-defined]
