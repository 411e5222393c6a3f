"""Readers never wait and never see half a version, however many threads read and however often it is swapped."""

import threading
from pathlib import Path

import pyarrow as pa
import pytest
from tests.unit.lake.numbers_table import DAY, spec, write

from b2shift.kernel.errors import StateError
from b2shift.lake.api import Lake, open_lake, writing

VERSIONS, READERS = 25, 4
PAIR = "SELECT (SELECT max(n) FROM numbers) AS a, (SELECT max(n) FROM others) AS b, (SELECT count(*) FROM numbers) AS c"


def write_both(home: Path, number: int, keep: int = 12) -> None:
    with writing(home) as session:
        for name in ("numbers", "others"):
            session.write(spec(name), pa.table({"n": list(range(number + 1))}))
        session.commit(DAY, keep=keep)


def test_a_reader_keeps_its_version_until_it_refreshes(tmp_path: Path) -> None:
    write(tmp_path, 1)
    lake = open_lake(tmp_path)
    write(tmp_path, 2)
    assert lake.query("SELECT n FROM numbers")["n"].to_pylist() == [1]
    assert lake.refresh()
    assert lake.query("SELECT n FROM numbers")["n"].to_pylist() == [2]
    assert not lake.refresh()


def test_a_reader_of_an_older_version_stays_there(tmp_path: Path) -> None:
    write(tmp_path, 1)
    write(tmp_path, 2)
    lake = open_lake(tmp_path, 1)
    assert not lake.refresh()
    assert lake.version == 1


def test_a_reader_opened_before_a_new_table_finds_it_after_refreshing(tmp_path: Path) -> None:
    write(tmp_path, 1)
    lake = open_lake(tmp_path)
    write(tmp_path, 5, name="others")
    assert not lake.has("others")
    lake.refresh()
    assert lake.table("others").n.max().execute() == 5


def test_a_version_removed_under_its_reader_is_reported(tmp_path: Path) -> None:
    write(tmp_path, 1)
    lake = open_lake(tmp_path)
    write(tmp_path, 2)
    for path in lake.path("numbers"):
        path.unlink()
    with pytest.raises(StateError, match="numbers"):
        lake.query("SELECT * FROM numbers")
    assert lake.refresh()
    assert lake.query("SELECT n FROM numbers").to_pylist() == [{"n": 2}]


def test_threads_share_a_reader_while_versions_are_swapped(tmp_path: Path) -> None:
    write_both(tmp_path, 0)
    lake, seen, faults, over = open_lake(tmp_path), [set() for _ in range(READERS)], [], threading.Event()

    def look(mine: set[int]) -> None:
        try:
            while not over.is_set():
                lake.refresh()
                [row] = lake.query(PAIR).to_pylist()
                assert row["a"] == row["b"] == row["c"] - 1
                mine.add(row["a"])
        except Exception as error:  # noqa: BLE001 - told by the thread that asserts
            faults.append(error)

    threads = [threading.Thread(target=look, args=(mine,)) for mine in seen]
    for thread in threads:
        thread.start()
    for number in range(1, VERSIONS + 1):
        write_both(tmp_path, number)
    lake.refresh()
    over.set()
    for thread in threads:
        thread.join()
    assert not faults
    assert lake.query(PAIR).to_pylist() == [{"a": VERSIONS, "b": VERSIONS, "c": VERSIONS + 1}]
    assert len(set.union(*seen)) > 3, "several versions were seen"


def test_opening_while_versions_come_and_go(tmp_path: Path) -> None:
    """Only the newest version is kept, so the one a reader is about to open may be gone a moment later."""
    write_both(tmp_path, 0)
    opened: list[int] = []
    faults: list[Exception] = []
    over = threading.Event()

    def look() -> None:
        while not over.is_set():
            try:
                opened.append(Lake(tmp_path).version)
            except StateError as error:
                faults.append(error)

    thread = threading.Thread(target=look)
    thread.start()
    for number in range(1, 15):
        write_both(tmp_path, number, keep=2)
    over.set()
    thread.join()
    assert not faults
    assert opened == sorted(opened)
