"""Evaluates scores against the ground truth of a demo drop; never part of a run."""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TypeAlias

import numpy as np

from b2shift.differentiate.contracts import ScoreAim
from b2shift.differentiate.scores.frame import Flags, Floats, Words
from b2shift.differentiate.scores.measures import auc, ece, ece_floor, lift_top_decile
from b2shift.differentiate.scores.stored_models.family_model import column_of
from b2shift.identify.api import truth_rows
from b2shift.kernel.errors import DropError
from b2shift.kernel.wilson import wilson
from b2shift.lake.api import Lake

NEAR_TRUTH, NEAR_FLOOR, LIFT, COVER, COVER_WORST = 0.04, 0.005, 0.8, (0.89, 0.91), 0.89
Wanted: TypeAlias = "tuple[float | None, float | None]"
"""Lower and upper bound."""
_LARGE = 200
"""Customers of a market segment from which it is judged alone."""
_LARGE_ENOUGH = 2_000
"""Customers from which a segment's coverage is precise to a point."""
_DRAWS, _EXACT_DRAWS = 300, 20_000


def evaluate_scores(lake: Lake, drop: Path) -> tuple[ScoreAim, ...]:
    """All targets with values; DropError when the drop has no truth."""
    if not (drop / "_truth" / "customers.csv").is_file():
        raise DropError("A entrega não traz a verdade (_truth)", value=drop, hint="Use uma entrega de b2shift demo")
    scores = {row["customer_id"]: row for row in lake.query("SELECT * FROM scores").to_pylist()}
    return (*_churn(scores, _segments(lake), drop), *_purchases(scores, drop))


def _churn(scores: dict[str, dict[str, object]], segments: dict[str, str], drop: Path) -> Iterator[ScoreAim]:
    truth = {row["cliente"]: row for row in truth_rows(drop, "customers") if row["already_cancelled"] == "false"}
    customers = [name for name in scores if name in truth and scores[name]["churn_90d"] is not None]
    if not customers:
        yield ScoreAim(score="churn_90d", aim="scored", figure=None, met=False, n=len(truth))
        return
    predicted, low, high = (_numbers(scores, customers, f"churn_90d{end}") for end in ("", "_low", "_high"))
    target = np.array([float(truth[name]["cancels_next_90d"] == "true") for name in customers])
    oracle = np.array([float(truth[name]["churn_probability_90d"]) for name in customers])
    yield from _ranking_aims("churn_90d", target, predicted, oracle)
    yield from _calibration_aims("churn_90d", target, predicted, oracle)
    group = np.array([segments.get(name, "") for name in customers], dtype=object)
    large = [group == one for one in np.unique(group) if (group == one).sum() >= _LARGE]
    floors = [
        (ece(target[members], predicted[members]) / ece_floor(oracle[members], 1), int(members.sum()))
        for members in large
    ]
    times, n = max(floors, default=(None, 0))
    yield _aim("churn_90d", "ece_worst_segment_over_floor", times, (None, 2), n)
    yield _aim("churn_90d", "lift_over_oracle", _lift_over_oracle(target, predicted, oracle), (LIFT, None),
               len(customers), _interval(_lift_over_oracle, target, predicted, oracle))  # fmt: skip
    inside: Flags = (low <= oracle) & (oracle <= high)
    yield _coverage_aim("interval_90", inside, COVER)
    for least, name in ((_LARGE, "worst_segment"), (_LARGE_ENOUGH, "worst_large_segment")):
        judged = [inside[members] for members in large if members.sum() >= least]
        yield _coverage_aim(f"interval_90_{name}", min(judged, key=np.mean, default=inside[:0]), (COVER_WORST, None))
        if judged:
            yield from _worst_by_chance(f"interval_90_{name}", [len(members) for members in judged], len(customers))


def _coverage_aim(aim: str, inside: Flags, target_range: Wanted) -> ScoreAim:
    """Coverage of the true probability with its Wilson 95 % interval."""
    if not len(inside):
        return _aim("churn_90d", aim, None, target_range, 0)
    return _aim(
        "churn_90d", aim, float(inside.mean()), target_range, len(inside), wilson(int(inside.sum()), len(inside))
    )


