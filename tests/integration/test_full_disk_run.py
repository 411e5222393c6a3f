"""A run on a disk that fills up: one clear sentence, exit code 3, and the version before still serves."""

import resource
from datetime import date
from pathlib import Path

from tests.integration.running import run, stored
from tests.unit.identify.refined import SPECS, arrow

from b2shift.lake.api import open_lake, writing

LARGEST = 150_000
"""Bytes a file may have: enough to begin, too little for a table of the drop."""


def test_a_full_disk_stops_the_run_and_loses_nothing(tmp_path: Path, demo_drop: Path) -> None:
    home = tmp_path / "home"
    with writing(home) as session:
        session.write(SPECS["users"], arrow(SPECS["users"], [{"user_id": "U1"}]))
        session.commit(date(2025, 1, 31))
    before = stored(home)
    done = run(demo_drop, home, preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (LARGEST, LARGEST)))
    assert done.returncode == 3, (done.stdout, done.stderr)
    assert done.stderr.startswith("Erro: ")
    assert "espaço" in done.stderr
    assert "Traceback" not in done.stderr
    assert stored(home) == before, "the space is given back"
    assert open_lake(home).query("SELECT user_id FROM users").to_pylist() == [{"user_id": "U1"}]
