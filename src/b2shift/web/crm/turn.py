"""One process does a work at a time: the lock goes with the process, so a killed one leaves none behind."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from b2shift.kernel.errors import StorageError


@contextmanager
def alone(home: Path, work: str) -> Iterator[None]:
    """Wait for the turn of a work and hold it; StorageError when the home cannot be written."""
    with _lock(home, work).open("a+") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def at_work(home: Path, work: str) -> bool:
    """Whether a process does this work now."""
    with _lock(home, work).open("a+") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False


def _lock(home: Path, work: str) -> Path:
    try:
        home.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StorageError("A pasta de trabalho não pode ser escrita", value=home, hint=error) from error
    return home / f"{work}.lock"
