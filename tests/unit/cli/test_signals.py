"""Ctrl-C and a request to end stop the work at once, leave the version before, and give the space back."""

import os
import signal
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest
from tests.unit.cli.conftest import Run
from tests.unit.lake.numbers_table import files, read, write

from b2shift.differentiate import api

PROGRAM = textwrap.dedent(
    """
    import signal, sys
    from pathlib import Path
    import typer
    from b2shift.cli import main as line
    from b2shift.cli.tree import root
    from b2shift.lake.api import writing
    from tests.unit.lake.numbers_table import spec

    def spin(home: Path) -> None:
        with writing(home) as session, session.stage("spin"):
            session.write(spec(), "SELECT 2 AS n")
            print("ready", flush=True)
            session.query("SELECT count(*) FROM range(100000000000) t(i) WHERE hash(i) % 7 = 3")

    def with_spin():
        found, one = root(), typer.Typer(add_completion=False)
        one.command()(spin)
        found.commands["spin"] = typer.main.get_command(one)
        return found

    line.root = with_spin
    signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's background job inherits it ignored
    line.main(["spin", sys.argv[1]])
    """
)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_the_work_stops_and_nothing_is_lost(tmp_path: Path, number: signal.Signals) -> None:
    write(tmp_path, 1)
    kept = files(tmp_path)
    with subprocess.Popen(
        [sys.executable, "-c", PROGRAM, str(tmp_path)], cwd=Path(__file__).parents[3], env={**os.environ},
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    ) as running:  # fmt: skip
        assert running.stdout is not None
        assert running.stdout.readline() == "ready\n"
        running.send_signal(number)
        try:
            _, err = running.communicate(timeout=240)
        finally:
            running.kill()
    assert running.returncode == 130
    assert err == "Interrompido; o que já estava gravado continua valendo.\n"
    assert read(tmp_path) == [1]
    assert files(tmp_path) == kept
    assert not list((tmp_path / "lake").glob("scratch-*"))
    write(tmp_path, 3)
    assert read(tmp_path) == [3]


def test_learning_that_is_stopped_says_that_nothing_was_written(
    tmp_path: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stopped(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(api, "train_table", stopped)
    out = tmp_path / "previsoes.parquet"
    code, _, err = run("model", "train", "--table", "t.csv", "--label", "saiu", "--out", str(out))
    assert code == 130
    assert f"nada foi gravado em {out}" in err