def _lift_over_oracle(target: Floats, predicted: Floats, oracle: Floats) -> float | None:
    lift, of_best = lift_top_decile(target, predicted), lift_top_decile(target, oracle)
    return lift / of_best if lift is not None and of_best else None


def _worst_by_chance(aim: str, sizes: Sequence[int], n: int) -> Iterator[ScoreAim]:
    """The worst of segments of these sizes under exact 90 % coverage: mean, 95 % range, pass rate."""
    drawn = np.random.default_rng(1).binomial(sizes, 0.9, (_EXACT_DRAWS, len(sizes))) / np.array(sizes)
    worst = drawn.min(axis=1)
    low, high = np.quantile(worst, [0.025, 0.975])
    figures = {"": (float(worst.mean()), low, high), "_meets": (float((worst >= COVER_WORST).mean()), None, None)}
    for end, (figure, lowest, highest) in figures.items():
        exact = f"{aim}_of_exact{end}"
        yield ScoreAim(score="churn_90d", aim=exact, figure=figure, low=lowest, high=highest, met=None, n=n)


def _purchases(scores: dict[str, dict[str, object]], drop: Path) -> Iterator[ScoreAim]:
    pairs = [
        (float(str(predicted)), row)
        for row in truth_rows(drop, "propensity")
        if row["owned"] == "false"
        and (predicted := scores.get(row["cliente"], {}).get(column_of(row["family"]))) is not None
    ]
    if not pairs:
        yield ScoreAim(score="propensity", aim="scored", figure=None, met=False, n=0)
        return
    predicted = np.array([value for value, _ in pairs])
    target = np.array([float(row["buys_next_90d"] == "true") for _, row in pairs])
    oracle = np.array([float(row["propensity_90d"]) for _, row in pairs])
    yield from _ranking_aims("propensity", target, predicted, oracle)
    yield from _calibration_aims("propensity", target, predicted, oracle)


def _ranking_aims(score: str, target: Floats, predicted: Floats, oracle: Floats) -> Iterator[ScoreAim]:
    reached, ideal = auc(target, predicted), auc(target, oracle)
    if reached is None or ideal is None:
        return
    yield _aim(score, "auc", reached, (ideal - NEAR_TRUTH, None), len(target), _interval(auc, target, predicted))
    yield ScoreAim(score=score, aim="auc_of_truth", figure=ideal, met=None, n=len(target))


def _calibration_aims(score: str, target: Floats, predicted: Floats, oracle: Floats) -> Iterator[ScoreAim]:
    error, target_range = ece(target, predicted), ece_floor(oracle, 1) + NEAR_FLOOR
    yield _aim(score, "ece", error, (None, target_range), len(target), _interval(ece, target, predicted))
    for aim, mean in (("predicted_rate", predicted.mean()), ("observed_rate", target.mean())):
        yield ScoreAim(score=score, aim=aim, figure=float(mean), met=None, n=len(target))


def _aim(
    score: str, aim: str, figure: float | None, target_range: Wanted, n: int, between: Wanted = (None, None)
) -> ScoreAim:
    """Value, 95 % interval and whether the target is met; undecided without a value."""
    minimum, maximum = target_range
    met = None if figure is None else (minimum is None or figure >= minimum) and (maximum is None or figure <= maximum)
    low, high = between
    return ScoreAim(
        score=score, aim=aim, figure=figure, low=low, high=high, minimum=minimum, maximum=maximum, met=met, n=n
    )


def _interval(measure: Callable[..., float | None], target: Floats, *predicted: Floats) -> Wanted:
    """Bootstrap 95 % interval over customers."""
    rng = np.random.default_rng(1)
    draws = [rng.integers(0, len(target), len(target)) for _ in range(_DRAWS)]
    found = [value for rows in draws if (value := measure(target[rows], *(one[rows] for one in predicted))) is not None]
    if not found:
        return None, None
    low, high = np.quantile(found, [0.025, 0.975])
    return float(low), float(high)


def _segments(lake: Lake) -> dict[str, str]:
    rows = lake.query("SELECT customer_id, market_segment FROM features").to_pylist()
    return {row["customer_id"]: row["market_segment"] or "" for row in rows}


def _numbers(scores: dict[str, dict[str, object]], names: list[str], column: str) -> Floats:
    rows: Words = np.array([scores[name][column] for name in names], dtype=object)
    return rows.astype(np.float64)
