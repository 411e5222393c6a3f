"""The lake's front door."""

import tempfile
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager, nullcontext, suppress
from datetime import date
from pathlib import Path

from b2shift.kernel.errors import StateError
from b2shift.lake import erasure
from b2shift.lake.contracts import Held, Manifest
from b2shift.lake.durable import write_durably
from b2shift.lake.erasure import Erased, Eraser, Row, texts_through
from b2shift.lake.journal import decisions_in, keep_decision
from b2shift.lake.lineage.place import Place
from b2shift.lake.lineage.trace import Trace
from b2shift.lake.names import literal, quote
from b2shift.lake.numbered import Numbered
from b2shift.lake.output import check_output, write_output, written_whole
from b2shift.lake.reader import Lake
from b2shift.lake.retention import Retention
from b2shift.lake.session import Session
from b2shift.lake.specs import Specs, declared_table, load_specs
from b2shift.lake.stage import Stage
from b2shift.lake.store import Stamp, Store

__all__ = [
    "Erased",
    "Eraser",
    "Held",
    "Lake",
    "Numbered",
    "Place",
    "Retention",
    "Row",
    "Session",
    "Specs",
    "Stage",
    "Stamp",
    "Trace",
    "check_output",
    "columns_behind",
    "columns_named",
    "current_version",
    "decisions_in",
    "declared_table",
    "erase",
    "keep_decision",
    "kept_versions",
    "literal",
    "load_specs",
    "looking",
    "matching_rows",
    "open_lake",
    "quote",
    "retain",
    "retention",
    "roll_back",
    "stamp_of",
    "texts_through",
    "version_on",
    "write_durably",
    "write_output",
    "writing",
    "written_whole",
]


def open_lake(home: Path, version: int | None = None, *, threads: int = 2, memory_limit_mb: int = 1024) -> Lake:
    """Open a home for reading; raises LakeEmptyError before the first run."""
    return Lake(home, version, threads=threads, memory_limit_mb=memory_limit_mb)


def current_version(home: Path) -> int | None:
    """The version readers see, or None when nothing was ever published."""
    return Store(home).current()


def stamp_of(home: Path, version: int) -> Stamp | None:
    """What tells a version from the same one described anew, after an erasure; None when it is gone. Opens nothing."""
    return Store(home).stamp(version)


def kept_versions(home: Path) -> list[Manifest]:
    """Every version that can be served again, oldest first; damaged ones are left out. LakeEmptyError without any."""
    store, found = Store(home), []
    for number in store.kept():
        with suppress(StateError):
            found.append(store.manifest(number))
    return found or [store.manifest()]


def version_on(home: Path, day: date) -> int:
    """The newest kept version with data up to a day at most: how the data looked then; StateError when none is kept."""
    kept = kept_versions(home)
    found = [one for one in kept if one.as_of <= day]
    if not found:
        hint = f"A mais antiga guardada tem dados até {min(one.as_of for one in kept):%d/%m/%Y}"
        raise StateError("Nenhuma versão guardada é deste dia ou de antes", value=f"{day:%d/%m/%Y}", hint=hint)
    return max(found, key=lambda one: (one.as_of, one.version)).version


def roll_back(home: Path, version: int) -> None:
    """Serve an older version again; nothing is deleted. Mends a damaged pointer too."""
    store = Store(home)
    store.manifest(version)
    with store.writer_lock():
        store.point_to(version)


def retain(home: Path, keep: Retention) -> list[int]:
    """Keep so many versions and month ends from now on, and drop what is beyond; the numbers of the dropped ones.

    The version that serves and versions that somebody reads stay. Raises LakeBusyError while another process writes.
    """
    store = Store(home)
    store.manifest()
    with store.writer_lock():
        store.choose_retention(keep)
        return store.collect_garbage(keep)


def retention(home: Path) -> Retention:
    """What a lake keeps of its past."""
    return Store(home).retention


def erase(home: Path, eraser: Eraser, seal: str, *, threads: int = 2, memory_limit_mb: int = 1024) -> Erased:
    """Take what an eraser finds out of every kept version, notes included; `seal` names this erasure.

    Killed at any moment, every version still reads; doing it again finishes it. Raises LakeBusyError while another
    process writes, StateError when a kept version cannot be read.
    """
    store = Store(home)
    store.manifest()
    with store.writer_lock():
        return erasure.erase(store, eraser, seal, threads=threads, memory_limit_mb=memory_limit_mb)


def matching_rows(home: Path, eraser: Eraser) -> Iterator[tuple[str, Row]]:
    """(table, row) of every row of every kept version that the eraser looks at, each file once."""
    return erasure.matching_rows(Store(home), eraser)


def columns_behind(select: str, table: str, names: Iterable[str]) -> dict[str, frozenset[str]]:
    """Column of a SELECT over one table of these columns → those it is computed from; nothing when it is not SQL."""
    from b2shift.lake.lineage import columns

    return columns.columns_behind(select, table, names)


def columns_named(expression: str) -> frozenset[str]:
    """The columns an expression of a declaration names; none when it is not SQL."""
    from b2shift.lake.lineage import columns  # the parser, on first use: most commands need none

    return columns.columns_named(expression)


@contextmanager
def looking(
    home: Path, version: int | None = None, *, threads: int = 2, memory_limit_mb: int = 2048
) -> Iterator[Session]:
    """A session on a kept version (None: the current one) that leaves nothing behind: for temporary tables only.

    Takes no lock, so a run may write meanwhile; the version is kept until the block ends. LakeEmptyError before the
    first run, StateError for a version that is no longer kept.
    """
    store = Store(home)
    manifest = store.manifest(version)
    held = store.hold(manifest.version)
    with held or nullcontext(), tempfile.TemporaryDirectory(prefix="b2shift-look-") as scratch:
        session = Session(
            store, manifest, threads=threads, memory_limit_mb=memory_limit_mb, scratch=Path(scratch) / "spill"
        )
        with closing(session):
            yield session


@contextmanager
def writing(home: Path, *, threads: int = 2, memory_limit_mb: int = 2048) -> Iterator[Session]:
    """Hold the writer's lock and a session; what is not committed when the block ends never existed.

    Raises LakeBusyError while another process writes, StorageError when the home cannot be written.
    """
    store = Store(home)
    with store.writer_lock():
        with suppress(OSError):
            store.sweep()
        base = store.manifest() if store.current() is not None else None
        session = Session(store, base, threads=threads, memory_limit_mb=memory_limit_mb)
        try:
            yield session
        finally:
            session.close()
