"""The lake as pages and programs read it: the version that was published, one reader per process for its threads."""

import threading
from pathlib import Path

from django.conf import settings

from b2shift.kernel.errors import StateError
from b2shift.lake.api import Lake, current_version, open_lake
from b2shift.web.crm.current import newest_publication

_guard = threading.Lock()
_open: dict[Path, tuple[int | None, Lake]] = {}


def lake() -> Lake:
    """The lake at the version the records show, so that a page never mixes two; the current one before any.

    Raises LakeEmptyError before the first run. A published version that is no longer kept gives way to the current.
    """
    home = Path(settings.HOME)
    published = newest_publication()
    wanted = current_version(home) if published is None else published.lake_version
    with _guard:
        version, found = _open.get(home, (None, None))
        if found is None or version != wanted:
            found = _opened(home, wanted)
            _open[home] = (wanted, found)
        found.refresh()  # one that gave way to the current version follows it
        return found


def close() -> None:
    """Close every reader of this process: one that is about to be forked has threads its children will not have, and a
    child that let go of such a reader, to follow a newer version, would be brought down by it."""
    with _guard:
        _open.clear()


def _opened(home: Path, version: int | None) -> Lake:
    threads, memory = settings.LAKE_THREADS, settings.LAKE_MEMORY_MB
    try:
        return open_lake(home, version, threads=threads, memory_limit_mb=memory)
    except StateError:
        return open_lake(home, threads=threads, memory_limit_mb=memory)
