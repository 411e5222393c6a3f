"""How right the answers are on drops that nobody tuned to: cleansing, churn, purchases, segments. Markdown out.

    python -m benchmarks.quality DROP... [--keep FOLDER]

Each DROP has its `_truth/`, of the vendor's generator. The loop runs on it in a home of its own, which never sees the
truth. Intervals are 95 %, by 500 bootstrap draws of customers.
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

from b2shift.differentiate.scores.measures import auc, ece, ece_floor, lift_top_decile
from b2shift.differentiate.scores.propensity import column_of
from b2shift.identify.api import evaluate_cleansing
from b2shift.lake.api import Lake, open_lake

Floats = NDArray[np.float64]
_DRAWS = 500


def main() -> None:
    """Run the loop on every drop and print one section each."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("drops", type=Path, nargs="+")
    asked.add_argument("--keep", type=Path, help="homes are made here and kept; one that is there is used as it is")
    told = asked.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        for drop in told.drops:
            home = (told.keep or Path(scratch)) / f"home-{drop.name}"
            _loop(drop, home)
            lake, meta = open_lake(home), json.loads((drop / "_truth" / "meta.json").read_text())
            print(f"\n### Seed {meta['seed']}, {meta['customers']:,} customers, dirty {meta.get('dirty')}\n")
            for part in (_cleansing(lake, drop), _churn(lake, drop), _purchases(lake, drop), _segments(lake)):
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


def _churn(lake: Lake, drop: Path) -> Iterator[str]:
    truth = {row["cliente"]: row for row in _rows(drop, "customers") if row["already_cancelled"] == "false"}
    scores = lake.query("SELECT * FROM scores WHERE churn_90d IS NOT NULL").to_pylist()
    both = [(row, truth[row["customer_id"]]) for row in scores if row["customer_id"] in truth]
    if not both:
        yield "churn: not scored, and the card says why"
        return
    said, low, high = (np.array([row[f"churn_90d{end}"] for row, _ in both]) for end in ("", "_low", "_high"))
    happened = np.array([float(true["cancels_next_90d"] == "true") for _, true in both])
    best = np.array([float(true["churn_probability_90d"]) for _, true in both])
    yield (
        f"churn in 90 days (n {len(both):,}, {int(happened.sum())} left): AUC {_interval(auc, happened, said)}, "
        f"of the true probability {_interval(auc, happened, best)}"
    )
    yield (
        f"churn, calibration: error {ece(happened, said):.4f} where a perfect score shows {ece_floor(best, 1):.4f}; "
        f"said {said.mean():.4f} on average, came true {happened.mean():.4f}"
    )
    yield (
        f"churn, riskiest tenth: lift {_interval(lift_top_decile, happened, said)}, of the true probability "
        f"{lift_top_decile(happened, best) or 0:.2f}"
    )
    yield f"churn, 90 % interval: holds the true probability of {np.mean((low <= best) & (best <= high)):.0%}"
    healthy = np.array([np.nan if row["health"] is None else row["health"] for row, _ in both])
    known = ~np.isnan(healthy)
    told = _interval(_rank_correlation, best[known], healthy[known])
    yield f"health (n {int(known.sum()):,}): rank correlation with the true risk {told}"


def _purchases(lake: Lake, drop: Path) -> Iterator[str]:
    scores = {row["customer_id"]: row for row in lake.query("SELECT * FROM scores").to_pylist()}
    pairs = [
        (said, row)
        for row in _rows(drop, "propensity")
        if row["owned"] == "false"
        and (said := scores.get(row["cliente"], {}).get(column_of(row["family"]))) is not None
    ]
    if not pairs:
        yield "purchases: not scored, and the cards say why"
        return
    chance = np.array([said for said, _ in pairs])
    bought = np.array([float(row["buys_next_90d"] == "true") for _, row in pairs])
    best = np.array([float(row["propensity_90d"]) for _, row in pairs])
    yield (
        f"purchases in 90 days (n {len(pairs):,} pairs of customer and family, {int(bought.sum())} bought): AUC "
        f"{_interval(auc, bought, chance)}, of the true probability {_interval(auc, bought, best)}"
    )
    yield f"purchases, calibration: said {chance.mean():.4f} on average, came true {bought.mean():.4f}"


def _segments(lake: Lake) -> Iterator[str]:
    [chosen] = lake.query("SELECT * FROM segment_models WHERE chosen").to_pylist()
    yield (
        f"segments: {chosen['algorithm']}, {chosen['k']} of them, the smallest {chosen['smallest_share']:.1%}; "
        f"silhouette {chosen['silhouette']:.3f}, of shuffled columns {chosen['null_silhouette']:.3f}; stability "
        f"{chosen['stability']:.3f}; told by a tree of depth 6 {chosen['explainability']:.1%}"
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
    draws: list[Any] = [rng.integers(0, len(one), len(one)) for _ in range(_DRAWS)]
    found = [value for rows in draws if (value := measure(one[rows], other[rows])) is not None]
    low, high = np.quantile(found, [0.025, 0.975])
    return f"{figure:.3f} [{low:.3f}, {high:.3f}]"


if __name__ == "__main__":
    main()
