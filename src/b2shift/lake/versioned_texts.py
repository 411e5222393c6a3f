"""Versioned texts of a home: numbered immutable files and a pointer to the one in force."""

import os
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from b2shift.kernel.errors import StateError, StorageError, UnknownNameError
from b2shift.lake.durable import write_durably


@dataclass(frozen=True)
class VersionedTexts:
    """The versions in `folder`, numbered from 1; 0 stands for none of them.

    `kind` names a version in errors; `damaged` is what is said of a pointer that cannot be read and `mend` what to do;
    `unkept` and `unmoved` are said when the disk refuses a new version or another one in force.
    """

    folder: Path
    kind: str
    damaged: str
    mend: str
    unkept: str
    unmoved: str

    @property
    def numbers(self) -> list[int]:
        """Every number there is, in order."""
        return sorted(int(path.stem) for path in self.folder.glob("*.yaml") if path.stem.isdigit())

    @property
    def in_force(self) -> int:
        """The number pointed to; StateError when the pointer is damaged."""
        try:
            text = self.pointer.read_text(encoding="utf-8").strip()
        except FileNotFoundError:
            return 0
        if not text.isdigit():
            raise StateError(self.damaged, value=text, hint=self.mend)
        return int(text)

    @property
    def pointer(self) -> Path:
        """The file that names the one in force."""
        return self.folder / "CURRENT"

    def file(self, number: int) -> Path:
        """The path of a version, existing or not."""
        return self.folder / f"{number:06d}.yaml"

    def require(self, number: int) -> Path:
        """The file of a version; UnknownNameError when there is none."""
        if number not in self.numbers:
            raise UnknownNameError(self.kind, str(number), map(str, self.numbers))
        return self.file(number)

    def kept_at(self, number: int) -> datetime:
        """When a version was kept."""
        return datetime.fromtimestamp(self.file(number).stat().st_mtime, UTC)

    def keep(self, text: str, now: datetime) -> int:
        """Store a text as the newest version, in force; its number. StorageError leaves the previous one in force."""
        number = max(self.numbers, default=0) + 1
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            write_durably(self.file(number), text)
            os.utime(self.file(number), (now.timestamp(), now.timestamp()))
            self._point_to(number)
        except OSError as error:
            raise StorageError(self.unkept, value=self.folder, hint=error) from error
        return number

    def point_to(self, number: int) -> None:
        """Put a version in force, 0 for none; nothing is deleted. StorageError leaves the previous one in force."""
        try:
            self._point_to(number)
        except OSError as error:
            raise StorageError(self.unmoved, value=self.pointer, hint=error) from error

    def _point_to(self, number: int) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        write_durably(self.pointer, f"{number}\n")
