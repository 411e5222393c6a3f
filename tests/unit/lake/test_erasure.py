"""Taking rows out of every kept version: nothing else changes, and a kill at any moment leaves whole versions."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from tests.unit.lake.numbers_table import DAY, files, read, spec, write
from tests.unit.lake.test_crashes import Camera

from b2shift.kernel.errors import LakeBusyError, StateError
from b2shift.lake.api import Row, erase, kept_versions, matching_rows, open_lake, writing


class Without:
    """Takes one number out, and its name out of the notes."""

    def __init__(self, number: int) -> None:
        self.number = number

    def looked_at(self, table: str, columns: Mapping[str, str]) -> str | None:
        return f"n = {self.number}" if "n" in columns else None

    def edited(self, table: str, row: Row) -> Row | None:
        return None if row["n"] == self.number else row

    def text(self, text: str, stage: str = "") -> str:
        return text.replace(f"number {self.number}", "gone")


def noted(home: Path, *numbers: int) -> None:
    """A version whose stage notes what it saw and where the file lies."""
    with writing(home) as session:
        with session.stage("make", parameters=numbers) as stage:
            if stage.stale:
                session.write(spec(), f"SELECT unnest({list(numbers)})::INTEGER AS n")
                stage.notes |= {"part": session.info("numbers").files[0], "saw": [f"number {n}" for n in numbers]}
        session.commit(DAY)


def test_every_kept_version_forgets_the_row_and_keeps_the_others(tmp_path: Path) -> None:
    for numbers in ((1, 2, 3), (2, 4), (5, 6)):
        write(tmp_path, *numbers)
    untouched = open_lake(tmp_path).info("numbers")
    done = erase(tmp_path, Without(2), "seal")
    assert [read(tmp_path, version) for version in (1, 2, 3)] == [[1, 3], [4], [5, 6]]
    assert (done.versions, done.files, done.rows_removed, done.rows_edited, done.left) == (3, 2, 2, 0, 0)
    assert open_lake(tmp_path).info("numbers") == untouched
    assert len(files(tmp_path)) == 3, "the files with the row are gone"
    assert not list(matching_rows(tmp_path, Without(2)))


def test_the_notes_of_stages_forget_it_too_and_name_the_new_files(tmp_path: Path) -> None:
    noted(tmp_path, 1, 2)
    erase(tmp_path, Without(2), "seal")
    (manifest,) = kept_versions(tmp_path)
    assert manifest.stages["make"].notes == {"part": manifest.tables["numbers"].files[0], "saw": ["number 1", "gone"]}
    assert (manifest.tables["numbers"].rows, manifest.tables["numbers"].bytes) == (1, files(tmp_path)[0].stat().st_size)


def test_what_depends_on_an_erased_table_is_computed_again(tmp_path: Path) -> None:
    write(tmp_path, 1, 2)

    def stale() -> bool:
        with writing(tmp_path) as session:
            with session.stage("count", inputs=["numbers"]) as stage:
                if stage.stale:
                    session.write(spec("counts"), "SELECT count(*)::INTEGER AS n FROM numbers")
            session.commit(DAY)
            return stage.stale

    assert (stale(), stale()) == (True, False)
    erase(tmp_path, Without(2), "seal")
    assert (stale(), stale()) == (True, False)
    assert open_lake(tmp_path).query("FROM counts")["n"].to_pylist() == [1]


def test_who_reads_a_version_meets_it_as_it_is_now(tmp_path: Path) -> None:
    write(tmp_path, 1, 2)
    following, pinned = open_lake(tmp_path), open_lake(tmp_path, 1)
    erase(tmp_path, Without(2), "seal")
    assert (following.refresh(), pinned.refresh(), following.refresh()) == (True, True, False)
    assert following.query("FROM numbers")["n"].to_pylist() == pinned.query("FROM numbers")["n"].to_pylist() == [1]


def test_killed_at_any_moment_every_version_reads_and_again_finishes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home, album = tmp_path / "home", tmp_path / "album"
    album.mkdir()
    write(home, 1, 2)
    write(home, 2, 3)
    with monkeypatch.context() as patched:
        Camera(home, album, patched)
        erase(home, Without(2), "seal")
    shots = sorted(album.iterdir())
    assert len(shots) > 8
    for shot in shots:
        assert read(shot, 1) in ([1, 2], [1]), shot
        assert read(shot, 2) in ([2, 3], [3]), shot
        erase(shot, Without(2), "seal")
        assert (read(shot, 1), read(shot, 2)) == ([1], [3]), shot
        assert len(files(shot)) == 2, shot


def test_row_groups_types_and_order_stay(tmp_path: Path) -> None:
    rows: Any = "SELECT i::INTEGER AS n FROM range(5000, 0, -1) t(i)"
    with writing(tmp_path) as session:
        session.write(spec(), rows, row_group_size=2048)
        session.commit(DAY)
    erase(tmp_path, Without(7), "seal")
    lake = open_lake(tmp_path)
    assert lake.query("FROM numbers")["n"].to_pylist() == [n for n in range(5000, 0, -1) if n != 7]
    groups = lake.query(f"SELECT DISTINCT row_group_id FROM parquet_metadata('{lake.path('numbers')[0]}')").num_rows
    assert groups == 3


def test_a_busy_or_damaged_lake_is_left_as_it_was(tmp_path: Path) -> None:
    write(tmp_path, 1, 2)
    write(tmp_path, 2)
    with writing(tmp_path), pytest.raises(LakeBusyError):
        erase(tmp_path, Without(2), "seal")
    (tmp_path / "lake/versions/v000001.json").write_text("{")
    with pytest.raises(StateError, match="danificada"):
        erase(tmp_path, Without(2), "seal")
    assert read(tmp_path) == [2]
