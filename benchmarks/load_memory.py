"""A folder of files read, cleansed and told apart under a memory limit: what the whole process took at most.

    python -m benchmarks.load_memory DROP [--limit 1024]

The engine gets half of the limit; Python, its libraries and the lines on their way need the rest. Stops with 1
when the process took more than the limit.
"""

import argparse
import sys
import tempfile
from pathlib import Path

from benchmarks.measure import run

PIPELINE = str(Path(__file__).parent / "telemetry" / "product_pipeline.py")


def main() -> None:
    """Load the drop into an empty home, and say what it took."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("drop", type=Path)
    asked.add_argument("--limit", type=int, default=1024, help="MB of the whole process")
    told = asked.parse_args()
    size = sum(path.stat().st_size for path in told.drop.iterdir() if path.is_file())
    with tempfile.TemporaryDirectory(dir=told.drop.parent) as scratch:
        figure = run([sys.executable, PIPELINE, str(told.drop), f"{scratch}/home", str(told.limit // 2)])
    print(
        f"{size / 1e9:.2f} GB of files, limit {told.limit:,} MB: peak {figure.peak_mb:,.0f} MB, "
        f"{figure.cpu:.0f} CPU s, {figure.wall:.0f} s"
    )
    if figure.peak_mb > told.limit:
        raise SystemExit(1)


if __name__ == "__main__":
    main()
