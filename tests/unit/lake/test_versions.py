"""Versions of the lake: whole or absent, files shared, one writer, garbage that nobody needs."""

from datetime import date
from pathlib import Path

import pyarrow as pa
import pytest
from pydantic import ValidationError
from tests.unit.lake.numbers_table import DAY, files, read, spec, write

from b2shift.kernel.errors import LakeBusyError, LakeEmptyError, SchemaError, StateError, UnknownNameError
from b2shift.lake.api import Retention, current_version, open_lake, roll_back, writing


def test_an_empty_home_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(LakeEmptyError, match="Rode `b2shift run PASTA` primeiro"):
        open_lake(tmp_path)
    with pytest.raises(LakeEmptyError):
        roll_back(tmp_path, 1)
    assert current_version(tmp_path) is None
    assert not list(tmp_path.iterdir()), "looking and rolling back make nothing"


def test_what_is_not_committed_never_existed(tmp_path: Path) -> None:
    write(tmp_path, 1)
    kept = files(tmp_path)
    with writing(tmp_path) as session:
        session.write(spec(), pa.table({"n": [9]}))
        session.write(spec("others"), pa.table({"n": [9]}))
    assert read(tmp_path) == [1]
    assert files(tmp_path) == kept, "a run that gives up leaves no file"


def test_older_versions_stay_readable_and_can_serve_again(tmp_path: Path) -> None:
    first, second = write(tmp_path, 1), write(tmp_path, 2)
    assert (read(tmp_path, first), read(tmp_path)) == ([1], [2])
    roll_back(tmp_path, first)
    assert read(tmp_path) == [1]
    third = write(tmp_path, 3)
    assert third > second, "numbers are never used again"
    assert (read(tmp_path, second), read(tmp_path)) == ([2], [3])


def test_rolling_back_to_nowhere_is_refused(tmp_path: Path) -> None:
    write(tmp_path, 1)
    with pytest.raises(StateError, match=r"não tem esta versão: 77.*há 1"):
        roll_back(tmp_path, 77)
    assert read(tmp_path) == [1]


def test_one_writer_at_a_time(tmp_path: Path) -> None:
    with writing(tmp_path), pytest.raises(LakeBusyError, match="Outra execução"), writing(tmp_path):
        pass
    write(tmp_path, 1)


def test_rolling_back_waits_for_the_writer(tmp_path: Path) -> None:
    write(tmp_path, 1)
    with writing(tmp_path), pytest.raises(LakeBusyError):
        roll_back(tmp_path, 1)


def test_unchanged_tables_share_their_files(tmp_path: Path) -> None:
    write(tmp_path, 1)
    before = open_lake(tmp_path).path("numbers")
    write(tmp_path, 5, name="others")
    assert open_lake(tmp_path).path("numbers") == before


def test_nothing_changed_means_no_new_version(tmp_path: Path) -> None:
    version = write(tmp_path, 1)
    with writing(tmp_path) as session:
        assert session.commit(DAY) == version
    assert current_version(tmp_path) == version


def test_a_session_may_commit_twice(tmp_path: Path) -> None:
    with writing(tmp_path) as session:
        session.write(spec(), pa.table({"n": [1]}))
        first = session.commit(DAY)
        assert session.commit(DAY) == first
        session.write(spec(), pa.table({"n": [2]}))
        second = session.commit(date(2025, 4, 30))
    assert (read(tmp_path, first), read(tmp_path, second)) == ([1], [2])
    assert (open_lake(tmp_path, first).manifest.as_of, open_lake(tmp_path).manifest.as_of) == (DAY, date(2025, 4, 30))


def test_a_dropped_table_is_gone_from_the_next_version_only(tmp_path: Path) -> None:
    write(tmp_path, 1)
    first = write(tmp_path, 5, name="others")
    with writing(tmp_path) as session:
        session.drop("others")
        session.drop("never there")
        assert not session.has("others")
        second = session.commit(DAY)
    assert open_lake(tmp_path, first).has("others")
    assert not open_lake(tmp_path, second).has("others")


def test_a_table_must_have_its_declared_columns(tmp_path: Path) -> None:
    with writing(tmp_path) as session:
        with pytest.raises(SchemaError, match="numbers não tem as colunas que declara: faltam n; sobram m"):
            session.write(spec(), pa.table({"m": [1]}))
        session.write(spec().model_copy(update={"open_columns": True}), pa.table({"n": [1], "m": [2]}))
        assert session.query("SELECT * FROM numbers").to_pylist() == [{"n": 1, "m": 2}]


