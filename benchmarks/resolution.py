"""How right and how fast the resolution of prospects is, on drops that nobody tuned to. Markdown out.

    python -m benchmarks.resolution DROP...

Each DROP has its `_truth/`, of the vendor's generator. Intervals are 95 %, of E. B. Wilson, JASA 22 (1927). Seconds are
of the stage alone, wall and processor.
"""

import argparse
import json
import math
import tempfile
import time
from pathlib import Path

from b2shift.identify.api import build_customers, evaluate_resolution, ingest, newest_date, resolve
from b2shift.lake.api import open_lake, writing

_NORMAL = 1.96


def main() -> None:
    """Resolve every drop and print a line per question."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("drops", type=Path, nargs="+")
    print("| seed | customers | dirty | question | precision | recall | in doubt | wall s | CPU s |\n|" + "---|" * 9)
    for drop in asked.parse_args().drops:
        with tempfile.TemporaryDirectory() as home:
            wall, cpu = _resolve(drop, Path(home))
            meta = json.loads((drop / "_truth" / "meta.json").read_text())
            for one in evaluate_resolution(open_lake(Path(home)), drop):
                print(
                    f"| {meta['seed']} | {meta['customers']} | {meta['dirty']} | {one.question} "
                    f"| {_share(one.right_pairs, one.told_pairs)} | {_share(one.right_pairs, one.true_pairs)} "
                    f"| {one.doubts} | {wall:.1f} | {cpu:.1f} |",
                    flush=True,
                )


def _resolve(drop: Path, home: Path) -> tuple[float, float]:
    with writing(home) as session:
        ingest(session, drop)
        day = newest_date(session)
        build_customers(session, day)
        started = time.perf_counter(), time.process_time()
        resolve(session)
        spent = time.perf_counter() - started[0], time.process_time() - started[1]
        session.commit(day)
    return spent


def _share(right: int, of: int) -> str:
    if not of:
        return "none told"
    share, square = right / of, _NORMAL**2
    middle = (share + square / (2 * of)) / (1 + square / of)
    wide = _NORMAL * math.sqrt(share * (1 - share) / of + square / (4 * of**2)) / (1 + square / of)
    return f"{share:.3f} [{middle - wide:.3f}, {min(1.0, middle + wide):.3f}] (n {of})"


if __name__ == "__main__":
    main()
