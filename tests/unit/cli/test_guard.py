"""What the machine refuses becomes an error with what to do."""

import errno
import sqlite3

import duckdb
import pytest

from b2shift.cli.guard import EXIT_CODES, translated
from b2shift.kernel.errors import AccessError, B2ShiftError, DropError, InputError, StateError, StorageError


def refuse(error: BaseException) -> B2ShiftError:
    with pytest.raises(B2ShiftError) as caught, translated():
        raise error
    return caught.value


def test_a_full_disk_is_a_storage_error() -> None:
    for error in (OSError(errno.ENOSPC, "No space left on device"), duckdb.IOException("Could not write file")):
        told = refuse(error)
        assert isinstance(told, StorageError)
        assert told.exit_code == 3
        assert "previous version serves" in str(told)


def test_memory_that_ends_is_a_state_error() -> None:
    assert isinstance(refuse(duckdb.OutOfMemoryException("failed to allocate")), StateError)


def test_locked_records_are_a_state_error_even_under_another_name() -> None:
    try:
        try:
            raise sqlite3.OperationalError("database is locked")
        except sqlite3.OperationalError as cause:
            raise RuntimeError("wrapped") from cause
    except RuntimeError as error:
        told = refuse(error)
    assert isinstance(told, StateError)
    assert "b2shift publish" in str(told)


def test_a_defect_stays_a_defect() -> None:
    with pytest.raises(ZeroDivisionError), translated():
        raise ZeroDivisionError
    with pytest.raises(FileNotFoundError), translated():
        raise FileNotFoundError(errno.ENOENT, "gone")


def test_every_error_has_a_documented_exit_code() -> None:
    for kind in (InputError, DropError, StateError, StorageError, AccessError):
        assert kind.exit_code in EXIT_CODES
