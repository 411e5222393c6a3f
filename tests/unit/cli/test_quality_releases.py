"""`quality quarantine`, `quality release` and `quality evaluate`, as people and programs call them."""

import json
from pathlib import Path

import pytest
from tests.unit.cli.conftest import Run
from tests.unit.identify.sources.small import TICKETS, deliver, write_small

from b2shift.demo.api import write_drop

MANY = TICKETS + "".join(
    f"TFAAA1;PC - WMS;question;open;2025-01-{n:02d};2025-01-20;{n + 10};low\n" for n in range(1, 9)
)
WHY = ("--by", "ana@empresa.example", "--reason", "a base encolheu mesmo")


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A home whose newest tickets are in quarantine."""
    for name, tickets in (("a", MANY), ("b", TICKETS)):
        deliver(tmp_path / "home", write_small(tmp_path / name, tickets=tickets))
    return tmp_path / "home"


def waiting(home: Path, run: Run) -> list[dict[str, object]]:
    told: list[dict[str, object]] = json.loads(run("quality", "quarantine", "--home", home, "--json")[1])
    return told


def test_a_load_in_quarantine_is_listed_let_in_and_taken_back(home: Path, run: Run, tmp_path: Path) -> None:
    assert [(one["source"], one["release"]) for one in waiting(home, run)] == [("tickets", None)]
    assert "à espera" in run("quality", "quarantine", "--home", home)[1]
    assert run("quality", "release", "tickets", "--home", home, *WHY)[0] == 0
    assert waiting(home, run)[0]["release"] is not None
    assert run("quality", "release", "tickets", "--undo", "--home", home, *WHY, "--json")[0] == 0
    assert waiting(home, run)[0]["release"] is None
    run("quality", "release", "tickets", "--home", home, *WHY)
    deliver(home, tmp_path / "b")
    assert waiting(home, run) == []


def test_a_release_needs_a_reason_and_something_that_waits(home: Path, run: Run) -> None:
    code, _, told = run("quality", "release", "tickets", "--home", home, "--by", "ana", "--reason", " ")
    assert (code, "Falta dizer por quê" in told) == (2, True)
    assert run("quality", "release", "mrr", "--home", home, *WHY)[0] == 2
    assert waiting(home, run)[0]["release"] is None


def test_a_demo_drop_is_evaluated_against_its_truth(run: Run, tmp_path: Path) -> None:
    write_drop(tmp_path / "drop", customers=60, seed=4, dirty=1.0)
    told = json.loads(run("quality", "evaluate", tmp_path / "drop", "--json")[1])
    assert told["cleansing"]["customers_lost"] == 0
    assert sum(kind["planted"] for kind in told["cleansing"]["kinds"]) > 100
    out = run("quality", "evaluate", tmp_path / "drop")[1]
    assert "clientes perdidos" in out


def test_what_has_no_truth_is_refused(home: Path, run: Run, tmp_path: Path) -> None:
    code, _, told = run("quality", "evaluate", tmp_path / "a")
    assert (code, "verdade" in told) == (2, True)
