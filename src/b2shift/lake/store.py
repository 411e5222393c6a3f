"""Versions on disk: immutable manifests, one atomic pointer, a single writer."""

import fcntl
import os
import re
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

from pydantic import ValidationError

from b2shift.kernel.errors import LakeBusyError, LakeEmptyError, StateError, StorageError, why
from b2shift.lake.contracts import Manifest
from b2shift.lake.durable import sync, write_durably
from b2shift.lake.retention import Retention, expired, retention_of

Stamp = tuple[int, int, int]
"""What tells a file that is described anew: its inode, time of change and size."""
_REMEMBERED = 8
_NAME = re.compile(r"^v(\d{6,})\.json$")


class Store:
    """`HOME/lake`: `tables/` (Parquet, never rewritten), `versions/` (manifests), `CURRENT` (the pointer)."""

    def __init__(self, home: Path) -> None:
        self.root = home / "lake"
        self.tables, self.versions, self.pointer = self.root / "tables", self.root / "versions", self.root / "CURRENT"
        self._read: dict[int, tuple[Stamp, Manifest]] = {}

    def current(self) -> int | None:
        """The current version, or None before the first."""
        try:
            return int(self.pointer.read_text())
        except FileNotFoundError:
            return None
        except ValueError as error:
            raise StateError(
                "O ponteiro do lake está danificado", value=self.pointer, hint=self._rollback_hint()
            ) from error
        except OSError as error:
            raise StorageError("O lake não pode ser lido", value=self.pointer, hint=error) from error

    def manifest(self, version: int | None = None) -> Manifest:
        """The manifest of a version (default: the current one)."""
        number = self.current() if version is None else version
        if number is None or not self.versions.is_dir():
            raise LakeEmptyError("O lake está vazio", value=self.root, hint="Rode `b2shift run PASTA` primeiro")
        path, stamp = self._path(number), self.stamp(number)
        if number in self._read and self._read[number][0] == stamp:
            return self._read[number][1]
        try:
            found = Manifest.model_validate_json(path.read_bytes())
        except FileNotFoundError as error:
            raise StateError("O lake não tem esta versão", value=number, hint=self._rollback_hint()) from error
        except ValidationError as error:
            raise StateError(
                "A descrição de uma versão do lake está danificada",
                value=path,
                hint=self._rollback_hint(without=number),
            ) from error
        except OSError as error:
            raise StorageError("O lake não pode ser lido", value=path, hint=error) from error
        if stamp is not None:
            self._read[number] = stamp, found
            for old in sorted(self._read)[:-_REMEMBERED]:
                del self._read[old]
        return found

    def kept(self) -> list[int]:
        """Version numbers on disk, oldest first."""
        return sorted(int(m.group(1)) for p in self.versions.glob("v*.json") if (m := _NAME.match(p.name)))

    def lost_tables(self, manifest: Manifest) -> set[str]:
        """Tables of a version with missing or truncated files."""
        return {
            name for name, table in manifest.tables.items() if table.bytes != sum(map(self._size, table.every_file))
        }

    def publish(self, manifest: Manifest) -> None:
        """Write the manifest, then move the pointer: a reader sees all of the new version or none of it."""
        _write(self._path(manifest.version), manifest.model_dump_json(indent=1))
        _write(self.pointer, str(manifest.version))

    def replace(self, manifest: Manifest) -> None:
        """Replace the manifest of a version atomically."""
        _write(self._path(manifest.version), manifest.model_dump_json(indent=1))

    def stamp(self, version: int) -> Stamp | None:
        """The identity of a manifest file; None when it is gone."""
        with suppress(OSError):
            status = self._path(version).stat()
            return status.st_ino, status.st_mtime_ns, status.st_size
        return None

    def make_durable(self, files: Iterable[str]) -> None:
        """Sync new files and their directory entries before a manifest refers to them."""
        paths = [self.root / file for file in files]
        try:
            for path in [*paths, *{path.parent for path in paths}, self.tables]:
                sync(path)
        except OSError as error:
            raise _storage_error(self.tables, error) from error

    def point_to(self, version: int) -> None:
        """Serve an older version again; StateError when it is not whole."""
        lost = self.lost_tables(self.manifest(version))
        if lost:
            raise StateError(
                "Arquivos desta versão sumiram ou estão danificados",
                value=f"{version} ({', '.join(sorted(lost))})",
                hint=self._rollback_hint(without=version),
            )
        _write(self.pointer, str(version))

    @property
    def retention(self) -> Retention:
        """What this lake keeps of its past."""
        return retention_of(self.root / "retention.json")

    def choose_retention(self, keep: Retention) -> None:
        """Set the retention."""
        _write(self.root / "retention.json", keep.model_dump_json())

    def collect_garbage(self, keep: Retention) -> list[int]:
        """Drop versions beyond the retention that nobody reads, and unreferenced files; their numbers.

        A version whose manifest is damaged stays: a person decides about it.
        """
        versions = []
        for number in self.kept():
            with suppress(StateError):
                versions.append((number, self.manifest(number).as_of))
        removed = [number for number in expired(versions, keep, self.current()) if self._drop(number)]
        self.sweep()
        return removed

    def hold(self, version: int) -> IO[bytes] | None:
        """Pin a version while the file is open; None where the filesystem has no such locks.

        StateError when the version has just been dropped.
        """
        dropped = StateError("O lake não tem esta versão", value=version, hint=self._rollback_hint(without=version))
        try:
            file = self._path(version).open("rb")
        except FileNotFoundError as error:
            raise dropped from error
        except OSError:
            return None
        try:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            vanished = True
        except OSError:
            return None
        else:
            vanished = os.fstat(file.fileno()).st_nlink == 0
        if vanished:
            file.close()
            raise dropped
        return file

    def _drop(self, number: int) -> bool:
        """Remove a manifest unless a reader pins it."""
        with self._path(number).open("rb") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                return False
            self._path(number).unlink()
        return True

    def sweep(self) -> None:
        """Remove leftovers of interrupted runs: unreferenced files, scratch folders, partial files."""
        for scratch in self.root.glob("scratch-*"):
            shutil.rmtree(scratch, ignore_errors=True)
        for half in [*self.root.glob("*.tmp"), *self.versions.glob("*.tmp")]:
            half.unlink(missing_ok=True)
        try:
            manifests = [self.manifest(number) for number in self.kept()]
        except StateError:
            # A version we cannot read may name any file: a person decides, nothing is deleted.
            return
        named = {file for manifest in manifests for table in manifest.tables.values() for file in table.every_file}
        for path in self.tables.glob("*/*.parquet"):
            if str(path.relative_to(self.root)) not in named:
                path.unlink(missing_ok=True)
        for folder in self.tables.iterdir():
            with suppress(OSError):  # not empty
                folder.rmdir()

    @contextmanager
    def writer_lock(self) -> Iterator[None]:
        """The exclusive writer lock; released by the OS when the process dies."""
        try:
            for folder in (self.tables, self.versions):
                folder.mkdir(parents=True, exist_ok=True)
            lock = (self.root / "lock").open("a+")
        except OSError as error:
            raise StorageError("A pasta de trabalho não pode ser escrita", value=self.root, hint=error) from error
        with lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as error:
                raise LakeBusyError(
                    "Outra execução está escrevendo nesta pasta",
                    value=self.root.parent,
                    hint="Espere que ela termine ou use outra --home",
                ) from error
            yield

    def _path(self, version: int) -> Path:
        return self.versions / f"v{version:06d}.json"

    def _size(self, file: str) -> int:
        with suppress(OSError):
            return (self.root / file).stat().st_size
        return -1

    def _rollback_hint(self, without: int | None = None) -> str:
        kept = [str(number) for number in self.kept() if number != without]
        if not kept:
            return "Nenhuma versão guardada: rode `b2shift run PASTA` com outra --home"
        return f"Volte a uma versão guardada com `b2shift lake rollback N` (há {', '.join(kept)})"


def _write(path: Path, text: str) -> None:
    try:
        write_durably(path, text)
    except OSError as error:
        raise _storage_error(path, error) from error


def _storage_error(path: Path, error: OSError) -> StorageError:
    hint = f"{why(error, path)}. A versão anterior continua valendo"
    return StorageError("O lake não pode ser gravado", value=path, hint=hint)
