"""Who puts a version in force on the command line is in the audit trail of the home, when they are named."""

import json
import sqlite3
from datetime import date
from pathlib import Path

import pytest
from tests.unit.cli.conftest import Run

from b2shift.lake.api import load_specs, writing
from b2shift.metrics.api import own_versions

GOOD = Path(__file__).parents[1] / "interact" / "good_policy.yaml"
BY = ("--by", "ana@empresa.example")


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A home with two versions of a small table."""
    declared = "- {name: numbers, layer: refined, grain: one, description: d, columns: {n: [INTEGER, d]}}\n"
    (tmp_path / "tables.yaml").write_text(declared)
    for number in (1, 2):
        with writing(tmp_path / "home") as session:
            session.write(load_specs(tmp_path / "tables.yaml")["numbers"], f"SELECT {number}::INTEGER AS n")
            session.commit(date(2025, 3, 31))
    return tmp_path / "home"


def trail(home: Path) -> list[tuple[str, str, str, str, dict[str, object]]]:
    """Every event but those of migrations: action, object and its kind, who, and the details."""
    with sqlite3.connect(home / "records.sqlite3") as records:
        rows = records.execute(
            "SELECT action, object_kind, object_id, actor_email, details FROM ledger_auditevent ORDER BY sequence"
        )
        return [(*row[:4], json.loads(row[4])) for row in rows]


def test_a_version_of_the_lake_is_served_again_in_a_name(run: Run, home: Path) -> None:
    assert run("lake", "rollback", 1, "--home", home)[0] == 0
    assert not (home / "records.sqlite3").exists()
    assert run("lake", "rollback", 2, "--home", home, *BY)[0] == 0
    assert trail(home) == [("lake_restored", "lake", "2", BY[1], {"version": 2})]


def test_policies_and_metrics_are_adopted_and_put_back_in_a_name(run: Run, home: Path, tmp_path: Path) -> None:
    mine = tmp_path / "regua.yaml"
    mine.write_text(GOOD.read_text(encoding="utf-8").replace("2025-12-31", "2125-12-31"), encoding="utf-8")
    assert run("policy", "adopt", mine, "--home", home, *BY)[0] == 0
    assert run("policy", "rollback", 1, "--home", home, *BY)[0] == 0
    assert run("metric", "rollback", 0, "--home", home, *BY)[0] == 0
    assert own_versions(home) == ()
    told = {"version": 1, "name": "Régua de teste", "label": "1", "rules": 5}
    assert trail(home) == [
        ("policy_changed", "policy", "1", BY[1], told | {"what": "adopted"}),
        ("policy_changed", "policy", "1", BY[1], told | {"what": "restored"}),
        ("metric_changed", "metrics", "0", BY[1], {"version": 0, "what": "restored", "changes": []}),
    ]
