"""What a second delivery costs after the first, against the share of its lines that the first had not.

    python -m benchmarks.loads FIRST SECOND

FIRST and SECOND: two deliveries of the same customers. Between them stand deliveries with a part of the change, in
which what did not change stays where it stood. Measured are whole processes, against the second delivery loaded after
the first with nothing taken over: it gives the same tables, and tells what moved, which a delivery alone does not.
"""

import argparse
import shutil
import sys
import tempfile
import zlib
from collections import defaultdict, deque
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from benchmarks.measure import HEADING, Figure, median, row, run

PIPELINE, WHOLE = "benchmarks.telemetry.product_pipeline", "benchmarks.whole_load"
ONE_FILE = "tickets.csv"
PARTS = (0.02, 0.1, 0.3)


def main() -> None:
    """Measure in turn, so that a machine whose speed drifts is fair to all, and print a Markdown table."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("first", type=Path)
    asked.add_argument("second", type=Path)
    asked.add_argument("--parts", type=float, nargs="*", default=PARTS, help="parts of the change, 0 to 1")
    asked.add_argument("--runs", type=int, default=3)
    told = asked.parse_args()
    found: dict[str, list[Figure]] = defaultdict(list)
    with tempfile.TemporaryDirectory() as scratch:
        drops = _deliveries(told.first, told.second, told.parts, Path(scratch))
        for _ in range(told.runs):
            for name, figure in _one_turn(told.first, told.second, drops, Path(scratch)).items():
                found[name].append(figure)
    figures = {name: median(each) for name, each in found.items()}
    base = figures["second, after the first, nothing taken over"]
    print(f"{sum(p.stat().st_size for p in told.second.iterdir() if p.is_file()) / 1e6:.0f} MB\n\n{HEADING}")
    for name, figure in figures.items():
        print(row(name, figure, base))


def _deliveries(first: Path, second: Path, parts: Sequence[float], scratch: Path) -> dict[str, Path]:
    """What is delivered after the first, by what it is."""
    found = {f"first, then only {ONE_FILE} of the second": _only_one_changed(first, second, scratch / "one")}
    # In a process of its own: what it holds would count as the memory of those that are measured.
    with ProcessPoolExecutor(1) as apart:
        for part in parts:
            folder = scratch / f"part {part}"
            new = apart.submit(part_of, first, second, part, folder).result()
            found[f"after the first, {new:.2%} of the lines new"] = folder
    return found | {"second, after the first": second}


def _one_turn(first: Path, second: Path, drops: dict[str, Path], scratch: Path) -> dict[str, Figure]:
    alone, before, over = (scratch / name for name in ("alone", "before", "over"))
    figures = {"second, alone": _load(second, alone), "first": _load(first, before)}
    for name, drop in drops.items():
        shutil.copytree(before, over)
        figures[name] = _load(drop, over)
        if drop == second:
            figures["second, again"] = _load(drop, over)
        shutil.rmtree(over)
    shutil.copytree(before, over)
    figures["second, after the first, nothing taken over"] = _load(second, over, WHOLE)
    shutil.rmtree(over)
    shutil.rmtree(alone)
    shutil.rmtree(before)
    return figures


def part_of(first: Path, second: Path, part: float, folder: Path) -> float:
    """Write the first delivery with the change of a part of the keys (what lines say first); the share of new lines."""
    folder.mkdir()
    new = every = 0
    for path in sorted(path for path in first.iterdir() if path.is_file() and (second / path.name).exists()):
        earlier, later = (_lines(place / path.name) for place in (first, second))
        lines, came = _changed(earlier, later, part)
        (folder / path.name).write_bytes(b"".join(lines))
        new, every = new + came, every + len(lines)
    return new / every


def _lines(path: Path) -> list[bytes]:
    return path.read_bytes().splitlines(keepends=True)


def _changed(earlier: list[bytes], later: list[bytes], part: float) -> tuple[list[bytes], int]:
    """Lines of before without those that left, and those that came after the line they came after; how many came."""
    places: dict[bytes, deque[int]] = defaultdict(deque)
    for place, line in enumerate(earlier):
        places[line].append(place)
    came: dict[int, list[bytes]] = defaultdict(list)
    last = 0
    for line in later[1:]:
        if places[line]:
            last = places[line].popleft()
        elif _taken(line, part):
            came[last].append(line)
    gone = {place for line, rest in places.items() if _taken(line, part) for place in rest} - {0}
    kept = ([*([] if place in gone else [line]), *came[place]] for place, line in enumerate(earlier))
    return [line for some in kept for line in some], sum(map(len, came.values()))


def _taken(line: bytes, part: float) -> bool:
    key = line.replace(b"{", b"").split(b";" if b";" in line else b",", 1)[0].strip().strip(b'"')
    return zlib.crc32(b"x" + key) % 10_000 < part * 10_000


def _load(drop: Path, home: Path, pipeline: str = PIPELINE) -> Figure:
    return run([sys.executable, "-m", pipeline, str(drop), str(home)])


def _only_one_changed(first: Path, second: Path, folder: Path) -> Path:
    """The first delivery again, with one file of the second."""
    folder.mkdir()
    for path in first.iterdir():
        if path.is_file():
            shutil.copyfile((second if path.name == ONE_FILE else first) / path.name, folder / path.name)
    return folder


if __name__ == "__main__":
    main()
