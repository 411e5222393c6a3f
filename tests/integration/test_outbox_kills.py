"""Workers killed while they deliver: nothing lost, nothing twice, every doubtful message listed, oppositions kept."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.mark.slow
def test_killed_workers_lose_and_double_nothing() -> None:
    """A smaller count than the command's own 10,000 messages and 200 kills."""
    asked = ("--messages", "400", "--kills", "8", "--lease", "10")  # no living worker stands still for longer
    command = [sys.executable, "-m", "tests.integration.outbox_kills", *asked]
    environment = {name: value for name, value in os.environ.items() if name not in {"DATABASE_URL", "B2SHIFT_HOME"}}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=900, check=False)
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert told["kills"] == 8
    wrong = ("lost", "duplicates", "untold", "disordered", "after_optout")
    assert {name: told[name] for name in wrong} == dict.fromkeys(wrong, 0)
    assert told["in_doubt"] <= told["kills"]
    assert told["received"] + told["in_doubt"] + told["suppressed"] >= 400
