"""How well deliveries with a known truth are cleansed, kind by kind: for developers, never part of a run.

    python -m tools.cleansing DROP... [--misses 20]

Each DROP (of `b2shift demo`, or of the vendor's generator) has `_truth/`; it is loaded into a home that is thrown away.
Targets: found 99 %, right 97 %, clean values altered 0.1 % at most, no customer lost.
"""

import argparse
import sys
import tempfile
from collections import Counter
from datetime import date
from pathlib import Path

from b2shift.identify.api import evaluate_cleansing, ingest
from b2shift.identify.contracts import CleansingEvaluation, KindEvaluation
from b2shift.identify.quality.evaluate import misses
from b2shift.lake.api import open_lake, writing

HEADING = "| kind | planted | found | right | wrong | missed | found % | right % |\n|---|---|---|---|---|---|---|---|"


def main() -> None:
    """Print one table for each delivery, one for all together, and what was missed when asked."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("drops", type=Path, nargs="+")
    asked.add_argument("--misses", type=int, default=0, help="examples of defects that were not put right")
    told = asked.parse_args()
    found = []
    for drop in told.drops:
        result, examples = evaluated(drop, told.misses)
        found.append(result)
        sys.stdout.write("\n".join([f"\n## {drop.name}\n", *_table([result]), *examples, ""]))
    if len(found) > 1:
        sys.stdout.write("\n".join(["\n## all\n", *_table(found), ""]))


def evaluated(drop: Path, examples: int) -> tuple[CleansingEvaluation, list[str]]:
    """A delivery loaded into a home that is thrown away, against its truth; and some defects not put right."""
    with tempfile.TemporaryDirectory() as home:
        with writing(Path(home)) as session:
            ingest(session, drop)
            session.commit(date(2025, 3, 31))
        lake = open_lake(Path(home))
        return evaluate_cleansing(lake, drop), [
            f"- {d.file} {d.row} {d.column} {d.kind}: {d.before!r} → {d.after!r}, used {after!r}"
            for d, after in misses(lake, drop)[:examples]
        ]


def _table(results: list[CleansingEvaluation]) -> list[str]:
    sums: dict[str, Counter[str]] = {}
    for result in results:
        for kind in result.kinds:
            told = {"planted": kind.planted, "detected": kind.detected, "right": kind.right}
            sums.setdefault(kind.kind, Counter()).update(told)
            sums.setdefault("**all**", Counter()).update(told)
    values, altered = sum(r.values for r in results), sum(r.clean_values_altered for r in results)
    refused, lost = sum(r.clean_rows_refused for r in results), sum(r.customers_lost for r in results)
    return [
        HEADING,
        *(_line(KindEvaluation(kind=name, **sums[name])) for name in sorted(sums)),
        f"\nclean values altered: {altered:,} of {values:,} ({altered / values:.4%})",
        f"clean rows refused: {refused}; customers lost: {lost}",
    ]


def _line(kind: KindEvaluation) -> str:
    found, right = kind.detected / kind.planted, kind.right / kind.planted
    return (
        f"| {kind.kind} | {kind.planted:,} | {kind.detected:,} | {kind.right:,} | {kind.detected - kind.right:,} "
        f"| {kind.planted - kind.detected:,} | {found:.2%} | {right:.2%} |"
    )


if __name__ == "__main__":
    main()
