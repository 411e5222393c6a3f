"""One process erases at a time: the lock goes with the process, so a killed one leaves none behind."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from b2shift.kernel.errors import StorageError


@contextmanager
def alone(home: Path) -> Iterator[None]:
    """Wait for the turn and hold it; StorageError when the home cannot be written."""
    with _lock(home).open("a+") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def at_work(home: Path) -> bool:
    """Whether a process erases now."""
    with _lock(home).open("a+") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False


def _lock(home: Path) -> Path:
    """Beside the lake: the folder of what erasures need exists only when there was one."""
    try:
        home.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StorageError("A pasta de trabalho não pode ser escrita", value=home, hint=error) from error
    return home / "erasing.lock"
