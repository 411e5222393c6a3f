"""What the machine refuses becomes an error with what to do."""

import errno
import signal
import sqlite3
import threading
from contextlib import suppress
from datetime import date
from pathlib import Path

import duckdb
import pytest

from b2shift.cli.guard import EXIT_CODES, stoppable, translated
from b2shift.cli.main import INTERRUPTED
from b2shift.kernel import stopping
from b2shift.kernel.errors import AccessError, B2ShiftError, DropError, InputError, StateError, StorageError
from b2shift.lake.api import current_version, writing


def refuse(error: BaseException) -> B2ShiftError:
    with pytest.raises(B2ShiftError) as caught, translated():
        raise error
    return caught.value


def test_a_full_disk_is_a_storage_error() -> None:
    for error in (OSError(errno.ENOSPC, "No space left on device"), duckdb.IOException("Could not write file")):
        told = refuse(error)
        assert isinstance(told, StorageError)
        assert told.exit_code == 3
        assert "a versão anterior continua valendo" in str(told)


def test_records_that_find_no_room_are_a_storage_error() -> None:
    records = sqlite3.connect(":memory:")
    records.execute("PRAGMA max_page_count = 2")
    records.execute("CREATE TABLE told (text TEXT)")
    with pytest.raises(sqlite3.OperationalError) as full:
        records.execute("INSERT INTO told VALUES (zeroblob(100000))")
    told = refuse(full.value)
    assert isinstance(told, StorageError)
    assert "O disco está cheio" in str(told)


def test_a_folder_one_may_not_use_is_a_storage_error() -> None:
    for code in (errno.EROFS, errno.EACCES):
        told = refuse(OSError(code, "no"))
        assert isinstance(told, StorageError)
        assert "Sem permissão" in str(told)


def test_records_in_a_folder_one_may_not_use_are_a_storage_error(tmp_path: Path) -> None:
    with pytest.raises(sqlite3.OperationalError) as refused:
        sqlite3.connect(tmp_path / "no" / "records.sqlite3")
    told = refuse(refused.value)
    assert isinstance(told, StorageError)
    assert "Sem permissão" in str(told)


def test_memory_that_ends_is_a_state_error() -> None:
    for error in (duckdb.OutOfMemoryException("failed to allocate"), MemoryError()):
        told = refuse(error)
        assert type(told) is StateError
        assert "--memory" in str(told)


def test_an_error_that_says_what_to_do_passes_as_it_is() -> None:
    error = DropError("Nada aqui", value="x", hint="Confira")
    assert refuse(error) is error


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


def test_ctrl_c_inside_the_engine_is_ctrl_c() -> None:
    """DuckDB hands an interruption over as a RuntimeError whose cause it is."""
    error = RuntimeError("Query interrupted")
    error.__cause__ = KeyboardInterrupt()
    with pytest.raises(KeyboardInterrupt), translated():
        raise error


def test_a_request_to_end_is_heard_like_ctrl_c_and_only_inside() -> None:
    before = signal.getsignal(signal.SIGTERM)
    with pytest.raises(KeyboardInterrupt), stoppable():
        signal.raise_signal(signal.SIGTERM)
    assert signal.getsignal(signal.SIGTERM) is before


def test_a_thread_does_not_touch_the_signals() -> None:
    seen: list[object] = []

    def work() -> None:
        with stoppable():
            seen.append(signal.getsignal(signal.SIGTERM))

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert seen == [signal.getsignal(signal.SIGTERM)]


def test_every_error_has_a_documented_exit_code() -> None:
    kinds, found = [B2ShiftError], set()
    while kinds:
        kind = kinds.pop()
        kinds += kind.__subclasses__()
        found.add(kind.exit_code)
    assert found <= set(EXIT_CODES)
    assert {AccessError.exit_code, InputError.exit_code, StorageError.exit_code, INTERRUPTED} <= set(EXIT_CODES)


def test_a_request_that_a_library_swallowed_is_heard_by_the_next_step(tmp_path: Path) -> None:
    with writing(tmp_path) as session, stoppable():
        with suppress(KeyboardInterrupt):  # as an engine does that calls back and passes over what goes wrong there
            signal.raise_signal(signal.SIGTERM)
        with pytest.raises(KeyboardInterrupt), session.stage("next"):
            pass
        with pytest.raises(KeyboardInterrupt):
            session.commit(date(2025, 3, 31))
    assert current_version(tmp_path) is None


def test_what_was_asked_of_one_command_is_not_asked_of_the_next() -> None:
    with suppress(KeyboardInterrupt), stoppable():
        signal.raise_signal(signal.SIGINT)
    with stoppable():
        stopping.heed()
    stopping.heed()
