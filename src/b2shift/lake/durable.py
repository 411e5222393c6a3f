"""A small file replaced whole: readers find what was there or what is there now, whenever the machine stops."""

import os
from contextlib import suppress
from pathlib import Path


def write_durably(path: Path, text: str, *, errors: str = "strict") -> None:
    """Replace a file by this text, on the disk before it returns; OSError leaves the file as it was.

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
    """What was made or renamed in a folder is on the disk before this returns."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
