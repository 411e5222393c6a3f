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


@pytest.mark.slow
def test_the_recovery_journey_runs_to_its_outcome_though_workers_are_killed() -> None:
    """Entry from the lake, approvals by Slack buttons, e-mail and task, reply, a person's outcome; four kills."""
    assert walked("tests.integration.journey_walk") == {
        "pressed": [
            "Recuperar detratores: Reconhecer e perguntar: na saída.",
            "Recuperar detratores: Ligar para o cliente: na saída.",
        ],
        "mails": 1,
        "alerts": 2,
        "tasks": 1,
        "drafts": 2,
        "reply_on_page": True,
        "journey_on_page": True,
        "outcomes": ["aceitou", "respondeu"],
        "states": [["email", "sent"], ["slack", "sent"], ["slack", "sent"], ["telefone", "sent"]],
        "stay": ["10024", "detrator", "aceitou", True, "detrator", "promotor"],
        "story": [
            "entrou carta",
            "pediu carta",
            "seguiu ligar",
            "pediu ligar",
            "seguiu ouvir",
            "ouviu ouvir",
            "seguiu o_que_disse",
            "seguiu esperar_pessoa",
            "ouviu esperar_pessoa",
            "seguiu como_ficou",
            "seguiu reconquistado",
            "terminou reconquistado",
        ],
    }
