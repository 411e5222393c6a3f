"""How integration tests run the product: the command line in its own process, and what a lake then holds."""

import os
import subprocess
import sys
from collections.abc import Sequence
from hashlib import blake2b
from pathlib import Path
from typing import Any

from b2shift.lake.api import open_lake

ENVIRONMENT = {**os.environ, "COLUMNS": "200", "OMP_NUM_THREADS": "1"}
ALONE = ("--no-publish", "--threads", "1")  # a small drop is computed sooner by one thread than another is woken
# How long a step took is no part of what a table says.
CLOCKS = ("seconds",)
_TOLD: dict[str, tuple[int, object]] = {}


def command(*arguments: object) -> list[str]:
    return [sys.executable, "-m", "b2shift.cli", *map(str, arguments)]


def b2shift(*arguments: object, **options: Any) -> subprocess.CompletedProcess[str]:
    """Run a command to its end."""
    return subprocess.run(
        command(*arguments), capture_output=True, text=True, check=False, env=ENVIRONMENT, **options
    )  # fmt: skip


def run(drop: Path, home: Path, *more: str, **options: Any) -> subprocess.CompletedProcess[str]:
    """`b2shift run`, without the pages."""
    return b2shift("run", drop, "--home", home, *ALONE, *more, **options)


def start(drop: Path, home: Path) -> subprocess.Popen[str]:
    """A run that goes on by itself."""
    return subprocess.Popen(
        command("run", drop, "--home", home, *ALONE), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        env=ENVIRONMENT,
    )  # fmt: skip


def content(home: Path, version: int | None = None) -> dict[str, tuple[int, object]]:
    """Table → rows and a fingerprint of everything in them but the time it took."""
    lake = open_lake(home, version)
    return {name: _told(lake, name) for name in sorted(lake.manifest.tables)}


def _told(lake: Any, name: str) -> tuple[int, object]:
    """What is in a table, asked of the engine once for files of the same bytes."""
    table = lake.info(name)
    held = [(file, blake2b((lake.store.root / file).read_bytes()).digest()) for file in table.every_file]
    known = repr((held, table.files, table.without))
    if known not in _TOLD:
        columns = f"COLUMNS(c -> NOT contains({list(CLOCKS)}, c))"
        row = lake.query(f'SELECT count(*) AS rows, sum(hash(*{columns})) AS told FROM "{name}"').to_pylist()[0]
        _TOLD[known] = row["rows"], row["told"]
    return _TOLD[known]


def stored(home: Path) -> Sequence[str]:
    """Every file of the lake but the lock."""
    root = home / "lake"
    return sorted(str(path.relative_to(root)) for path in root.rglob("*") if path.is_file() and path.name != "lock")
