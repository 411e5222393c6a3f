"""A server that was answering and is stopped ends in order: no worker is brought down by a signal."""

import os
import shutil
import signal
import subprocess
import time
import urllib.request
from pathlib import Path

import pytest
from tests.integration.running import ENVIRONMENT, command
from tests.ports import free_port


@pytest.mark.parametrize("asked", [signal.SIGINT, signal.SIGTERM])
def test_a_stopped_server_leaves_without_a_word(demo_home: Path, tmp_path: Path, asked: signal.Signals) -> None:
    home = shutil.copytree(demo_home, tmp_path / "home")
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


def _answers(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/saude/", timeout=5) as answer:
            return answer.status == 200
    except OSError:
        return False
