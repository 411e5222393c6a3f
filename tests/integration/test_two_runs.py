"""Two runs at once on one home: the second is refused and says so, the first goes on."""

import signal
import time
from pathlib import Path

import pytest
from tests.integration.running import run, start

from b2shift.demo.api import write_drop
from b2shift.lake.api import current_version


@pytest.fixture(scope="module")
def drop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("drop")
    write_drop(folder, customers=60, seed=3, dirty=0.3)
    return folder


def test_the_second_run_is_refused(tmp_path: Path, drop: Path) -> None:
    home = tmp_path / "home"
    with start(drop, home) as first:
        try:
            wait_for_work(home)
            first.send_signal(signal.SIGSTOP)  # however slow the second is, the first cannot end before it
            second = run(drop, home)
            assert (second.returncode, second.stdout) == (3, "")
            assert second.stderr.startswith(f"Erro: Outra execução está escrevendo nesta pasta: {home}.")
            assert len(second.stderr.splitlines()) == 1
            assert first.poll() is None, "the first run goes on"
            first.send_signal(signal.SIGTERM)
            first.send_signal(signal.SIGCONT)
            _, err = first.communicate(timeout=600)
        finally:
            first.kill()
    assert first.returncode == 130
    assert err == "Interrompido; o que já estava gravado continua valendo.\n"
    assert current_version(home) is None
    assert not list((home / "lake" / "tables").rglob("*.parquet")), "what was begun is put away"


def wait_for_work(home: Path) -> None:
    for _ in range(6000):
        if list((home / "lake").glob("scratch-*")):
            return
        time.sleep(0.1)
    raise AssertionError("the run never began")
