"""A damaged lake says what is damaged and how to go on; nothing is deleted meanwhile."""

import os
from pathlib import Path

import pyarrow as pa
import pytest
from tests.unit.lake.numbers_table import DAY, files, read, spec, write

from b2shift.kernel.errors import StateError, StorageError
from b2shift.lake.api import current_version, open_lake, roll_back, writing


def pointer(home: Path) -> Path:
    return home / "lake" / "CURRENT"


def manifest(home: Path, version: int) -> Path:
    return home / "lake" / "versions" / f"v{version:06d}.json"


@pytest.mark.parametrize("content", [b"", b"rubbish", b"\xff\xfe", b"1.5", b"v000001.json"])
def test_a_damaged_pointer_is_mended_by_rolling_back(tmp_path: Path, content: bytes) -> None:
    write(tmp_path, 1)
    write(tmp_path, 2)
    pointer(tmp_path).write_bytes(content)
    for attempt in (open_lake, current_version, lambda home: write(home, 3)):
        with pytest.raises(StateError, match=r"ponteiro do lake está danificado.*rollback N` \(há 1, 2\)"):
            attempt(tmp_path)
    assert len(files(tmp_path)) == 2
    roll_back(tmp_path, 2)
    assert read(tmp_path) == [2]


def test_a_pointer_to_nowhere_says_which_versions_there_are(tmp_path: Path) -> None:
    write(tmp_path, 1)
    pointer(tmp_path).write_text("41")
    with pytest.raises(StateError, match=r"não tem esta versão: 41.*há 1"):
        open_lake(tmp_path)


@pytest.mark.parametrize("content", [b"", b"{", b'{"version": 2}', b"\x00" * 100])
def test_a_damaged_manifest_names_the_versions_left(tmp_path: Path, content: bytes) -> None:
    write(tmp_path, 1)
    write(tmp_path, 2)
    manifest(tmp_path, 2).write_bytes(content)
    for attempt in (open_lake, lambda home: write(home, 3)):
        with pytest.raises(StateError, match=r"v000002.json.*\(há 1\)"):
            attempt(tmp_path)
    with pytest.raises(StateError):
        roll_back(tmp_path, 2)
    roll_back(tmp_path, 1)
    assert read(tmp_path) == [1]


def test_a_damaged_old_manifest_stops_no_run_and_loses_no_file(tmp_path: Path) -> None:
    write(tmp_path, 1)
    write(tmp_path, 2)
    manifest(tmp_path, 1).write_text("{")
    assert write(tmp_path, 3) == 3
    assert read(tmp_path) == [3]
    assert len(files(tmp_path)) == 3, "files that the unreadable version may name stay"


def lose(home: Path, table: str, how: str) -> None:
    [path] = [file for file in files(home) if file.parent.name == table]
    if how == "missing":
        path.unlink()
    elif how == "cut short":
        os.truncate(path, path.stat().st_size // 2)
    else:
        path.write_bytes(b"\x00" * path.stat().st_size)


@pytest.mark.parametrize("how", ["missing", "cut short", "overwritten"])
def test_a_lost_file_is_reported_and_made_again_by_the_next_run(tmp_path: Path, how: str) -> None:
    def run() -> set[str]:
        with writing(tmp_path) as session:
            for name in ("numbers", "others"):
                with session.stage(name) as stage:
                    if stage.stale:
                        session.write(spec(name), pa.table({"n": [1]}))
            session.commit(DAY)
            return {name for name in ("numbers", "others") if session.recomputed(name)}

    assert run() == {"numbers", "others"}
    lose(tmp_path, "numbers", how)
    with pytest.raises(StateError, match=r"sumiram ou estão danificados: numbers.*b2shift run"):
        open_lake(tmp_path)
    assert run() == {"numbers"}, "only what was lost is computed again"
    assert read(tmp_path) == [1]
    assert run() == set()


def test_a_stage_that_keeps_its_files_itself_runs_again_when_one_is_lost(tmp_path: Path) -> None:
    def run() -> bool:
        with writing(tmp_path) as session:
            with session.stage("read") as stage:
                if stage.stale:
                    path = session.new_file("numbers")
                    session.connection.execute(f"COPY (SELECT 1::INTEGER AS n) TO '{path}' (FORMAT parquet)")
                    stage.notes["file"] = str(path.relative_to(session.store.root))
            if session.recomputed("read"):
                session.adopt(spec(), [session.store.root / str(session.stages["read"].notes["file"])], "a")
            session.commit(DAY)
            return session.recomputed("read")

    assert (run(), run()) == (True, False)
    lose(tmp_path, "numbers", "missing")
    assert (run(), run()) == (True, False)
    assert read(tmp_path) == [1]


def test_a_file_lost_under_a_reader_is_reported(tmp_path: Path) -> None:
    write(tmp_path, 1)
    lake = open_lake(tmp_path)
    lose(tmp_path, "numbers", "missing")
    with pytest.raises(StateError, match="sumiram ou estão danificados: numbers"):
        lake.query("SELECT * FROM numbers")


def test_rolling_back_to_a_version_with_lost_files_is_refused(tmp_path: Path) -> None:
    write(tmp_path, 1)
    old = files(tmp_path)[0]
    write(tmp_path, 2)
    old.unlink()
    with pytest.raises(StateError, match=r"1 \(numbers\).*há 2"):
        roll_back(tmp_path, 1)
    assert read(tmp_path) == [2]


def test_a_reader_keeps_what_it_has_while_the_lake_is_damaged(tmp_path: Path) -> None:
    write(tmp_path, 1)
    lake = open_lake(tmp_path)
    write(tmp_path, 2)
    pointer(tmp_path).write_text("rubbish")
    assert not lake.refresh()
    assert lake.query("SELECT n FROM numbers").to_pylist() == [{"n": 1}]
    roll_back(tmp_path, 2)
    assert lake.refresh()
    assert lake.query("SELECT n FROM numbers").to_pylist() == [{"n": 2}]


def test_a_home_that_cannot_be_a_folder(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(StorageError, match="não pode ser escrita"):
        write(tmp_path / "file", 1)
    (tmp_path / "home" / "lake" / "lock").mkdir(parents=True)
    with pytest.raises(StorageError, match="não pode ser escrita"):
        write(tmp_path / "home", 1)


@pytest.mark.skipif(os.geteuid() == 0, reason="the administrator may write anywhere")
def test_a_folder_one_may_not_write(tmp_path: Path) -> None:
    write(tmp_path, 1)
    for folder in (tmp_path / "lake", tmp_path / "lake" / "tables" / "numbers"):
        folder.chmod(0o500)
    try:
        assert read(tmp_path) == [1], "reading needs no right to write"
        with pytest.raises(StorageError):
            write(tmp_path, 2)
    finally:
        for folder in (tmp_path / "lake", tmp_path / "lake" / "tables" / "numbers"):
            folder.chmod(0o700)
    assert read(tmp_path) == [1]
