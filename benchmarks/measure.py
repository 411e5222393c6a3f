"""Whole processes measured by the operating system's own accounting: CPU seconds, wall seconds, peak memory."""

import os
import statistics
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Figure:
    """One finished process. `cpu` counts its children too; `peak_mb` is its largest single process."""

    cpu: float
    wall: float
    peak_mb: float


def run(command: Sequence[str], environment: Mapping[str, str] | None = None) -> Figure:
    """Run to the end; a failure stops the benchmark with what the command said."""
    started = time.perf_counter()
    with subprocess.Popen(
        command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, env={**os.environ, **(environment or {})}
    ) as process:
        assert process.stderr is not None
        said = process.stderr.read().decode()
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"{' '.join(command)}\n{said}")
    return Figure(used.ru_utime + used.ru_stime, time.perf_counter() - started, used.ru_maxrss / 1024)


def median(figures: Sequence[Figure]) -> Figure:
    """The median of each column."""
    return Figure(*(statistics.median(getattr(f, name) for f in figures) for name in ("cpu", "wall", "peak_mb")))


def row(name: str, figure: Figure, base: Figure) -> str:
    """One line of a Markdown table, with the ratios of `base` to the figure."""
    return (
        f"| {name} | {figure.cpu:.1f} | {figure.wall:.1f} | {figure.peak_mb:,.0f} "
        f"| {base.cpu / figure.cpu:.1f} | {base.peak_mb / figure.peak_mb:.1f} |"
    )


HEADING = "| | CPU s | wall s | peak MB | CPU ratio | memory ratio |\n|---|---|---|---|---|---|"
