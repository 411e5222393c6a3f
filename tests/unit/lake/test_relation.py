"""A table in files of several versions: lists beside them say which rows went, for readers and for an erasure."""

from pathlib import Path

from tests.unit.lake.numbers_table import DAY, read, spec
from tests.unit.lake.test_erasure import Without

from b2shift.lake.api import erase, kept_versions, literal, matching_rows, open_lake, roll_back, writing
from b2shift.lake.contracts import ROW_CONTENT


def two_versions(home: Path) -> None:
    """1, 2, 3 and a number without a content; then 2 went, 4 came."""
    with writing(home) as session:
        first = session.new_file("numbers")
        rows = f"SELECT unnest([1, 2, 3, 9])::INTEGER AS n, unnest([10, 20, 30, NULL])::UBIGINT AS {ROW_CONTENT}"
        session.connection.execute(f"COPY ({rows}) TO {literal(first)} (FORMAT parquet)")
        session.adopt(spec(), [first], "first")
        session.commit(DAY)
    with writing(home) as session:
        second, gone = session.new_file("numbers"), session.new_file("numbers")
        rows = f"SELECT 4::INTEGER AS n, 40::UBIGINT AS {ROW_CONTENT}"
        session.connection.execute(f"COPY ({rows}) TO {literal(second)} (FORMAT parquet)")
        session.connection.execute(f"COPY (SELECT 20::UBIGINT AS {ROW_CONTENT}) TO {literal(gone)} (FORMAT parquet)")
        root = session.store.root
        without = {str(first.relative_to(root)): str(gone.relative_to(root))}
        session.adopt(spec(), [first, second], "second", without=without)
        session.commit(DAY)


def test_rows_on_the_list_and_rows_without_a_content_are_not_of_the_table(tmp_path: Path) -> None:
    two_versions(tmp_path)
    lake = open_lake(tmp_path)
    assert (read(tmp_path), lake.info("numbers").rows) == ([1, 3, 4], 3)
    assert read(tmp_path, 1) == [1, 2, 3, 9]
    assert lake.query(f"SELECT count(*) AS rows FROM {lake.rows('numbers')}").to_pylist() == [{"rows": 3}]
    assert lake.query("SELECT * FROM numbers").column_names == ["n"]


def test_an_older_version_serves_again_and_a_lost_list_is_reported(tmp_path: Path) -> None:
    two_versions(tmp_path)
    roll_back(tmp_path, 1)
    assert read(tmp_path) == [1, 2, 3, 9]
    lake = open_lake(tmp_path, 2)
    (listed,) = lake.info("numbers").without.values()
    (lake.store.root / listed).unlink()
    assert lake.store.lost_tables(lake.manifest) == {"numbers"}


def test_an_erased_row_leaves_every_file_and_every_list(tmp_path: Path) -> None:
    two_versions(tmp_path)
    done = erase(tmp_path, Without(2), "seal")
    assert (read(tmp_path, 1), read(tmp_path, 2), done.rows_removed) == ([1, 3, 9], [1, 3, 4], 1)
    assert [one.tables["numbers"].rows for one in kept_versions(tmp_path)] == [3, 3]
    lake = open_lake(tmp_path)
    assert not lake.store.lost_tables(lake.manifest)
    (listed,) = lake.info("numbers").without.values()
    assert lake.query(f"SELECT * FROM {literal(lake.store.root / listed)}").num_rows == 0
    erase(tmp_path, Without(1), "seal")
    assert (read(tmp_path, 1), read(tmp_path, 2)) == ([3, 9], [3, 4])
    assert not list(matching_rows(tmp_path, Without(1)))
