"""Who may import whom: the contracts in pyproject.toml, proved on the code as it is."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_import_contracts_are_kept() -> None:
    command = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run(
        [command, "--no-cache"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "COLUMNS": "200"},
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "0 broken" in done.stdout


def test_the_core_starts_without_a_web_framework() -> None:
    """A notebook or a worker that uses the core loads neither Django nor the command line."""
    program = (
        "import sys; import b2shift.identify.api, b2shift.differentiate.api, b2shift.interact.api; "
        "print([name for name in ('django', 'ninja', 'typer', 'gunicorn') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_the_command_line_answers_without_loading_models() -> None:
    program = (
        "import sys; from b2shift.cli.tree import full_command_line; full_command_line(); "
        "print([name for name in ('sklearn', 'lightgbm', 'django') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_help_loads_no_command() -> None:
    program = (
        "import sys; from b2shift.cli.main import main; main(['--help']); "
        "print([name for name in sys.modules if name in ('duckdb', 'pyarrow', 'numpy') or '.cli.commands.' in name])"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"
