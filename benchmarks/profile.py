"""Time of the profile of a wide table, page included.

    python -m benchmarks.profile [--rows 240000] [--runs 3]

14 numbers with missing values, 12 categories, a day, a flag, a key and an e-mail: 30 columns, made with a fixed
seed. Prints the wall and CPU seconds of each run and the size of the page, as JSON.
"""

import argparse
import json
import tempfile
import time
from pathlib import Path

import duckdb

from b2shift.identify.api import profile_file, profile_page


def main() -> None:
    """Make the table once and profile it some times."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=240_000)
    parser.add_argument("--runs", type=int, default=3)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "wide.parquet"
        _write(path, arguments.rows)
        for _ in range(arguments.runs):
            print(json.dumps(_measured(path)))


def _measured(path: Path) -> dict[str, float]:
    wall, cpu = time.perf_counter(), time.process_time()
    profile = profile_file(path)
    page = profile_page((profile,))
    return {
        "rows": profile.rows,
        "columns": len(profile.columns),
        "seconds": round(time.perf_counter() - wall, 2),
        "cpu_seconds": round(time.process_time() - cpu, 2),
        "page_kb": len(page) // 1024,
    }


def _write(path: Path, rows: int) -> None:
    connection = duckdb.connect()
    connection.execute("SET threads = 1")
    connection.execute("SELECT setseed(0.5)")
    numbers = [f"CASE WHEN random() < {i / 50} THEN NULL ELSE exp(random() * {i + 1}) END AS n{i}" for i in range(14)]
    words = [
        f"CASE WHEN random() < 0.05 THEN NULL ELSE 'v' || CAST(random() * {5 + 8 * i} AS INTEGER) END AS c{i}"
        for i in range(12)
    ]
    others = "DATE '2020-01-01' + CAST(random() * 2000 AS INTEGER) AS day, random() < 0.3 AS flag"
    connection.execute(
        f"COPY (SELECT 'k' || i AS code, {', '.join([*numbers, *words])}, {others}, 'p' || i || '@empresa.example' AS "
        f"email FROM range({rows}) AS t(i)) TO '{path}' (FORMAT parquet)"
    )


if __name__ == "__main__":
    main()
