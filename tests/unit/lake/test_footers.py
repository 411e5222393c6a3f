"""What was written is not described again: told numbers and columns are those that the files have."""

from pathlib import Path

import duckdb
import pytest
from tests.unit.identify.sources.small import TELEMETRY, TICKETS, deliver, write_small
from tests.unit.lake.numbers_table import DAY, read, spec

from b2shift.kernel.errors import SchemaError
from b2shift.lake.api import open_lake, writing
from b2shift.lake.content import columns_of, typed_columns
from b2shift.lake.contracts import TableFiles
from b2shift.lake.store import Store


def test_a_load_and_a_second_one_tell_the_rows_and_the_columns_their_files_have(tmp_path: Path) -> None:
    home, drop = tmp_path / "home", write_small(tmp_path / "drop")
    deliver(home, drop)
    more = TICKETS.replace(";open;", ";closed;") + "TFBBB2;PC - WMS;question;open;2025-02-11;2025-02-15;3;high\n"
    deliver(home, write_small(drop, tickets=more, telemetria_2=TELEMETRY.replace("2025-03", "2025-02")))
    lake, engine = open_lake(home), duckdb.connect()
    assert lake.info("tickets").rows == 3
    assert lake.info("usage_daily").files[1:]
    for name, table in lake.manifest.tables.items():
        assert table.rows == lake.query(f"SELECT count(*) AS rows FROM {lake.rows(name)}").to_pylist()[0]["rows"], name
        found = columns_of(engine, lake.rows(name))
        wanted = typed_columns(table.spec)
        assert found[: len(wanted)] == wanted, name


def test_files_are_counted_together_once_and_told_ones_not_at_all(tmp_path: Path) -> None:
    with writing(tmp_path) as session:
        files = [session.new_file("numbers") for _ in range(3)]
        for rows, path in enumerate(files, 1):
            session.connection.execute(
                f"COPY (SELECT unnest(range({rows}))::INTEGER AS n) TO '{path}' (FORMAT parquet)"
            )
        held = TableFiles(files=tuple(str(path.relative_to(session.store.root)) for path in files))
        session.written(files[2], 30)
        assert session.count(held) == 1 + 2 + 30
        for path in files:
            path.unlink()
        assert session.count(held) == 33


def test_a_file_with_other_columns_is_refused_however_it_was_told(tmp_path: Path) -> None:
    with writing(tmp_path) as session:
        path = session.new_file("numbers")
        session.connection.execute(f"COPY (SELECT 'a' AS n) TO '{path}' (FORMAT parquet)")
        session.written(path, 1)
        with pytest.raises(SchemaError):
            session.adopt(spec(), [path], "key")


def test_a_version_described_anew_is_read_anew(tmp_path: Path) -> None:
    with writing(tmp_path) as session:
        session.write(spec(), "SELECT unnest([1, 2])::INTEGER AS n")
        session.commit(DAY)
    store = Store(tmp_path)
    first = store.manifest()
    assert store.manifest() is first
    other = first.model_copy(update={"stages": {}, "as_of": DAY.replace(year=DAY.year - 1)})
    Store(tmp_path).replace(other)
    assert store.manifest() == other
    assert read(tmp_path) == [1, 2]
