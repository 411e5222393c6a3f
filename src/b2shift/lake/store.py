"""Versions on disk: immutable manifests, one pointer that moves atomically, one writer at a time."""

import fcntl
import os
import re
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from b2shift.kernel.errors import LakeBusyError, LakeEmptyError, StateError, StorageError
from b2shift.lake.contracts import Manifest

_NAME = re.compile(r"^v(\d{6})\.json$")


class Store:
    """`HOME/lake`: `tables/` (Parquet, never rewritten), `versions/` (manifests), `CURRENT` (the pointer)."""

    def __init__(self, home: Path) -> None:
        self.root = home / "lake"
        self.tables, self.versions, self.pointer = self.root / "tables", self.root / "versions", self.root / "CURRENT"

    def create(self) -> None:
        """Make the folders; harmless when they exist."""
        try:
            for folder in (self.tables, self.versions):
                folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise StorageError("The home folder cannot be written", value=self.root, hint=str(error)) from error

    def current(self) -> int | None:
        """The version readers see now, or None before the first."""
        try:
            return int(self.pointer.read_text())
        except FileNotFoundError:
            return None
        except ValueError as error:
            raise StateError(
                "The lake's pointer is damaged", value=self.pointer, hint="Write the newest number in versions/ into it"
            ) from error

    def manifest(self, version: int | None = None) -> Manifest:
        """The manifest of a version (default: the current one)."""
        number = self.current() if version is None else version
        if number is None:
            raise LakeEmptyError("The lake is empty", value=self.root, hint="Run `b2shift run FOLDER` first")
        path = self.versions / f"v{number:06d}.json"
        if not path.exists():
            raise StateError("No such version of the lake", value=number, hint=f"Kept: {self.kept()}")
        return Manifest.model_validate_json(path.read_bytes())

    def kept(self) -> list[int]:
        """Version numbers on disk, oldest first."""
        return sorted(int(m.group(1)) for p in self.versions.glob("v*.json") if (m := _NAME.match(p.name)))

    def publish(self, manifest: Manifest) -> None:
        """Write the manifest, then move the pointer: a reader sees all of the new version or none of it."""
        path = self.versions / f"v{manifest.version:06d}.json"
        _write_durably(path, manifest.model_dump_json(indent=1))
        _write_durably(self.pointer, str(manifest.version))

    def make_durable(self, files: Iterable[str]) -> None:
        """Have the disk keep new files before a manifest names them."""
        for file in files:
            descriptor = os.open(self.root / file, os.O_RDONLY)
            try:
                os.fsync(descriptor)
            finally:
                os.close(descriptor)

    def point_to(self, version: int) -> None:
        """Serve an older version again."""
        self.manifest(version)
        _write_durably(self.pointer, str(version))

    def collect_garbage(self, keep: int) -> None:
        """Drop manifests beyond the newest `keep` (never the current one) and files no kept manifest names."""
        current = self.current()
        for number in self.kept()[:-keep]:
            if number != current:
                (self.versions / f"v{number:06d}.json").unlink()
        named = {
            file for number in self.kept() for table in self.manifest(number).tables.values() for file in table.files
        }
        folders = {file.split("/", 2)[1] for file in named}
        for folder in self.tables.iterdir():
            if folder.name not in folders:
                shutil.rmtree(folder, ignore_errors=True)
                continue
            for path in folder.iterdir():
                if f"tables/{folder.name}/{path.name}" not in named:
                    path.unlink(missing_ok=True)

    @contextmanager
    def writer_lock(self) -> Iterator[None]:
        """One run at a time; the lock goes with the process, so a killed run leaves none behind."""
        self.create()
        with (self.root / "lock").open("a+") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as error:
                raise LakeBusyError(
                    "Another run is writing to this home",
                    value=self.root.parent,
                    hint="Wait for it to end, or use another --home",
                ) from error
            yield


def _write_durably(path: Path, text: str) -> None:
    temporary = path.with_suffix(".tmp")
    try:
        with temporary.open("w") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    except OSError as error:
        raise StorageError(
            "The lake cannot be written", value=path, hint=f"{error}. The previous version still serves"
        ) from error
