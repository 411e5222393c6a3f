"""Scores against a planted truth: the aims are figured as they are said."""

import csv
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from scipy.stats import binom, binomtest

from b2shift.differentiate.api import evaluate_scores
from b2shift.kernel.errors import DropError

CUSTOMERS = 600


class FakeLake:
    """Two tables, answered whole."""

    def __init__(self, scores: pa.Table, features: pa.Table) -> None:
        self.scores, self.features = scores, features

    def query(self, text: str) -> pa.Table:
        return self.scores if "FROM scores" in text else self.features


def drop_and_lake(
    folder: Path, *, said: np.ndarray, best: np.ndarray, segments: Sequence[str] = ("A", "B") * (CUSTOMERS // 2)
) -> tuple[Path, Any]:
    rng = np.random.default_rng(3)
    (folder / "_truth").mkdir()
    names = [f"T{at:05d}" for at in range(len(said))]
    with (folder / "_truth" / "customers.csv").open("w", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["cliente", "already_cancelled", "cancels_next_90d", "churn_probability_90d"])
        for name, chance in zip(names, best, strict=True):
            rows.writerow([name, "false", "true" if rng.random() < chance else "false", chance])
    scores = pa.table(
        {
            "customer_id": names,
            "churn_90d": said,
            "churn_90d_low": said * 0.5,
            "churn_90d_high": np.minimum(1, said * 2),
        }
    )
    return folder, FakeLake(scores, pa.table({"customer_id": names, "market_segment": segments}))


def test_the_true_probability_meets_every_aim_of_rank_and_level(tmp_path: Path) -> None:
    best = np.random.default_rng(1).beta(1, 6, CUSTOMERS)
    drop, lake = drop_and_lake(tmp_path, said=best, best=best)
    told = {one.aim: one for one in evaluate_scores(lake, drop) if one.score == "churn_90d"}
    assert told["auc"].met
    assert told["auc"].figure == told["auc_of_truth"].figure
    assert told["ece"].n == CUSTOMERS
    assert told["lift_over_oracle"].figure == pytest.approx(1)
    assert told["interval_90"].figure == 1.0
    assert told["interval_90"].met is False
    exact = told["interval_90_worst_segment_of_exact"]
    worse_of_two = 0.9 - 0.5642 * np.sqrt(0.9 * 0.1 / 300)
    assert exact.figure == pytest.approx(worse_of_two, abs=0.001), "the mean of the lesser of two normals"
    assert exact.low is not None
    assert exact.high is not None
    assert exact.low < 0.87 < exact.figure < exact.high < 0.93
    large = told["interval_90_worst_large_segment"]
    assert (large.figure, large.met, large.n, large.minimum) == (None, None, 0, 0.89), "no segment of 2,000"
    assert told["interval_90_worst_segment"].n == told["ece_worst_segment_over_floor"].n == CUSTOMERS // 2
    both_hold = float(binom.sf(266, 300, 0.9)) ** 2
    assert told["interval_90_worst_segment_of_exact_meets"].figure == pytest.approx(both_hold, abs=0.01)


def test_segments_of_two_thousand_are_judged_apart(tmp_path: Path) -> None:
    best = np.random.default_rng(1).beta(1, 6, 2_350)
    drop, lake = drop_and_lake(tmp_path, said=best, best=best, segments=["A"] * 2_050 + ["B"] * 300)
    told = {one.aim: one for one in evaluate_scores(lake, drop) if one.score == "churn_90d"}
    small, large = (told[f"interval_90_worst_{size}segment_of_exact"].figure for size in ("", "large_"))
    assert small < large == pytest.approx(0.9, abs=0.002), "only A is large, and one segment is no worst of many"
    assert told["interval_90_worst_large_segment_of_exact_meets"].figure > 0.9


def test_chance_meets_none(tmp_path: Path) -> None:
    rng = np.random.default_rng(2)
    best = rng.beta(0.5, 3, CUSTOMERS)
    drop, lake = drop_and_lake(tmp_path, said=rng.permutation(best), best=best)
    told = {one.aim: one.met for one in evaluate_scores(lake, drop) if one.score == "churn_90d"}
    assert told["auc"] is False
    assert told["lift_over_oracle"] is False


def test_shares_and_lifts_are_reported_with_their_interval(tmp_path: Path) -> None:
    rng = np.random.default_rng(4)
    best = rng.beta(0.5, 3, CUSTOMERS)
    said = np.where(rng.random(CUSTOMERS) < 0.9, best, 0.3 * best)
    drop, lake = drop_and_lake(tmp_path, said=said, best=best)
    told = {one.aim: one for one in evaluate_scores(lake, drop) if one.score == "churn_90d"}
    held = told["interval_90"]
    inside = round((held.figure or 0.0) * CUSTOMERS)
    assert (held.minimum, held.maximum) == (0.89, 0.91)
    assert (held.low, held.high) == pytest.approx(binomtest(inside, CUSTOMERS).proportion_ci(method="wilson"), abs=1e-9)
    lift = told["lift_over_oracle"]
    assert lift.low is not None
    assert lift.high is not None
    assert lift.low < (lift.figure or 0.0) < lift.high
    assert lift.high - lift.low > 0.02


def test_a_drop_without_truth_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DropError, match="_truth"):
        evaluate_scores(FakeLake(pa.table({}), pa.table({})), tmp_path)  # type: ignore[arg-type]
