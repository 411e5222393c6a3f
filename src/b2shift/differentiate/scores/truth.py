"""The scores of a lake held against the truth of a demo drop; never part of a run."""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TypeAlias

import numpy as np

from b2shift.differentiate.contracts import ScoreAim
from b2shift.differentiate.scores.frame import Flags, Floats, Words
from b2shift.differentiate.scores.kept.pairs import column_of
from b2shift.differentiate.scores.measures import auc, ece, ece_floor, lift_top_decile
from b2shift.identify.api import truth_rows
from b2shift.kernel.errors import DropError
from b2shift.kernel.wilson import wilson
from b2shift.lake.api import Lake

NEAR_TRUTH, NEAR_FLOOR, LIFT, COVER, COVER_WORST = 0.04, 0.005, 0.8, (0.89, 0.91), 0.89
Wanted: TypeAlias = "tuple[float | None, float | None]"
"""Least and most."""
_LARGE = 200
"""Customers of a market segment from which it is judged alone."""
_BORNE = 2_000
"""Customers from which a segment's share can bear a point: there an exact interval mostly meets the aim."""
_DRAWS, _EXACT_DRAWS = 300, 20_000


def evaluate_scores(lake: Lake, drop: Path) -> tuple[ScoreAim, ...]:
    """Every aim of the scores with the figure reached; raises DropError when the drop has no truth."""
    if not (drop / "_truth" / "customers.csv").is_file():
        raise DropError("A entrega não traz a verdade (_truth)", value=drop, hint="Use uma entrega de b2shift demo")
    scores = {row["customer_id"]: row for row in lake.query("SELECT * FROM scores").to_pylist()}
    return (*_churn(scores, _segments(lake), drop), *_purchases(scores, drop))


def _churn(scores: dict[str, dict[str, object]], segments: dict[str, str], drop: Path) -> Iterator[ScoreAim]:
    truth = {row["cliente"]: row for row in truth_rows(drop, "customers") if row["already_cancelled"] == "false"}
    both = [name for name in scores if name in truth and scores[name]["churn_90d"] is not None]
    if not both:
        yield ScoreAim(score="churn_90d", aim="scored", figure=None, wanted="utilizável", met=False, n=len(truth))
        return
    said, low, high = (_numbers(scores, both, f"churn_90d{end}") for end in ("", "_low", "_high"))
    came = np.array([float(truth[name]["cancels_next_90d"] == "true") for name in both])
    best = np.array([float(truth[name]["churn_probability_90d"]) for name in both])
    yield from _ranked("churn_90d", came, said, best)
    yield from _calibrated("churn_90d", came, said, best)
    group = np.array([segments.get(name, "") for name in both], dtype=object)
    large = [group == one for one in np.unique(group) if (group == one).sum() >= _LARGE]
    floors = [(ece(came[mine], said[mine]) / ece_floor(best[mine], 1), int(mine.sum())) for mine in large]
    times, n = max(floors, default=(None, 0))
    yield _aim("churn_90d", "ece_worst_segment_over_floor", times, (None, 2), n)
    yield _aim("churn_90d", "lift_over_oracle", _over_oracle(came, said, best), (LIFT, None), len(both),
               _interval(_over_oracle, came, said, best))  # fmt: skip
    inside: Flags = (low <= best) & (best <= high)
    yield _held("interval_90", inside, COVER)
    for least, name in ((_LARGE, "worst_segment"), (_BORNE, "worst_large_segment")):
        judged = [inside[mine] for mine in large if mine.sum() >= least]
        yield _held(f"interval_90_{name}", min(judged, key=np.mean, default=inside[:0]), (COVER_WORST, None))
        if judged:
            yield from _exact_worst(f"interval_90_{name}", [len(mine) for mine in judged], len(both))


def _held(aim: str, inside: Flags, wanted: Wanted) -> ScoreAim:
    """How often intervals hold the true probability, with the 95 % interval of Wilson; no figure of nobody."""
    if not len(inside):
        return _aim("churn_90d", aim, None, wanted, 0)
    return _aim("churn_90d", aim, float(inside.mean()), wanted, len(inside), wilson(int(inside.sum()), len(inside)))


