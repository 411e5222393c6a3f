"""A server that was answering and is stopped ends in order: no worker is brought down by a signal."""

import os
import shutil
import signal
import subprocess
import time
import urllib.request
from pathlib import Path

import pytest
from tests.integration.running import ENVIRONMENT, b2shift, command
from tests.ports import free_port


@pytest.fixture(scope="module")
def published_home(demo_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo home with its records: what a server that starts once more finds."""
    home = Path(shutil.copytree(demo_home, tmp_path_factory.mktemp("published") / "home"))
    assert b2shift("publish", "--home", home).returncode == 0
    return home


@pytest.mark.parametrize("asked", [signal.SIGINT, signal.SIGTERM])
def test_a_stopped_server_leaves_without_a_word(published_home: Path, tmp_path: Path, asked: signal.Signals) -> None:
    home = shutil.copytree(published_home, tmp_path / "home")
    port = free_port()
    log = tmp_path / "told.txt"
    with log.open("w") as out:
        server = subprocess.Popen(
            command("serve", "--home", home, "--port", port),
            stdout=out,
            stderr=subprocess.STDOUT,
            env=ENVIRONMENT | {"B2SHIFT_HOME": os.fspath(home)},
        )
    try:
        end = time.monotonic() + 300
        while time.monotonic() < end and not _answers(port):
            assert server.poll() is None, log.read_text()
            time.sleep(0.3)
        time.sleep(2)  # the workers open the first pages, and the engine with them
        server.send_signal(asked)
        assert server.wait(120) == 0
    finally:
        server.kill()
    told = log.read_text()
    assert "SIG" not in told
    assert "terminate" not in told


def test_workers_follow_a_newer_lake_when_the_server_has_published_before_it_served(
    demo_home: Path, tmp_path: Path
) -> None:
    """A worker lets go of the reader it opened, not of one its parent had opened before the fork."""
    home = shutil.copytree(demo_home, tmp_path / "home")
    port, log = free_port(), tmp_path / "told.txt"
    told = {"env": ENVIRONMENT | {"B2SHIFT_HOME": os.fspath(home)}}
    with log.open("w") as out:
        server = subprocess.Popen(
            command("serve", "--home", home, "--port", port, "--demo-people"),
            stdout=out,
            stderr=subprocess.STDOUT,
            **told,
        )
    try:
        end = time.monotonic() + 300
        while time.monotonic() < end and not _answers(port):
            assert server.poll() is None, log.read_text()
            time.sleep(0.3)
        asked = (
            "person",
            "erase",
            "K0000000",
            "--home",
            home,
            "--by",
            "dpo@empresa.example",
            "--reason",
            "pedido 1",
            "--yes",
        )
        done = subprocess.run(command(*asked), capture_output=True, text=True, check=False, **told)
        assert done.returncode == 0, done.stderr
        for _ in range(20):
            time.sleep(0.5)
            assert _answers(port)
        server.send_signal(signal.SIGTERM)
        assert server.wait(120) == 0
    finally:
        server.kill()
    assert "SIG" not in log.read_text()
    assert "terminate" not in log.read_text()


def _answers(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/saude/", timeout=5) as answer:
            return answer.status == 200
    except OSError:
        return False
