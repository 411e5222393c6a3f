"""Deliveries one after the other: what a second one costs against loading it into an empty home.

    python -m benchmarks.loads FIRST SECOND [--runs 3]

FIRST and SECOND are two deliveries a month apart (`generate_raw.py --drop 1` and `--drop 2`). CPU of whole processes.
"""

import argparse
import shutil
import sys
import tempfile
from pathlib import Path

from benchmarks.measure import HEADING, Figure, median, row, run

PIPELINE = str(Path(__file__).parent / "telemetry" / "product_pipeline.py")
ONE_FILE = "tickets.csv"
NAMES = ("second, alone", "second, after the first", "second, again", f"first, then only {ONE_FILE} of the second")


def main() -> None:
    """Measure in turn, so that a machine whose speed drifts is fair to all, and print a Markdown table."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("first", type=Path)
    asked.add_argument("second", type=Path)
    asked.add_argument("--runs", type=int, default=3)
    told = asked.parse_args()
    found: dict[str, list[Figure]] = {name: [] for name in NAMES}
    with tempfile.TemporaryDirectory() as scratch:
        one = _only_one_changed(told.first, told.second, Path(scratch) / "one")
        for _ in range(told.runs):
            for name, figure in zip(NAMES, _one_turn(told.first, told.second, one, Path(scratch)), strict=True):
                found[name].append(figure)
    figures = {name: median(each) for name, each in found.items()}
    base = figures[NAMES[0]]
    print(f"{sum(p.stat().st_size for p in told.second.iterdir() if p.is_file()) / 1e6:.0f} MB\n\n{HEADING}")
    for name, figure in figures.items():
        print(row(name, figure, base))


def _one_turn(first: Path, second: Path, one: Path, scratch: Path) -> list[Figure]:
    alone, over, part = (scratch / name for name in ("alone", "over", "part"))
    figures = [_load(second, alone)]
    _load(first, over)
    shutil.copytree(over, part)
    figures += [_load(second, over), _load(second, over), _load(one, part)]
    for home in (alone, over, part):
        shutil.rmtree(home)
    return figures


def _load(drop: Path, home: Path) -> Figure:
    return run([sys.executable, PIPELINE, str(drop), str(home)])


def _only_one_changed(first: Path, second: Path, folder: Path) -> Path:
    """The first delivery again, with one file of the second."""
    folder.mkdir()
    for path in first.iterdir():
        if path.is_file():
            (folder / path.name).symlink_to((second if path.name == ONE_FILE else first).resolve() / path.name)
    return folder


if __name__ == "__main__":
    main()
