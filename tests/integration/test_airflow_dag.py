"""The Airflow DAG only calls our command line; where an Airflow is named, it imports and runs there.

B2SHIFT_AIRFLOW_PYTHON names a Python with Airflow 3 in an environment of its own; it is never one of ours.
"""

import ast
import os
import shlex
import subprocess
from pathlib import Path

import pytest

from b2shift.cli.tree import full_command_line

DAG = Path(__file__).parents[2] / "orchestration" / "airflow" / "b2shift_loop.py"
AIRFLOW = os.environ.get("B2SHIFT_AIRFLOW_PYTHON", "")


def commands() -> list[list[str]]:
    """The bash commands of the DAG's tasks, split as a shell splits them."""
    calls = [node for node in ast.walk(ast.parse(DAG.read_text(encoding="utf-8"))) if isinstance(node, ast.Call)]
    told = [word.value for call in calls for word in call.keywords if word.arg == "bash_command"]
    assert all(isinstance(one, ast.Constant) for one in told), "a command is written out, not put together"
    return [shlex.split(str(ast.literal_eval(one))) for one in told]


def test_it_imports_nothing_of_ours_and_little_else() -> None:
    imports = {
        (node.module or "").split(".")[0] if isinstance(node, ast.ImportFrom) else node.names[0].name
        for node in ast.walk(ast.parse(DAG.read_text(encoding="utf-8")))
        if isinstance(node, ast.Import | ast.ImportFrom)
    }
    assert imports == {"airflow", "datetime", "pendulum"}


def test_every_task_is_one_command_that_exists() -> None:
    found = commands()
    assert len(found) == 4
    for program, *words in found:
        assert program == "b2shift"
        command: object = full_command_line()
        while words and (known := getattr(command, "commands", {}).get(words[0])):
            command = known
            words.pop(0)
        assert not hasattr(command, "commands"), f"{words} names no command"
        options = {name for one in command.params for name in one.opts}  # type: ignore[attr-defined]
        assert {word for word in words if word.startswith("--")} <= options


@pytest.mark.slow
@pytest.mark.skipif(not AIRFLOW, reason="B2SHIFT_AIRFLOW_PYTHON is not set")
def test_an_airflow_runs_it(tmp_path: Path) -> None:
    """`dag.test()` with a stand-in `b2shift` on the PATH that says how it was called."""
    stand_in, called = tmp_path / "bin" / "b2shift", tmp_path / "called"
    stand_in.parent.mkdir()
    stand_in.write_text(f'#!/bin/sh\necho "$@" >> {called}\n', encoding="utf-8")
    stand_in.chmod(0o755)
    environment = {
        **os.environ,
        "AIRFLOW_HOME": str(tmp_path / "airflow"),
        "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
        "AIRFLOW__CORE__DAGS_FOLDER": str(DAG.parent),
        "B2SHIFT_DROP": "/entregas",
        "PATH": f"{stand_in.parent}{os.pathsep}{os.environ['PATH']}",
    }
    migrate = [AIRFLOW, "-m", "airflow", "db", "migrate"]
    subprocess.run(migrate, env=environment, check=True, capture_output=True, timeout=300)
    script = f"""
from airflow.dag_processing.dagbag import DagBag
found = DagBag({str(DAG.parent)!r})
assert not found.import_errors, found.import_errors
print(found.dags["b2shift_loop"].test().state)
"""
    subprocess.run([AIRFLOW, "-c", script], env=environment, check=True, capture_output=True, timeout=300)
    assert sorted(called.read_text(encoding="utf-8").splitlines()) == [
        "lake versions", "policy next --json", "quality report --json", "run /entregas --json",
    ]  # fmt: skip
