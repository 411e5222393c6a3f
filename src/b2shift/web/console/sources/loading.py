"""What is still to do for the sources of the house to be loaded: which file, where, with which command."""

import shlex
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from fnmatch import fnmatch
from pathlib import Path

from django.conf import settings

from b2shift.identify.api import DeclaredSource, source_changes
from b2shift.kernel.errors import LakeEmptyError
from b2shift.web.crm.lake import lake
from b2shift.web.loading.orders import delivered_files, inbox


@dataclass(frozen=True)
class ToLoad:
    """A source of the house against the newest load: the files that wait, whether it was ever loaded, or changed since.

    `pattern` is what its files are called.
    """

    source: str
    pattern: str
    waiting: tuple[str, ...]
    loaded: bool
    changed: bool

    @property
    def pending(self) -> bool:
        """Whether the next load brings something of it."""
        return bool(self.waiting) or self.changed or not self.loaded


@dataclass(frozen=True)
class Loading:
    """Sources with what is to do for them, the folder their files go to and the command that loads it."""

    sources: tuple[ToLoad, ...]
    folder: Path
    command: str

    @property
    def pending(self) -> tuple[ToLoad, ...]:
        """Those of which the next load brings something."""
        return tuple(one for one in self.sources if one.pending)


def to_load(declared: Iterable[DeclaredSource]) -> Loading:
    """What is still to do for those of the sources that the house declared."""
    loaded, since = loaded_files()
    home, folder = Path(settings.HOME), inbox()
    present = delivered_files()
    changes = {one.source: one.at for one in reversed(source_changes(home))}
    own = tuple(_against(one, present, loaded, since, changes.get(one.source)) for one in declared if one.own)
    return Loading(own, folder, shlex.join(["b2shift", "run", str(folder), "--home", str(home)]))


def loaded_files() -> tuple[set[tuple[str, str]], datetime | None]:
    """Source and file of what the lake holds, and when it was written; nothing before the first load."""
    try:
        read = lake()
    except LakeEmptyError:
        return set(), None
    if not read.has("loads"):
        return set(), read.manifest.written_at
    rows = read.query("SELECT source, file FROM loads WHERE status IN ('loaded', 'kept')").to_pylist()
    return {(row["source"], row["file"]) for row in rows}, read.manifest.written_at


def _against(
    one: DeclaredSource,
    present: Iterable[Path],
    loaded: set[tuple[str, str]],
    since: datetime | None,
    changed: datetime | None,
) -> ToLoad:
    def waits(path: Path) -> bool:
        if not fnmatch(path.name.casefold(), one.files.casefold()):
            return False
        return since is None or (one.source, path.name) not in loaded or path.stat().st_mtime > since.timestamp()

    return ToLoad(
        source=one.source,
        pattern=one.files,
        waiting=tuple(path.name for path in present if waits(path)),
        loaded=any(source == one.source for source, _file in loaded),
        changed=changed is not None and since is not None and changed > since,
    )
