"""Terminal output: results on stdout, progress and errors on stderr; no animation without a terminal."""

import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, TaskID, TextColumn, TimeRemainingColumn
from rich.progress import Progress as RichProgress
from rich.table import Table

from b2shift.kernel.progress import Progress, silent

PATIENCE = 2.0
"""Seconds before a bar appears."""


def out() -> Console:
    """The console of results."""
    return Console(file=sys.stdout, highlight=False, soft_wrap=not sys.stdout.isatty())


def err() -> Console:
    """The console of progress and errors."""
    return Console(file=sys.stderr, highlight=False, soft_wrap=not sys.stderr.isatty())


def complain(message: str) -> None:
    """Print an error on stderr."""
    err().print(f"[bold red]Erro:[/] {escape(message)}")


def note(message: str) -> None:
    """Print a confirmation on stderr."""
    err().print(message, markup=False)


def tell(message: str) -> None:
    """Print a result on stdout."""
    out().print(message, markup=False)


def tell_json(result: object) -> None:
    """Print a result as JSON on stdout: contracts, mappings and sequences of them; NaN is null."""
    print(_json(result, indent=2))


def tell_json_line(result: object) -> None:
    """Print one of several results as a line of JSON, at once."""
    print(_json(result), flush=True)


def _json(result: object, indent: int | None = None) -> str:
    from pydantic import TypeAdapter  # here: not every command needs it

    return TypeAdapter(Any).dump_json(result, indent=indent).decode()


def warn(message: str) -> None:
    """Print a warning among the results."""
    out().print(f"[yellow]![/] {escape(message)}")


def table(title: str, columns: Sequence[str], rows: Sequence[Sequence[str]], *, words: int = 1) -> None:
    """Print a table: the first `words` columns are text, the others are figures on the right."""
    drawn = Table(title=title, title_justify="left", title_style="bold", header_style="dim", box=None, pad_edge=False)
    for position, column in enumerate(columns):
        drawn.add_column(column, justify="left" if position < words else "right", overflow="fold")
    for row in rows:
        drawn.add_row(*map(escape, row))
    out().print(drawn)
    out().print()


class _Bars:
    """A progress bar for each stage, shown after a short delay."""

    def __init__(self) -> None:
        self.display = RichProgress(
            TextColumn("{task.description}"),
            BarColumn(),
            TextColumn("{task.percentage:>3.0f}%"),
            TimeRemainingColumn(),
            TextColumn("[dim]{task.fields[note]}"),
            console=err(),
            transient=True,
        )
        self.started = time.monotonic()
        self.tasks: dict[str, TaskID] = {}
        self.shown = False

    def __call__(self, stage: str, done: float, total: float, note: str = "") -> None:
        if stage not in self.tasks:
            self.tasks[stage] = self.display.add_task(stage, total=total, note=note)
        self.display.update(self.tasks[stage], completed=done, total=total or 1, note=escape(note))
        if not self.shown and time.monotonic() - self.started > PATIENCE:
            self.shown = True
            self.display.start()


@contextmanager
def bars(quiet: bool = False) -> Iterator[Progress]:
    """Progress with bars and remaining time; nothing when stderr is not a terminal."""
    if quiet or not sys.stderr.isatty():
        yield silent
        return
    listener = _Bars()
    try:
        yield listener
    finally:
        if listener.shown:
            listener.display.stop()