def test_values_take_their_declared_type(tmp_path: Path) -> None:
    with writing(tmp_path) as session:
        session.write(spec(kind="DECIMAL(18,2)"), "SELECT 1.005 AS n -- the statement may end in a comment")
        assert session.query("SELECT typeof(n) AS kind FROM numbers").to_pylist() == [{"kind": "DECIMAL(18,2)"}]


def test_unknown_tables_offer_the_near_names(tmp_path: Path) -> None:
    write(tmp_path, 1)
    with pytest.raises(UnknownNameError, match="Quis dizer numbers"):
        open_lake(tmp_path).info("nunbers")
    with writing(tmp_path) as session, pytest.raises(UnknownNameError, match="Quis dizer numbers"):
        session.table("nunbers")


@pytest.mark.parametrize("name", ["", "a/b", "../a", "A", "a b", 'a"b', "1a", "a" * 64, "ação"])
def test_a_table_has_a_plain_name(name: str) -> None:
    with pytest.raises(ValidationError):
        spec(name)


def test_the_longest_name_and_odd_columns_are_fine(tmp_path: Path) -> None:
    name = "t" + "_1" * 31
    with writing(tmp_path) as session:
        session.write(spec(name, column="select \"é;'"), pa.table({"select \"é;'": [1]}), sort_by=["select \"é;'"])
        session.commit(DAY)
    assert open_lake(tmp_path).query(f"SELECT * FROM {name}").to_pylist() == [{"select \"é;'": 1}]


def test_a_table_of_several_files(tmp_path: Path) -> None:
    with writing(tmp_path) as session:
        parts = []
        for number in (1, 2):
            path = session.new_file("numbers")
            session.connection.execute(f"COPY (SELECT {number}::INTEGER AS n) TO '{path}' (FORMAT parquet)")
            parts.append(path)
        assert session.adopt(spec(), parts, "two files").rows == 2
        with pytest.raises(SchemaError, match="ao menos um arquivo"):
            session.adopt(spec("others"), [], "none")
        path = session.new_file("numbers")
        session.connection.execute(f"COPY (SELECT 1::BIGINT AS n) TO '{path}' (FORMAT parquet)")
        with pytest.raises(SchemaError, match="numbers não tem os tipos que declara: n é BIGINT"):
            session.adopt(spec(), [path], "another type")
        session.commit(DAY)
    assert read(tmp_path) == [1, 2]


def test_garbage_goes_and_kept_versions_stay(tmp_path: Path) -> None:
    for number in range(5):
        write(tmp_path, number, keep=2)
    assert open_lake(tmp_path).store.kept() == [4, 5]
    assert len(files(tmp_path)) == 2
    assert (read(tmp_path, 4), read(tmp_path)) == ([3], [4])


def test_garbage_never_takes_the_version_that_serves_nor_files_it_shares(tmp_path: Path) -> None:
    first = write(tmp_path, 7)
    write(tmp_path, 5, name="others")
    roll_back(tmp_path, first)
    for number in range(4):
        write(tmp_path, number, name="others", keep=1)
    assert read(tmp_path) == [7]
    assert len(files(tmp_path)) == 2
    store = open_lake(tmp_path).store
    roll_back(tmp_path, store.kept()[0])
    store.collect_garbage(Retention(versions=1, month_ends=0))
    assert read(tmp_path) == [7]


def test_a_folder_nobody_uses_goes_too(tmp_path: Path) -> None:
    write(tmp_path, 1)
    write(tmp_path, 5, name="others")
    with writing(tmp_path) as session:
        session.drop("others")
        session.commit(DAY, keep=1)
    assert [folder.name for folder in (tmp_path / "lake" / "tables").iterdir()] == ["numbers"]


def test_a_table_of_parts_has_a_file_for_each_that_holds_rows(tmp_path: Path) -> None:
    parts = ["SELECT unnest([3, 1]) AS n", "SELECT 7 AS n WHERE FALSE", "SELECT 2 AS n"]
    with writing(tmp_path) as session:
        assert session.write_parts(spec(), parts, sort_by=["n"]).rows == 3
        session.commit(DAY)
    assert read(tmp_path) == [1, 2, 3]
    assert len(files(tmp_path)) == 2, "a part without rows leaves no file"


def test_a_table_of_empty_parts_is_empty(tmp_path: Path) -> None:
    with writing(tmp_path) as session:
        session.write_parts(spec(), ["SELECT 7 AS n WHERE FALSE"] * 3)
        session.commit(DAY)
    assert read(tmp_path) == []
    assert len(files(tmp_path)) == 1
