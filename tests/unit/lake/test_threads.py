"""How many threads work on how much."""

from pathlib import Path

import pytest

from b2shift.lake.api import Session, writing

MEGABYTE = 1024 * 1024


def threads(session: Session) -> int:
    return int(session.query("SELECT current_setting('threads') AS n")["n"][0].as_py())


def test_little_is_worked_on_by_one_thread_and_much_by_all(tmp_path: Path) -> None:
    with writing(tmp_path, threads=3) as session:
        with session.threads_worth(50 * MEGABYTE):
            assert threads(session) == 1
        assert threads(session) == 3
        with session.threads_worth(2048 * MEGABYTE):
            assert threads(session) == 3


def test_the_threads_are_there_again_after_an_error(tmp_path: Path) -> None:
    with writing(tmp_path, threads=3) as session:
        with pytest.raises(ZeroDivisionError), session.threads_worth(MEGABYTE):
            raise ZeroDivisionError
        assert threads(session) == 3
