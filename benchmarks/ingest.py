"""Reading the vendor's drop: telemetry against pandas and the CSV limit; then all of it, again, and with a new day.

    python -m benchmarks.ingest DROP --peer /path/to/python-with-pandas-2 [--runs 3]

DROP holds all files, the telemetry at full volume. The peer runs in its own environment (benchmarks/peers.txt).
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
_TELEMETRY = ["telemetria_*.csv"]


def main() -> None:
    """Measure in turn, so that a machine whose speed drifts is fair to both, and print a Markdown table."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("drop", type=Path)
    asked.add_argument("--peer", default=sys.executable)
    asked.add_argument("--runs", type=int, default=3)
    told = asked.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        scratch = Path(folder)
        telemetry = _copied(told.drop, scratch / "telemetry", [*_TELEMETRY, "clientes_desde.csv"])
        whole = _copied(told.drop, scratch / "whole", ["*.*"])
        _next_day(telemetry, scratch / "next-day.csv")
        turns = []
        for turn in range(told.runs):
            turns.append(
                _read_telemetry(telemetry, scratch / f"home{turn}", told.peer)
                | _deliver(whole, scratch / f"whole-home{turn}", scratch / "next-day.csv")
            )
            for home in scratch.glob("*home*"):
                shutil.rmtree(home)
        sizes = [sum(path.stat().st_size for path in folder.iterdir()) for folder in (telemetry, whole)]
    _print({name: median([turn[name] for turn in turns]) for name in turns[0]}, *sizes)


def _read_telemetry(drop: Path, home: Path, peer: str) -> dict[str, Figure]:
    pandas, ours = str(HERE / "pandas_pipeline.py"), str(HERE / "product_pipeline.py")
    return {
        "pandas, all columns": run([peer, pandas, str(drop), "all"]),
        "pandas, used columns": run([peer, pandas, str(drop), "used"]),
        "product": run([sys.executable, ours, str(drop), str(home)]),
        "limit: parse and count": run([sys.executable, str(HERE / "csv_limit.py"), str(drop)]),
    }


def _deliver(drop: Path, home: Path, next_day: Path) -> dict[str, Figure]:
    """All files for the first time, once more as they are, and with one more file of telemetry."""
    command = [sys.executable, str(HERE / "product_pipeline.py"), str(drop), str(home)]
    figures = {name: run(command) for name in ("whole drop", "whole drop, again")}
    delivered = drop / "telemetria_12.csv"
    shutil.copyfile(next_day, delivered)
    figures["whole drop, one new day"] = run(command)
    delivered.unlink()
    product = str(Path(sys.executable).with_name("b2shift"))
    return figures | {"b2shift run": run([product, "run", str(drop), "--home", f"{home}-run", "--json"])}


def _copied(drop: Path, folder: Path, patterns: list[str]) -> Path:
    folder.mkdir()
    for path in (path for pattern in patterns for path in drop.glob(pattern) if path.is_file()):
        shutil.copyfile(path, folder / path.name)
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


def _print(found: dict[str, Figure], telemetry: int, whole: int) -> None:
    base, first, limit = found["pandas, all columns"], found["whole drop"], found["limit: parse and count"]
    print(f"{telemetry / 1e9:.2f} GB of telemetry, {whole / 1e9:.2f} GB in all\n\n{HEADING}")
    for name, figure in found.items():
        print(row(name, figure, base))
    print(f"\nproduct / CSV limit: {found['product'].cpu / limit.cpu:.2f}")
    print(f"second delivery / first: {found['whole drop, again'].cpu / first.cpu:.3f}")
    print(f"one new day / first: {found['whole drop, one new day'].cpu / first.cpu:.3f}")
    print(f"GB per CPU second: parser {telemetry / 1e9 / limit.cpu:.3f}, b2shift run "
          f"{whole / 1e9 / found['b2shift run'].cpu:.3f}")  # fmt: skip


if __name__ == "__main__":
    main()
