"""A stage is computed once per state of its inputs, and leaves nothing behind when it fails."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from tests.unit.lake.numbers_table import DAY, read, spec

from b2shift.kernel.errors import StateError, UnknownNameError
from b2shift.lake.api import Session, current_version, open_lake, writing


def load(session: Session, *numbers: int) -> None:
    with session.stage("load", parameters=numbers) as stage:
        if stage.stale:
            session.write(spec(), pa.table({"n": list(numbers)}))


def double(session: Session, factor: int = 2) -> None:
    with session.stage("double", inputs=["numbers"], parameters=factor) as stage:
        if stage.stale:
            written = session.write(spec("doubles"), f"SELECT n * {factor} AS n FROM numbers")
            stage.notes["rows"] = written.rows


def fail(session: Session) -> None:
    session.write(spec(), pa.table({"n": [9]}))
    session.write(spec("news"), pa.table({"n": [9]}))
    session.drop("doubles")
    raise ZeroDivisionError


def run(home: Path, *numbers: int, factor: int = 2) -> bool:
    """Whether the second stage was computed."""
    with writing(home) as session:
        load(session, *numbers)
        double(session, factor)
        session.commit(DAY)
        return session.recomputed("double")


def test_a_stage_runs_again_only_when_its_inputs_change(tmp_path: Path) -> None:
    assert run(tmp_path, 1, 2)
    assert not run(tmp_path, 1, 2)
    assert run(tmp_path, 1, 3)
    assert not run(tmp_path, 3, 1), "the same rows in another order are the same content"
    assert run(tmp_path, 3, 1, factor=3)


def test_nothing_stale_publishes_nothing(tmp_path: Path) -> None:
    run(tmp_path, 1)
    version = current_version(tmp_path)
    run(tmp_path, 1)
    assert current_version(tmp_path) == version


def test_notes_of_a_fresh_stage_and_of_a_remembered_one_are_the_same(tmp_path: Path) -> None:
    told = {"rows": np.int64(3), "share": np.float32(0.5), "day": date(2025, 3, 31), "mrr": Decimal("1.50"), "n": [1]}
    for _ in range(2):
        with writing(tmp_path) as session:
            with session.stage("noted") as stage:
                if stage.stale:
                    stage.notes |= told
            expected = {"rows": 3, "share": 0.5, "day": "2025-03-31", "mrr": "1.50", "n": [1]}
            assert session.stages["noted"].notes == expected
            session.commit(DAY)


def test_a_stage_that_fails_leaves_the_tables_as_they_were(tmp_path: Path) -> None:
    run(tmp_path, 1)
    with writing(tmp_path) as session:
        with pytest.raises(ZeroDivisionError), session.stage("load", parameters="another"):
            fail(session)
        assert session.query("SELECT n FROM numbers").to_pylist() == [{"n": 1}]
        assert session.query("SELECT n FROM doubles").to_pylist() == [{"n": 2}]
        assert not session.has("news")
        assert not session.changed
        load(session, 1)
        assert not session.recomputed("load"), "what the stage was computed from before still holds"
        assert session.commit(DAY) == 1
    assert not run(tmp_path, 1)


def test_a_run_that_survives_a_failed_stage_commits_the_rest(tmp_path: Path) -> None:
    run(tmp_path, 1)
    with writing(tmp_path) as session:
        with pytest.raises(ZeroDivisionError), session.stage("load", parameters="another"):
            fail(session)
        with session.stage("other") as stage:
            session.write(spec("others"), pa.table({"n": [4]}))
        assert stage.outputs == ["others"]
        session.commit(DAY)
    assert read(tmp_path) == [1]
    assert open_lake(tmp_path).query("SELECT n FROM others").to_pylist() == [{"n": 4}]


def test_a_stage_whose_table_was_dropped_is_stale(tmp_path: Path) -> None:
    run(tmp_path, 1)
    with writing(tmp_path) as session:
        session.drop("doubles")
        double(session)
        assert session.recomputed("double")
        session.commit(DAY)
    assert open_lake(tmp_path).query("SELECT n FROM doubles").to_pylist() == [{"n": 2}]


def test_stages_do_not_nest_and_end_before_the_commit(tmp_path: Path) -> None:
    with writing(tmp_path) as session:
        with session.stage("outer"):
            with pytest.raises(StateError, match="outer"), session.stage("inner"):
                pass
            with pytest.raises(StateError, match="outer"):
                session.commit(DAY)
        with session.stage("after"):
            pass


def test_a_stage_names_inputs_that_exist(tmp_path: Path) -> None:
    run(tmp_path, 1)
    with writing(tmp_path) as session:
        with pytest.raises(UnknownNameError, match="numbers"), session.stage("x", inputs=["nunbers"]):
            pass
        with session.stage("x", inputs=["numbers"]) as stage:
            assert stage.stale


def test_the_order_in_which_inputs_are_named_does_not_matter(tmp_path: Path) -> None:
    run(tmp_path, 1)
    for order in (["numbers", "doubles"], ["doubles", "numbers"]):
        with writing(tmp_path) as session:
            with session.stage("both", inputs=order) as stage:
                pass
            session.commit(DAY)
    assert not stage.stale


def test_the_version_tells_where_each_table_and_stage_came_from(tmp_path: Path) -> None:
    run(tmp_path, 1)
    run(tmp_path, 2)
    run(tmp_path, 2, factor=5)
    manifest = open_lake(tmp_path).manifest
    assert {name: table.since for name, table in manifest.tables.items()} == {"numbers": 2, "doubles": 3}
    assert manifest.stages["double"].outputs == ("doubles",)
    assert manifest.stages["double"].notes == {"rows": 1}
