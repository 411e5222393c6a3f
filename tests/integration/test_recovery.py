"""A detractor is won back though the workers are killed: nothing sent twice, nothing lost, the outcome kept."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]


def walked(module: str) -> Any:
    """What a walk in a process of its own tells."""
    environment = {name: value for name, value in os.environ.items() if name not in {"DATABASE_URL", "B2SHIFT_HOME"}}
    command = [sys.executable, "-m", module]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=900, check=False)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.mark.slow
def test_a_detractor_is_won_back_though_workers_are_killed() -> None:
    """Proposal, approval by Slack buttons, e-mail and task, reply by IMAP, outcome; three workers killed on the way."""
    assert walked("tests.integration.recovery_walk") == {
        "pressed": ["Queda de uso: na saída.", "Queda de uso: na saída."],
        "after_first_kill": "sending",
        "mails": 1,
        "alerts": 2,
        "tasks": 1,
        "reply_on_page": True,
        "outcomes": ["aceitou", "respondeu"],
        "states": [["email", "sent"], ["slack", "sent"], ["slack", "sent"], ["telefone", "sent"]],
    }
