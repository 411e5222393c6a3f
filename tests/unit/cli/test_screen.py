"""Progress is drawn for people who wait, and for nobody else."""

import io
import json
import sys
from datetime import date
from decimal import Decimal
from importlib.resources import files
from pathlib import Path

import pytest

from b2shift.cli import screen
from b2shift.cli.contracts import LoopSummary, ProposalLine, SourceLine
from b2shift.cli.summary import show
from b2shift.kernel.progress import silent


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_nothing_moves_when_nobody_watches() -> None:
    with screen.bars() as progress:
        assert progress is silent


def test_a_bar_with_the_time_left_appears_after_two_seconds(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = Terminal()
    clock = iter([0.0, 1.0, 1.5, 3.0, 4.0])
    monkeypatch.setattr(sys, "stderr", terminal)
    monkeypatch.setattr("b2shift.cli.screen.time.monotonic", lambda: next(clock, 9.0))
    with screen.bars() as progress:
        progress("ingest", 1, 10, "tickets.csv")
        progress("ingest", 2, 10, "tickets.csv")
        assert terminal.getvalue() == ""
        progress("ingest", 6, 10, "tickets.csv")
    drawn = terminal.getvalue()
    assert "ingest" in drawn
    assert "60%" in drawn


@pytest.mark.parametrize("text", ["[bold]x[/]", r"c:\[pasta]", "[/]", "[/home]", "a]b["])
def test_brackets_in_a_value_are_text(capsys: pytest.CaptureFixture[str], text: str) -> None:
    screen.table("t", ["a"], [[text]])
    screen.tell(text)
    screen.warn(text)
    assert capsys.readouterr().out.count(text) == 3
    screen.complain(text)
    screen.note(text)
    assert capsys.readouterr().err.count(text) == 2


def test_json_reads_the_same_from_every_command(capsys: pytest.CaptureFixture[str]) -> None:
    stake = ProposalLine(kind="retenção", proposals=2, customers=1, mrr_at_stake=Decimal("1.10"))
    screen.tell_json({"lines": (stake,), "day": date(2025, 3, 31), "auc": float("nan")})
    out = capsys.readouterr().out
    assert "retenção" in out
    lines = [{"kind": "retenção", "proposals": 2, "customers": 1, "mrr_at_stake": "1.10"}]
    assert json.loads(out) == {"lines": lines, "day": "2025-03-31", "auc": None}
    screen.tell_json_line([stake])
    assert json.loads(capsys.readouterr().out.removesuffix("\n")) == lines


def test_a_run_keeps_the_name_of_a_source_whole_on_eighty_columns(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    longest = max(
        (path.name.removesuffix(".yaml") for path in (files("b2shift.identify.sources") / "declarations").iterdir()),
        key=len,
    )
    line = SourceLine(source=longest, files=11, missing=0, failed=0, rows_read=525_826, rows_accepted=525_000,
                      rows_rejected=90_602, values_repaired=2_279, message="")  # fmt: skip
    show(
        LoopSummary(home=Path("h"), version=1, changed=True, as_of=date(2025, 3, 31), seed=7, customers=1,
                    sources=(line,), segments=(), proposals=(), published=True, steps=(), seconds=1.0, peak_memory_mb=1)
    )  # fmt: skip
    assert longest in capsys.readouterr().out
