"""Atomic, durable replacement of small files."""

import os
from contextlib import suppress
from pathlib import Path


def write_durably(path: Path, text: str, *, errors: str = "strict") -> None:
    """Replace a file atomically and sync it; OSError leaves the file unchanged.

    `errors` is how text that is no UTF-8 was read ("surrogateescape"), so that its bytes go back as they came.
    """
    half = path.with_name(f"{path.name}.tmp")
    try:
        with half.open("w", encoding="utf-8", errors=errors) as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        half.replace(path)
        sync(path.parent)
    except OSError:
        with suppress(OSError):
            half.unlink(missing_ok=True)
        raise


def sync(folder: Path) -> None:
    """Sync a directory, so that created and renamed entries are durable."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