def _over_oracle(came: Floats, said: Floats, best: Floats) -> float | None:
    lift, of_best = lift_top_decile(came, said), lift_top_decile(came, best)
    return lift / of_best if lift is not None and of_best else None


def _exact_worst(aim: str, sizes: Sequence[int], n: int) -> Iterator[ScoreAim]:
    """The worst of segments of these sizes when each holds exactly 90 %: mean, 95 % of draws, how often it is met."""
    drawn = np.random.default_rng(1).binomial(sizes, 0.9, (_EXACT_DRAWS, len(sizes))) / np.array(sizes)
    worst = drawn.min(axis=1)
    low, high = np.quantile(worst, [0.025, 0.975])
    figures = {"": (float(worst.mean()), low, high), "_meets": (float((worst >= COVER_WORST).mean()), None, None)}
    for end, (figure, lowest, highest) in figures.items():
        yield ScoreAim(
            score="churn_90d", aim=f"{aim}_of_exact{end}", figure=figure, low=lowest, high=highest, wanted=None,
            met=None, n=n,
        )  # fmt: skip


def _purchases(scores: dict[str, dict[str, object]], drop: Path) -> Iterator[ScoreAim]:
    pairs = [
        (float(str(said)), row)
        for row in truth_rows(drop, "propensity")
        if row["owned"] == "false"
        and (said := scores.get(row["cliente"], {}).get(column_of(row["family"]))) is not None
    ]
    if not pairs:
        yield ScoreAim(score="propensity", aim="scored", figure=None, wanted="utilizável", met=False, n=0)
        return
    said = np.array([value for value, _ in pairs])
    came = np.array([float(row["buys_next_90d"] == "true") for _, row in pairs])
    best = np.array([float(row["propensity_90d"]) for _, row in pairs])
    yield from _ranked("propensity", came, said, best)
    yield from _calibrated("propensity", came, said, best)


def _ranked(score: str, came: Floats, said: Floats, best: Floats) -> Iterator[ScoreAim]:
    mine, ideal = auc(came, said), auc(came, best)
    if mine is None or ideal is None:
        return
    yield _aim(score, "auc", mine, (ideal - NEAR_TRUTH, None), len(came), _interval(auc, came, said))
    yield ScoreAim(score=score, aim="auc_of_truth", figure=ideal, wanted=None, met=None, n=len(came))


def _calibrated(score: str, came: Floats, said: Floats, best: Floats) -> Iterator[ScoreAim]:
    error, wanted = ece(came, said), ece_floor(best, 1) + NEAR_FLOOR
    yield _aim(score, "ece", error, (None, wanted), len(came), _interval(ece, came, said))
    for aim, mean in (("said", said.mean()), ("came_true", came.mean())):
        yield ScoreAim(score=score, aim=aim, figure=float(mean), wanted=None, met=None, n=len(came))


def _aim(
    score: str, aim: str, figure: float | None, wanted: Wanted, n: int, between: Wanted = (None, None)
) -> ScoreAim:
    """What is reached, with its 95 % interval, and whether it is within what is wanted; no figure, no judgement."""
    least, most = wanted
    met = None if figure is None else (least is None or figure >= least) and (most is None or figure <= most)
    told = " e ".join(f"{sign} {end:.4g}" for sign, end in ((">=", least), ("<=", most)) if end is not None)
    return ScoreAim(score=score, aim=aim, figure=figure, low=between[0], high=between[1], wanted=told, met=met, n=n)


def _interval(measure: Callable[..., float | None], came: Floats, *said: Floats) -> Wanted:
    """95 % of the measure over drawn customers."""
    rng = np.random.default_rng(1)
    draws = [rng.integers(0, len(came), len(came)) for _ in range(_DRAWS)]
    found = [value for rows in draws if (value := measure(came[rows], *(one[rows] for one in said))) is not None]
    if not found:
        return None, None
    low, high = np.quantile(found, [0.025, 0.975])
    return float(low), float(high)


def _segments(lake: Lake) -> dict[str, str]:
    told = lake.query("SELECT customer_id, market_segment FROM features").to_pylist()
    return {row["customer_id"]: row["market_segment"] or "" for row in told}


def _numbers(scores: dict[str, dict[str, object]], names: list[str], column: str) -> Floats:
    told: Words = np.array([scores[name][column] for name in names], dtype=object)
    return told.astype(np.float64)
