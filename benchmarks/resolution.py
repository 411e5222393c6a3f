"""Precision, recall and time of the resolution of prospects on drops it was not tuned on; prints Markdown.

    python -m benchmarks.resolution DROP...

Each DROP has the `_truth/` of the vendor's generator. 95 % intervals: E. B. Wilson, JASA 22 (1927). Seconds are of the
stage alone, wall and CPU.
"""

import argparse
import json
import math
import tempfile
import time
from pathlib import Path

from b2shift.identify.api import build_customers, evaluate_resolution, ingest, newest_date, resolve
from b2shift.lake.api import open_lake, writing

_Z = 1.96


def main() -> None:
    """Resolve every drop and print one line per question."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("drops", type=Path, nargs="+")
    print("| seed | customers | dirty | question | precision | recall | in doubt | wall s | CPU s |\n|" + "---|" * 9)
    for drop in parser.parse_args().drops:
        with tempfile.TemporaryDirectory() as home:
            wall, cpu = _resolve(drop, Path(home))
            meta = json.loads((drop / "_truth" / "meta.json").read_text())
            for score in evaluate_resolution(open_lake(Path(home)), drop):
                print(
                    f"| {meta['seed']} | {meta['customers']} | {meta['dirty']} | {score.question} "
                    f"| {_share(score.right_pairs, score.told_pairs)} | {_share(score.right_pairs, score.true_pairs)} "
                    f"| {score.doubts} | {wall:.1f} | {cpu:.1f} |",
                    flush=True,
                )


def _resolve(drop: Path, home: Path) -> tuple[float, float]:
    with writing(home) as session:
        ingest(session, drop)
        day = newest_date(session)
        build_customers(session, day)
        started = time.perf_counter(), time.process_time()
        resolve(session)
        elapsed = time.perf_counter() - started[0], time.process_time() - started[1]
        session.commit(day)
    return elapsed


def _share(right: int, of: int) -> str:
    if not of:
        return "no pairs"
    share, square = right / of, _Z**2
    centre = (share + square / (2 * of)) / (1 + square / of)
    half_width = _Z * math.sqrt(share * (1 - share) / of + square / (4 * of**2)) / (1 + square / of)
    return f"{share:.3f} [{centre - half_width:.3f}, {min(1.0, centre + half_width):.3f}] (n {of})"


if __name__ == "__main__":
    main()
