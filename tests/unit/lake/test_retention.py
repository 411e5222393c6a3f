"""What a lake keeps of its past, and that nothing goes that somebody reads."""

import gc
import subprocess
import sys
from datetime import date
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.lake.numbers_table import files, read, spec, write

from b2shift.kernel.errors import LakeEmptyError, StateError
from b2shift.lake.api import (
    Retention,
    current_version,
    kept_versions,
    open_lake,
    retain,
    retention,
    roll_back,
    version_on,
    writing,
)
from b2shift.lake.retention import expired
from b2shift.lake.store import Store

DAYS = st.dates(date(2024, 1, 1), date(2025, 12, 31))


def version_of(home: Path, as_of: date, number: int) -> int:
    with writing(home) as session:
        session.write(spec(), pa.table({"n": [number]}))
        return session.commit(as_of)


def kept(home: Path) -> list[int]:
    return [manifest.version for manifest in kept_versions(home)]


def test_the_newest_versions_and_the_last_of_each_month_stay(tmp_path: Path) -> None:
    for number, day in enumerate([date(2025, 1, 30), date(2025, 1, 31), date(2025, 2, 27), date(2025, 2, 28)], 1):
        version_of(tmp_path, day, number)
    assert retain(tmp_path, Retention(versions=1, month_ends=2)) == [1, 3]
    assert kept(tmp_path) == [2, 4]
    assert [read(tmp_path, version) for version in (2, 4)] == [[2], [4]]
    assert len(files(tmp_path)) == 2


def test_the_choice_holds_for_the_runs_that_follow(tmp_path: Path) -> None:
    for number in range(1, 4):
        version_of(tmp_path, date(2025, 1, 1), number)
    retain(tmp_path, Retention(versions=2, month_ends=0))
    assert version_of(tmp_path, date(2025, 1, 2), 4) == 4
    assert kept(tmp_path) == [3, 4]
    assert retention(tmp_path) == Retention(versions=2, month_ends=0)


def test_a_version_somebody_reads_stays_until_they_have_done(tmp_path: Path) -> None:
    write(tmp_path, 1)
    reader = open_lake(tmp_path)
    write(tmp_path, 2)
    assert retain(tmp_path, Retention(versions=1, month_ends=0)) == []
    assert reader.query("SELECT n FROM numbers").to_pylist() == [{"n": 1}]
    assert reader.refresh()
    gc.collect()
    assert retain(tmp_path, Retention(versions=1, month_ends=0)) == [1]


def test_a_version_dropped_while_somebody_opens_it_is_reported_as_gone(tmp_path: Path) -> None:
    for number in (1, 2):
        write(tmp_path, number)
    store = Store(tmp_path)
    store.manifest(1)
    retain(tmp_path, Retention(versions=1, month_ends=0))
    with pytest.raises(StateError, match="não tem esta versão"):
        store.hold(1)


def test_what_a_killed_removal_left_goes_with_the_next(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Killed between the descriptions of versions and their files: what is kept reads, the choice holds."""
    for number in range(1, 5):
        write(tmp_path, number)
    with monkeypatch.context() as patched:
        patched.setattr(Store, "sweep", lambda _store: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            retain(tmp_path, Retention(versions=2, month_ends=0))
    assert kept(tmp_path) == [3, 4]
    assert [read(tmp_path, version) for version in kept(tmp_path)] == [[3], [4]]
    assert len(files(tmp_path)) == 4
    assert retention(tmp_path).versions == 2
    assert retain(tmp_path, retention(tmp_path)) == []
    assert len(files(tmp_path)) == 2


def test_the_version_of_a_day_is_the_newest_of_the_newest_date_until_it(tmp_path: Path) -> None:
    for number, day in enumerate([date(2025, 1, 31), date(2025, 2, 28), date(2025, 1, 31)], 1):
        version_of(tmp_path, day, number)
    found = [version_on(tmp_path, date(2025, month, day)) for month, day in ((1, 31), (2, 27), (2, 28), (9, 1))]
    assert found == [3, 3, 2, 2]
    with pytest.raises(StateError, match="31/01/2025"):
        version_on(tmp_path, date(2025, 1, 30))


def test_a_reader_in_another_process_counts_and_its_death_frees(tmp_path: Path) -> None:
    write(tmp_path, 1)
    told = "import sys; from pathlib import Path; from b2shift.lake.api import open_lake\n"
    told += "lake = open_lake(Path(sys.argv[1])); print('open', flush=True); sys.stdin.read()"
    with subprocess.Popen(
        [sys.executable, "-c", told, str(tmp_path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "open\n"
        write(tmp_path, 2)
        assert retain(tmp_path, Retention(versions=1, month_ends=0)) == []
        other.kill()
    assert retain(tmp_path, Retention(versions=1, month_ends=0)) == [1]


def test_the_version_that_serves_stays_though_newer_ones_are_enough(tmp_path: Path) -> None:
    for number in range(1, 5):
        write(tmp_path, number)
    roll_back(tmp_path, 1)
    retain(tmp_path, Retention(versions=2, month_ends=0))
    assert (kept(tmp_path), current_version(tmp_path), read(tmp_path)) == ([1, 3, 4], 1, [1])


def test_an_empty_lake_and_a_damaged_choice_are_reported(tmp_path: Path) -> None:
    with pytest.raises(LakeEmptyError):
        retain(tmp_path, Retention())
    write(tmp_path, 1)
    (tmp_path / "lake" / "retention.json").write_text("{")
    with pytest.raises(StateError, match="lake retain"):
        retention(tmp_path)
    assert version_of(tmp_path, date(2025, 1, 1), 2) == 2, "a run goes on, it only drops nothing"


@given(st.lists(DAYS, min_size=1, max_size=40), st.integers(1, 6), st.integers(0, 12))
def test_what_goes_is_neither_new_nor_a_month_end(days: list[date], versions: int, months: int) -> None:
    known = list(enumerate(days, 1))
    gone = set(expired(known, Retention(versions=versions, month_ends=months), current=1))
    assert gone.isdisjoint({number for number, _ in known[-versions:]} | {1})
    newest = {(day.year, day.month): number for number, day in known}
    stays = [newest[month] for month in sorted(newest)[-months:]] if months else []
    assert gone.isdisjoint(stays)
    assert len(known) - len(gone) <= versions + months + 1
