"""Progress is drawn for people who wait, and for nobody else."""

import io
import sys

import pytest

from b2shift.cli import screen
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
