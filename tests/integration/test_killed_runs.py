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
from b2shift.lake.api import open_lake, writing

KILLS, LOOKS, SEED = 3, 30, 20250331
"""How often a run is killed, and about how often another is stopped to keep what would be left of it."""


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


def tables_of(home: Path) -> set[str]:
    """The files of tables, and what a run works with."""
    return {name for name in stored(home) if name.startswith(("tables/", "scratch"))}


def moments(drop: Path, home: Path, folder: Path, pause: float) -> list[Path]:
    """A run to its end; at random moments, `pause` seconds apart on average, it is stopped and its home copied.

    What a stopped process has written is what a killed one leaves: each copy is the home of a run killed just then.
    """
    chance, found = Random(SEED), list[Path]()
    with start(drop, home) as running:
        while running.poll() is None:
            with suppress(subprocess.TimeoutExpired):
                running.wait(2 * pause * chance.random())
                break
            running.send_signal(signal.SIGSTOP)
            while state_of(running.pid) not in "TZ":
                time.sleep(0.001)
            found.append(shutil.copytree(home, folder / str(len(found))))
            running.send_signal(signal.SIGCONT)
        _, err = running.communicate()
    assert running.returncode == 0, err
    return found


def state_of(process: int) -> str:
    """T when it is stopped, Z when it has ended."""
    return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0]


@pytest.mark.slow
def test_a_run_that_dies_at_any_moment_leaves_the_version_before(tmp_path: Path, deliveries: tuple[Path, Path]) -> None:
    first, second = deliveries
    home, untouched = tmp_path / "home", tmp_path / "untouched"
    started = time.monotonic()
    assert run(first, home).returncode == 0
    whole = time.monotonic() - started
    shutil.copytree(home, untouched)
    before, version, kept = content(home), open_lake(home).version, tables_of(home)

    homes = moments(second, untouched, tmp_path / "moments", whole / LOOKS)
    expected, died = content(untouched), 0
    assert expected != before
    for one in homes:
        if open_lake(one).version > version:
            assert content(one) == expected
            continue
        died += 1
        assert content(one) == before
        with writing(one):
            assert tables_of(one) == kept, "the next run clears what the killed one left"
    assert died > LOOKS / 5

    kill_again_and_again(second, home, whole)
    assert (open_lake(home).version, content(home)) == (version, before)
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
    assert tables_of(home) == named, "nothing of the killed runs is left"


def kill_again_and_again(drop: Path, home: Path, whole: float) -> None:
    """Kill runs on one home, each somewhere in its first half; what was faster is put back and tried again."""
    chance, killed, pristine = Random(SEED), 0, home.with_name("pristine")
    shutil.copytree(home, pristine)
    while killed < KILLS:
        with start(drop, home) as running:
            with suppress(subprocess.TimeoutExpired):
                running.wait(0.5 * whole * chance.random())
            running.kill()
            running.communicate()
        if running.returncode == 0 or open_lake(home).version > open_lake(pristine).version:
            whole *= 0.8
            shutil.rmtree(home)
            shutil.copytree(pristine, home)
            continue
        assert running.returncode == -signal.SIGKILL
        killed += 1
