"""A person erased while a delivery that holds them is loaded: nothing of them comes back, in lake or records."""

import csv
import json
import signal
import sqlite3
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
from tests.integration.running import ENVIRONMENT, b2shift, command
from tests.unit.identify.privacy.small import found_in

from b2shift.demo.api import write_drop
from b2shift.web.crm.turn import alone

pytestmark = pytest.mark.slow
PATIENCE = 600


@pytest.fixture(scope="module")
def drops(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A delivery, and the next one, in which every contact has changed."""
    first, second = tmp_path_factory.mktemp("first"), tmp_path_factory.mktemp("second")
    for folder in (first, second):
        write_drop(folder, customers=60, seed=3, dirty=0)
    contacts = second / "contatos.csv"
    contacts.write_text(contacts.read_text("utf-8").replace("(", "(0"), encoding="utf-8")
    return first, second


def loading(drop: Path, home: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        command("run", drop, "--home", home, "--threads", "1"), stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        text=True, env=ENVIRONMENT,
    )  # fmt: skip


@contextmanager
def stopped_with_contacts_read(drop: Path, home: Path) -> Iterator[subprocess.Popen[str]]:
    """A run that stands still once it has read the people of the delivery."""
    before = _read(home)
    with loading(drop, home) as load:
        try:
            end = time.monotonic() + PATIENCE
            while _read(home) == before:
                assert load.poll() is None, load.communicate()
                assert time.monotonic() < end
                time.sleep(0.01)
            load.send_signal(signal.SIGSTOP)
            yield load
        finally:
            load.send_signal(signal.SIGCONT)
            load.kill()


def _read(home: Path) -> set[Path]:
    return set((home / "lake").rglob("raw_contatos/*.parquet"))


def person_of(drop: Path) -> tuple[str, str]:
    """Code and e-mail of a person of the delivery."""
    with (drop / "contatos.csv").open(encoding="utf-8") as file:
        row = next(csv.DictReader(file, delimiter=";"))
    return row["contato_id"], row["email"]


def test_who_is_erased_while_a_load_has_read_them_does_not_come_back(tmp_path: Path, drops: tuple[Path, Path]) -> None:
    home = tmp_path / "home"
    assert b2shift("run", drops[0], "--home", home).returncode == 0
    code, email = person_of(drops[1])
    assert found_in(home, email)
    with stopped_with_contacts_read(drops[1], home) as load:
        refused = b2shift(
            "person", "erase", f"contacts/{code}", "--home", home, "--by", "dpo", "--reason", "pedido 12", "--yes"
        )
        assert refused.returncode == 3, refused.stderr
        assert "A eliminação ficou registrada" in refused.stderr
        load.send_signal(signal.SIGCONT)
        out, err = load.communicate(timeout=PATIENCE)
        assert load.returncode == 0, (out, err)
    assert found_in(home, email) == []
    assert b2shift("person", "report", f"contacts/{code}", "--home", home).returncode == 2
    resumed = b2shift("person", "resume", "--by", "dpo", "--home", home, "--json")
    assert json.loads(resumed.stdout) == [], "the load finished it"


def test_a_copy_to_the_pages_waits_for_an_erasure(tmp_path: Path, drops: tuple[Path, Path]) -> None:
    home = tmp_path / "home"
    assert b2shift("run", drops[0], "--home", home, "--no-publish").returncode == 0
    with alone(home, "erasing"):
        publishing = subprocess.Popen(command("publish", "--home", home), env=ENVIRONMENT)
        while not _has_open(publishing.pid, home / "erasing.lock"):
            assert publishing.poll() is None, "it asks for its turn"
            time.sleep(0.05)
        with sqlite3.connect(home / "records.sqlite3", timeout=30) as records:
            assert records.execute("SELECT count(*) FROM crm_publication").fetchone() == (0,)
    assert publishing.wait(timeout=PATIENCE) == 0


def _has_open(process: int, file: Path) -> bool:
    with suppress(FileNotFoundError):
        return any(one.resolve() == file.resolve() for one in Path(f"/proc/{process}/fd").iterdir())
    return False
