"""Reading the vendor's telemetry: the product against pandas, a second delivery, one new day, and the CSV limit.

    python -m benchmarks.ingest DROP --peer /path/to/python-with-pandas-2 [--runs 3]

DROP holds the telemetry files at full volume. The peer runs in its own environment (benchmarks/peers.txt).
"""

import argparse
import re
import shutil
import sys
import tempfile
from datetime import date, timedelta
from pathlib import Path

from b2shift.kernel.calendar import next_business_day
from benchmarks.measure import HEADING, Figure, median, row, run

HERE = Path(__file__).parent / "telemetry"


def main() -> None:
    """Measure in turn, so that a machine whose speed drifts is fair to both, and print a Markdown table."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("drop", type=Path)
    asked.add_argument("--peer", default=sys.executable)
    asked.add_argument("--runs", type=int, default=3)
    told = asked.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        only = _telemetry_of(told.drop, Path(scratch) / "drop")
        _next_day(only, Path(scratch) / "next-day.csv")
        names = [
            "pandas, all columns",
            "pandas, used columns",
            "product",
            "product, again",
            "product, one new day",
            "limit",
        ]
        found: dict[str, list[Figure]] = {name: [] for name in names}
        for turn in range(told.runs):
            home = Path(scratch) / f"home{turn}"
            for name, figure in zip(names, _one_turn(only, home, told.peer), strict=True):
                found[name].append(figure)
            shutil.rmtree(home)
        size = sum(path.stat().st_size for path in only.glob("telemetria_*.csv"))
    _print({name: median(figures) for name, figures in found.items()}, size)


def _one_turn(drop: Path, home: Path, peer: str) -> list[Figure]:
    pandas, ours = str(HERE / "pandas_pipeline.py"), str(HERE / "product_pipeline.py")
    figures = [run([peer, pandas, str(drop), columns]) for columns in ("all", "used")]
    figures += [run([sys.executable, ours, str(drop), str(home)]) for _ in range(2)]
    delivered = drop / "telemetria_12.csv"
    delivered.symlink_to(drop.parent / "next-day.csv")
    figures.append(run([sys.executable, ours, str(drop), str(home)]))
    delivered.unlink()
    figures.append(run([sys.executable, str(HERE / "csv_limit.py"), str(drop)]))
    return figures


def _telemetry_of(drop: Path, folder: Path) -> Path:
    folder.mkdir()
    for path in [*drop.glob("telemetria_*.csv"), drop / "clientes_desde.csv"]:
        (folder / path.name).symlink_to(path.resolve())
    return folder


def _next_day(drop: Path, file: Path) -> Path:
    """One more day of everybody: the events of the newest day again, dated the business day after it."""
    newest, following = _newest_day(drop)
    with file.open("wb") as new:
        for position, path in enumerate(sorted(drop.glob("telemetria_*.csv"))):
            with path.open("rb") as old:
                header = old.readline()
                if position == 0:
                    new.write(header)
                new.writelines(line.replace(newest, following) for line in old if newest in line)
    return file


def _newest_day(drop: Path) -> tuple[bytes, bytes]:
    days: set[str] = set()
    for path in drop.glob("telemetria_*.csv"):
        with path.open("rb") as file:
            days |= set(re.findall(r",(\d{4}-\d\d-\d\d),", file.read(1_000_000).decode("utf-8", "replace")))
    newest = date.fromisoformat(max(days))
    return f",{newest},".encode(), f",{next_business_day(newest + timedelta(days=1))},".encode()


def _print(found: dict[str, Figure], size: int) -> None:
    base, first = found["pandas, all columns"], found["product"]
    print(f"{size / 1e9:.2f} GB of CSV\n\n{HEADING}")
    for name, figure in found.items():
        print(row(name, figure, base))
    print(f"\nsecond delivery / first: {found['product, again'].cpu / first.cpu:.3f}")
    print(f"one new day / first: {found['product, one new day'].cpu / first.cpu:.3f}")
    print(f"product / CSV limit: {first.cpu / found['limit'].cpu:.2f}")


if __name__ == "__main__":
    main()
