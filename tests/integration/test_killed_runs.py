"""A run killed at any moment leaves the version before, and the next one ends as if nothing had happened."""

import shutil
import signal
import subprocess
import time
from contextlib import suppress
from pathlib import Path
from random import Random

import pytest
from tests.integration.running import content, run, start, stored

from b2shift.demo.api import write_drop
from b2shift.lake.api import open_lake

KILLS, SEED = 10, 20250331


@pytest.fixture(scope="module")
def deliveries(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A drop, and the same drop a day later with one file changed."""
    first, second = (tmp_path_factory.mktemp(name) for name in ("first", "second"))
    write_drop(first, customers=60, seed=8, dirty=0.3)
    shutil.copytree(first, second, dirs_exist_ok=True)
    ledger = second / "receita_mensal.csv"
    last = [line.split(b";") for line in ledger.read_bytes().splitlines() if b";2025-03-01;BACKOFFICE;" in line]
    more = [b";".join([line[0], line[1], b"CLOUD NOVA", b"123,45", b"3"]) + b"\n" for line in last]
    assert more
    with ledger.open("ab") as file:
        file.writelines(more)
    return first, second


@pytest.mark.slow
def test_ten_kills_at_random_moments(tmp_path: Path, deliveries: tuple[Path, Path]) -> None:
    first, second = deliveries
    home, untouched, pristine = tmp_path / "home", tmp_path / "untouched", tmp_path / "pristine"
    assert run(first, home).returncode == 0
    for copy in (untouched, pristine):
        shutil.copytree(home, copy)
    before, version = content(home), open_lake(home).version

    started = time.monotonic()
    done = run(second, untouched)
    assert done.returncode == 0, done.stderr
    whole = time.monotonic() - started
    expected = content(untouched)
    assert expected != before

    chance, killed = Random(SEED), 0
    while killed < KILLS:
        with start(second, home) as running:
            with suppress(subprocess.TimeoutExpired):
                running.wait(0.95 * whole * chance.random())
            running.kill()
            running.communicate()
        if running.returncode == 0 or open_lake(home).version > version:  # faster than measured: it had committed
            assert run(second, home).returncode == 0
            assert content(home) == expected
            whole *= 0.8
            shutil.rmtree(home)
            shutil.copytree(pristine, home)
            continue
        assert running.returncode == -signal.SIGKILL
        killed += 1
        assert open_lake(home).version == version
        assert content(home) == before
    assert run(second, home).returncode == 0
    assert open_lake(home).version > version
    assert content(home) == expected
    assert content(home, version) == before, "the version before can still be read"
    named = {
        file
        for number in open_lake(home).store.kept()
        for table in open_lake(home).store.manifest(number).tables.values()
        for file in table.files
    }
    left = {name for name in stored(home) if name.startswith(("tables/", "scratch"))}
    assert left == named, "nothing of the killed runs is left"
