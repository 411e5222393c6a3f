"""An erasure ordered on a page, its process killed while the lake is busy, and what takes it up again."""

import os
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest
from tests.integration.running import ENVIRONMENT, b2shift, command
from tests.unit.identify.privacy.small import found_in
from tests.unit.web.factory import make_home

from b2shift.lake.api import writing

pytestmark = pytest.mark.slow
WORDS = ("Maria Pessoa 6", "pessoa6@segredo.example")
PATIENCE = 600
ORDER = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from b2shift.web.config import entry
entry.prepare(Path(sys.argv[1]))
from b2shift.web.accounts.models import User
from b2shift.web.ledger.trail import Doer
from b2shift.web.privacy import orders
user = User.objects.create_user("dpo@empresa.example", "uma frase longa de teste", name="Dona", role="administrator")
orders.place(Doer(user, user.email, None, "web"), "contacts/k6", "pedido 2026-000001", datetime.now(UTC))
orders.start()
"""


def told(home: Path) -> tuple[str, str]:
    """State and step of the only order."""
    with sqlite3.connect(home / "records.sqlite3", timeout=30) as records:
        return records.execute("SELECT state, step FROM privacy_erasureorder").fetchone()  # type: ignore[no-any-return]


def workers(home: Path) -> list[int]:
    """Processes that carry out orders of this home."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                words = (entry / "cmdline").read_bytes().split(b"\0")
            except OSError:
                continue
            if b"resume" in words and str(home).encode() in words:
                found.append(int(entry.name))
    return found


def wait_for(home: Path, wanted: tuple[str, str]) -> None:
    end = time.monotonic() + PATIENCE
    while told(home) != wanted:
        assert time.monotonic() < end, told(home)
        time.sleep(0.05)


def test_a_killed_erasure_is_taken_up_where_it_stopped(tmp_path: Path) -> None:
    home = make_home(tmp_path / "home")
    assert b2shift("publish", "--home", home).returncode == 0
    with writing(home):
        environment = ENVIRONMENT | {"B2SHIFT_HOME": str(home)}
        subprocess.run([sys.executable, "-c", ORDER, str(home)], env=environment, check=True)
        wait_for(home, ("a_fazer", "lake"))
        [worker] = workers(home)
        os.kill(worker, signal.SIGKILL)
    assert found_in(home, *WORDS), "the lake still holds the person"
    assert told(home)[0] in ("a_fazer", "em_curso")
    resumed = subprocess.run(
        command("person", "resume", "--by", "dpo", "--home", home), env=ENVIRONMENT, capture_output=True, text=True,
        check=False,
    )  # fmt: skip
    assert resumed.returncode == 0, resumed.stderr
    assert told(home) == ("feita", "conferencia")
    assert found_in(home, *WORDS) == []
