"""Versions of the lake: whole or absent, shared files, one writer, stages that are not computed twice."""

import os
import signal
import subprocess
import sys
import textwrap
from datetime import date
from pathlib import Path

import pyarrow as pa
import pytest

from b2shift.kernel.errors import LakeBusyError, LakeEmptyError, SchemaError, StateError, UnknownNameError
from b2shift.lake.api import current_version, open_lake, roll_back, writing
from b2shift.lake.contracts import ColumnSpec, Layer, TableSpec

DAY = date(2025, 3, 31)


def spec(name: str = "numbers") -> TableSpec:
    column = ColumnSpec(name="n", type="INTEGER", description="a number")
    return TableSpec(name=name, layer=Layer.REFINED, grain="one number", description="numbers", columns=(column,))


def write(home: Path, *numbers: int, name: str = "numbers") -> int:
    with writing(home) as session:
        session.write(spec(name), pa.table({"n": list(numbers)}))
        return session.commit(DAY)


def read(home: Path, version: int | None = None) -> list[int]:
    return open_lake(home, version).query("SELECT n FROM numbers ORDER BY n")["n"].to_pylist()


def test_an_empty_home_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(LakeEmptyError, match="b2shift run"):
        open_lake(tmp_path)


def test_what_is_not_committed_never_existed(tmp_path: Path) -> None:
    write(tmp_path, 1)
    with writing(tmp_path) as session:
        session.write(spec(), pa.table({"n": [9]}))
    assert read(tmp_path) == [1]


def test_a_reader_keeps_its_version_until_it_refreshes(tmp_path: Path) -> None:
    write(tmp_path, 1)
    lake = open_lake(tmp_path)
    write(tmp_path, 2)
    assert lake.query("SELECT n FROM numbers")["n"].to_pylist() == [1]
    assert lake.refresh()
    assert lake.query("SELECT n FROM numbers")["n"].to_pylist() == [2]
    assert not lake.refresh()


def test_older_versions_stay_readable_and_can_serve_again(tmp_path: Path) -> None:
    first, second = write(tmp_path, 1), write(tmp_path, 2)
    assert (read(tmp_path, first), read(tmp_path)) == ([1], [2])
    roll_back(tmp_path, first)
    assert read(tmp_path) == [1]
    assert write(tmp_path, 3) > second


def test_rolling_back_to_nowhere_is_refused(tmp_path: Path) -> None:
    write(tmp_path, 1)
    with pytest.raises(StateError, match="No such version"):
        roll_back(tmp_path, 77)
    assert read(tmp_path) == [1]


def test_one_writer_at_a_time(tmp_path: Path) -> None:
    with writing(tmp_path), pytest.raises(LakeBusyError, match="Another run"), writing(tmp_path):
        pass


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


def test_a_stage_runs_again_only_when_its_inputs_change(tmp_path: Path) -> None:
    def double(*numbers: int) -> bool:
        with writing(tmp_path) as session:
            with session.stage("load", parameters=numbers) as load:
                if load.stale:
                    session.write(spec(), pa.table({"n": list(numbers)}))
            with session.stage("double", inputs=["numbers"]) as stage:
                if stage.stale:
                    session.write(spec("doubles"), "SELECT n * 2 AS n FROM numbers")
            session.commit(DAY)
            return session.recomputed("double")

    assert double(1, 2)
    assert not double(1, 2)
    assert double(1, 3)
    assert not double(3, 1), "the same rows in another order are the same content"


def test_a_table_must_have_its_declared_columns(tmp_path: Path) -> None:
    with writing(tmp_path) as session, pytest.raises(SchemaError, match="numbers"):
        session.write(spec(), pa.table({"m": [1]}))


def test_unknown_tables_offer_the_near_names(tmp_path: Path) -> None:
    write(tmp_path, 1)
    with pytest.raises(UnknownNameError, match="numbers"):
        open_lake(tmp_path).info("nunbers")


def test_garbage_goes_and_kept_versions_stay(tmp_path: Path) -> None:
    for number in range(5):
        with writing(tmp_path) as session:
            session.write(spec(), pa.table({"n": [number]}))
            session.commit(DAY, keep=2)
    assert open_lake(tmp_path).store.kept() == [4, 5]
    assert len(list((tmp_path / "lake" / "tables" / "numbers").iterdir())) == 2
    assert read(tmp_path, 4) == [3]


def test_a_writer_killed_before_the_swap_leaves_the_previous_version(tmp_path: Path) -> None:
    write(tmp_path, 1)
    program = textwrap.dedent(
        f"""
        import os, signal, sys
        from datetime import date
        from pathlib import Path
        import pyarrow as pa
        sys.path.insert(0, {str(Path(__file__).parent)!r})
        from test_versions import spec
        from b2shift.lake.api import writing
        with writing(Path({str(tmp_path)!r})) as session:
            session.write(spec(), pa.table({{"n": [2]}}))
            session.commit(date(2025, 3, 31), before_swap=lambda: os.kill(os.getpid(), signal.SIGKILL))
        """
    )
    ended = subprocess.run([sys.executable, "-c", program], env={**os.environ}, check=False)
    assert ended.returncode == -signal.SIGKILL
    assert read(tmp_path) == [1]
    write(tmp_path, 3)
    assert read(tmp_path) == [3]
    assert not list((tmp_path / "lake").glob("scratch-*"))
