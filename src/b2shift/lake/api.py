"""The lake's front door."""

import tempfile
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager, nullcontext, suppress
from datetime import date
from pathlib import Path

from b2shift.kernel.errors import StateError
from b2shift.lake import erasure
from b2shift.lake.contracts import Manifest, TableFiles
from b2shift.lake.durable import write_durably
from b2shift.lake.erasure import Erased, Eraser, Row, map_texts
from b2shift.lake.journal import append_decision, decisions_in
from b2shift.lake.lineage.column_ref import ColumnRef
from b2shift.lake.lineage.trace import Trace
from b2shift.lake.names import literal, quote
from b2shift.lake.output import atomic_output, check_output, write_output
from b2shift.lake.reader import Lake
from b2shift.lake.retention import Retention
from b2shift.lake.session import Session
from b2shift.lake.specs import Specs, declared_table, load_specs
from b2shift.lake.stage import Stage
from b2shift.lake.store import Stamp, Store
from b2shift.lake.versioned_texts import VersionedTexts

__all__ = [
    "ColumnRef",
    "Erased",
    "Eraser",
    "Lake",
    "Retention",
    "Row",
    "Session",
    "Specs",
    "Stage",
    "Stamp",
    "TableFiles",
    "Trace",
    "VersionedTexts",
    "append_decision",
    "atomic_output",
    "check_output",
    "columns_named",
    "current_version",
    "decisions_in",
    "declared_table",
    "erase",
    "kept_versions",
    "literal",
    "load_specs",
    "map_texts",
    "matching_rows",
    "open_lake",
    "quote",
    "reading",
    "retain",
    "retention",
    "roll_back",
    "source_columns",
    "stamp_of",
    "table_names",
    "version_on",
    "write_durably",
    "write_output",
    "writing",
]


def open_lake(home: Path, version: int | None = None, *, threads: int = 2, memory_limit_mb: int = 1024) -> Lake:
    """Open a home for reading; raises LakeEmptyError before the first run."""
    return Lake(home, version, threads=threads, memory_limit_mb=memory_limit_mb)


def current_version(home: Path) -> int | None:
    """The version readers see, or None when nothing was ever published."""
    return Store(home).current()


def table_names(home: Path) -> frozenset[str]:
    """The tables of the version readers see; none before the first run."""
    store = Store(home)
    return frozenset() if store.current() is None else frozenset(store.manifest().tables)


def stamp_of(home: Path, version: int) -> Stamp | None:
    """The identity of a version's manifest, which an erasure changes; None when there is no such version."""
    return Store(home).stamp(version)


def kept_versions(home: Path) -> list[Manifest]:
    """Every version that can be served, oldest first, without damaged ones. LakeEmptyError without any."""
    store, found = Store(home), []
    for number in store.kept():
        with suppress(StateError):
            found.append(store.manifest(number))
    return found or [store.manifest()]


def version_on(home: Path, day: date) -> int:
    """The newest version with data up to a day (time travel); StateError when none is retained."""
    kept = kept_versions(home)
    found = [one for one in kept if one.as_of <= day]
    if not found:
        hint = f"A mais antiga guardada tem dados até {min(one.as_of for one in kept):%d/%m/%Y}"
        raise StateError("Nenhuma versão guardada é deste dia ou de antes", value=f"{day:%d/%m/%Y}", hint=hint)
    return max(found, key=lambda one: (one.as_of, one.version)).version


def roll_back(home: Path, version: int) -> None:
    """Serve an older version again; nothing is deleted. Repairs a damaged pointer too."""
    store = Store(home)
    store.manifest(version)
    with store.writer_lock():
        store.point_to(version)


def retain(home: Path, keep: Retention) -> list[int]:
    """Set the retention and drop the versions beyond it; the numbers of the dropped ones.

    The version that serves and versions that somebody reads stay. Raises LakeBusyError while another process writes.
    """
    store = Store(home)
    store.manifest()
    with store.writer_lock():
        store.choose_retention(keep)
        return store.collect_garbage(keep)


def retention(home: Path) -> Retention:
    """The retention of a lake."""
    return Store(home).retention


def erase(home: Path, eraser: Eraser, seal: str, *, threads: int = 2, memory_limit_mb: int = 1024) -> Erased:
    """Erase what an eraser matches from every version, notes included; `seal` identifies the erasure.

    Killed at any moment, every version still reads; doing it again finishes it. Raises LakeBusyError while another
    process writes, StateError when a kept version cannot be read.
    """
    store = Store(home)
    store.manifest()
    with store.writer_lock():
        return erasure.erase(store, eraser, seal, threads=threads, memory_limit_mb=memory_limit_mb)


def matching_rows(home: Path, eraser: Eraser) -> Iterator[tuple[str, Row]]:
    """(table, row) of every row of every version that the eraser matches, each file once."""
    return erasure.matching_rows(Store(home), eraser)


def source_columns(select: str, table: str, names: Iterable[str]) -> dict[str, frozenset[str]]:
    """Column of a SELECT over one table → the columns it is computed from; empty when it is not SQL."""
    from b2shift.lake.lineage import columns

    return columns.source_columns(select, table, names)


def columns_named(expression: str) -> frozenset[str]:
    """The columns an expression refers to; none when it is not SQL."""
    from b2shift.lake.lineage import columns  # the parser, on first use: most commands need none

    return columns.columns_named(expression)


@contextmanager
def reading(
    home: Path, version: int | None = None, *, threads: int = 2, memory_limit_mb: int = 2048
) -> Iterator[Session]:
    """A session on a version (None: the current one) whose writes are discarded: for temporary tables only.

    Takes no lock, so a run may write meanwhile; the version is kept until the block ends. LakeEmptyError before the
    first run, StateError for a version that is no longer kept.
    """
    store = Store(home)
    manifest = store.manifest(version)
    pin = store.hold(manifest.version)
    with pin or nullcontext(), tempfile.TemporaryDirectory(prefix="b2shift-look-") as scratch:
        session = Session(
            store, manifest, threads=threads, memory_limit_mb=memory_limit_mb, scratch=Path(scratch) / "spill"
        )
        with closing(session):
            yield session


@contextmanager
def writing(home: Path, *, threads: int = 2, memory_limit_mb: int = 2048) -> Iterator[Session]:
    """The writer's lock and a session; what is not committed when the block ends is rolled back.

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
