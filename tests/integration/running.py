"""How integration tests run the product: the command line in its own process, and what a lake then holds."""

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from b2shift.lake.api import open_lake

ENVIRONMENT = {**os.environ, "COLUMNS": "200", "OMP_NUM_THREADS": "1"}
# How long a step took is no part of what a table says.
CLOCKS = ("seconds",)


def command(*arguments: object) -> list[str]:
    return [sys.executable, "-m", "b2shift.cli", *map(str, arguments)]


def b2shift(*arguments: object, **options: Any) -> subprocess.CompletedProcess[str]:
    """Run a command to its end."""
    return subprocess.run(
        command(*arguments), capture_output=True, text=True, check=False, env=ENVIRONMENT, **options
    )  # fmt: skip


def run(drop: Path, home: Path, *more: str, **options: Any) -> subprocess.CompletedProcess[str]:
    """`b2shift run`, without the pages."""
    return b2shift("run", drop, "--home", home, "--no-publish", *more, **options)


def start(drop: Path, home: Path) -> subprocess.Popen[str]:
    """A run that goes on by itself."""
    return subprocess.Popen(
        command("run", drop, "--home", home, "--no-publish"), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        env=ENVIRONMENT,
    )  # fmt: skip


def content(home: Path, version: int | None = None) -> dict[str, tuple[int, object]]:
    """Table → rows and a fingerprint of everything in them but the time it took."""
    lake = open_lake(home, version)
    return {name: _told(lake, name) for name in sorted(lake.manifest.tables)}


def _told(lake: Any, name: str) -> tuple[int, object]:
    columns = [row["column_name"] for row in lake.query(f'DESCRIBE "{name}"').to_pylist()]
    kept = ", ".join(f'"{column}"' for column in columns if column not in CLOCKS)
    row = lake.query(f'SELECT count(*) AS rows, sum(hash({kept})) AS told FROM "{name}"').to_pylist()[0]
    return row["rows"], row["told"]


def stored(home: Path) -> Sequence[str]:
    """Every file of the lake but the lock."""
    root = home / "lake"
    return sorted(str(path.relative_to(root)) for path in root.rglob("*") if path.is_file() and path.name != "lock")
