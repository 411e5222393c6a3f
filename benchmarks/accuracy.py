"""Accuracy on drops it was not tuned on: cleansing, churn, purchases, segments; prints Markdown.

    python -m benchmarks.accuracy DROP... [--keep FOLDER]

Each DROP has the `_truth/` of the vendor's generator, which the loop never sees. 95 % intervals by 500 bootstrap
resamples of customers.
"""

import argparse
import csv
import json
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from b2shift.differentiate.api import evaluate_scores
from b2shift.identify.api import evaluate_cleansing
from b2shift.lake.api import Lake, open_lake

Floats = NDArray[np.float64]
_RESAMPLES = 500


def main() -> None:
    """Run the loop on every drop and print one section each."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("drops", type=Path, nargs="+")
    parser.add_argument("--keep", type=Path, help="homes are made here and kept; one that is there is used as it is")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        for drop in arguments.drops:
            home = (arguments.keep or Path(scratch)) / f"home-{drop.name}"
            _loop(drop, home)
            lake, meta = open_lake(home), json.loads((drop / "_truth" / "meta.json").read_text())
            print(f"\n### Seed {meta['seed']}, {meta['customers']:,} customers, dirty {meta.get('dirty')}\n")
            for part in (_cleansing(lake, drop), _scores(lake, drop), _health(lake, drop), _segments(lake)):
                for line in part:
                    print(f"- {line}", flush=True)


def _loop(drop: Path, home: Path) -> None:
    if home.exists():
        return
    product = Path(sys.executable).with_name("b2shift")
    subprocess.run([product, "run", drop, "--home", home, "--json"], check=True, stdout=subprocess.DEVNULL)


def _cleansing(lake: Lake, drop: Path) -> Iterator[str]:
    found = evaluate_cleansing(lake, drop)
    yield (
        f"cleansing: {found.clean_values_altered:,} of {found.values:,} clean values altered, "
        f"{found.clean_rows_refused:,} clean rows refused, {found.customers_lost} customers lost"
    )
    for fact in ("detected", "right") if found.kinds else ():
        worst = min(found.kinds, key=lambda kind: getattr(kind, fact) / max(kind.planted, 1))
        yield (
            f"cleansing, {fact}: {getattr(worst, fact):,} of {worst.planted:,} of the worst of {len(found.kinds)} "
            f"kinds ({worst.kind})"
        )


def _scores(lake: Lake, drop: Path) -> Iterator[str]:
    for aim in evaluate_scores(lake, drop):
        figure = "not scored, and the card says why" if aim.figure is None else f"{aim.figure:.4f}"
        interval = f" [{aim.low:.4f}, {aim.high:.4f}]" if aim.low is not None else ""
        bounds = [
            f"{sign} {bound:g}" for sign, bound in ((">=", aim.minimum), ("<=", aim.maximum)) if bound is not None
        ]
        asked = f", wanted {' and '.join(bounds)}" if bounds else ""
        wanted = "" if aim.met is None else f"{asked}: {'met' if aim.met else 'not met'}"
        yield f"{aim.score}, {aim.aim} (n {aim.n:,}): {figure}{interval}{wanted}"


def _health(lake: Lake, drop: Path) -> Iterator[str]:
    truth = {row["cliente"]: float(row["churn_probability_90d"]) for row in _rows(drop, "customers")}
    health = lake.query("SELECT customer_id, health FROM scores WHERE churn_90d IS NOT NULL AND health IS NOT NULL")
    pairs = [(truth[row["customer_id"]], row["health"]) for row in health.to_pylist() if row["customer_id"] in truth]
    if pairs:
        best, healthy = np.array(pairs).T
        correlation = _interval(_rank_correlation, best, healthy)
        yield f"health (n {len(pairs):,}): rank correlation with the true risk {correlation}"


def _segments(lake: Lake) -> Iterator[str]:
    [model] = lake.query("SELECT * FROM segment_models WHERE chosen").to_pylist()
    yield (
        f"segments: {model['algorithm']}, {model['k']} of them, the smallest {model['smallest_share']:.1%}; "
        f"silhouette {model['silhouette']:.3f}, of shuffled columns {model['null_silhouette']:.3f}; stability "
        f"{model['stability']:.3f}; told by a tree of depth 6 {model['explainability']:.1%}"
    )


def _rows(drop: Path, name: str) -> list[dict[str, str]]:
    with (drop / "_truth" / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _rank_correlation(one: Floats, other: Floats) -> float:
    ranks = [values.argsort().argsort() for values in (one, other)]
    return float(np.corrcoef(*ranks)[0, 1])


def _interval(measure: Callable[[Floats, Floats], float | None], one: Floats, other: Floats) -> str:
    """The figure and its 95 % bootstrap interval."""
    figure, rng = measure(one, other), np.random.default_rng(1)
    if figure is None:
        return "unknown (no event)"
    draws: list[Any] = [rng.integers(0, len(one), len(one)) for _ in range(_RESAMPLES)]
    found = [value for rows in draws if (value := measure(one[rows], other[rows])) is not None]
    low, high = np.quantile(found, [0.025, 0.975])
    return f"{figure:.3f} [{low:.3f}, {high:.3f}]"


if __name__ == "__main__":
    main()
