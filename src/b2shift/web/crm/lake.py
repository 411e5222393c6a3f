"""The lake as pages and programs read it: one reader per process, shared by its threads."""

import threading

from django.conf import settings

from b2shift.lake.api import Lake, open_lake

_guard = threading.Lock()
_open: dict[str, Lake] = {}


def lake() -> Lake:
    """The current version of the home's lake, following the pointer; raises LakeEmptyError before the first run."""
    key = str(settings.HOME)
    with _guard:
        found = _open.get(key)
        if found is None:
            found = _open[key] = open_lake(
                settings.HOME, threads=settings.LAKE_THREADS, memory_limit_mb=settings.LAKE_MEMORY_MB
            )
            return found
        found.refresh()
        return found
