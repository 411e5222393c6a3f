"""Evaluates the segments of a demo drop against its targets; the only reader of the ground truth."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from b2shift.differentiate.contracts import SegmentAim
from b2shift.differentiate.segments.candidates import Candidate, Outcomes
from b2shift.differentiate.segments.distinct import Floats, Integers
from b2shift.differentiate.segments.measures import variance_explained
from b2shift.differentiate.segments.outlook import HORIZONS
from b2shift.differentiate.segments.predecessor import VARIABLES
from b2shift.differentiate.segments.preset_declarations import RULES
from b2shift.differentiate.segments.representations import SCALED
from b2shift.differentiate.segments.search_loop import search
from b2shift.differentiate.segments.search_plan import SearchPlan
from b2shift.differentiate.segments.search_space import BY_RULES, COLUMNS, DENSITY, MOVED_KMEANS
from b2shift.differentiate.segments.selection import FLOOR
from b2shift.differentiate.segments.view import PREDECESSOR, View, build_view
from b2shift.identify.api import truth_rows
from b2shift.kernel.errors import InputError
from b2shift.kernel.progress import Progress
from b2shift.kernel.wilson import Z95
from b2shift.lake.api import Lake

SIZES = (22, 40, 30, 38, 36, 28, 34, 26, 32, 24)
"""k tried, in this order, as far as time allows."""
KINDS = (*((COLUMNS, algorithm) for algorithm in reversed(BY_RULES)), (SCALED, MOVED_KMEANS), (SCALED, DENSITY))
"""Fastest first: a slow one alone can exhaust the time, and nothing would be measured."""
MIN_STABILITY = {"k22": 0.85, "k40": 0.90, "rules30": 0.90}
"""Stability each target demands; the tightest that meets it is reported, else the most stable."""
JACKKNIFE_PARTS = 50
"""Parts of the customers, each left out once, for the interval of a difference."""
_SEGMENTS = """
    SELECT customer_id, segment_id, f.market_segment FROM segments JOIN features f USING (customer_id)
    ORDER BY customer_id
"""
_OUTLOOK = """
    SELECT horizon_days, log_loss, matrix_log_loss, staying_log_loss, customers FROM segment_outlook_cards
    WHERE log_loss IS NOT NULL ORDER BY horizon_days
"""


def evaluate(
    lake: Lake, drop: Path, *, refits: int, seconds: float, seed: int, progress: Progress
) -> tuple[SegmentAim, ...]:
    """All targets with values: of the default segmentation, and of the search on the predecessor's table."""
    aims = (*_outcome_aims(lake, drop), *_outlook_aims(lake))
    candidates = search_predecessor(
        _predecessor_view(lake), refits=refits, seconds=seconds, seed=seed, progress=progress
    )
    return (*aims, *shape_aims(candidates))


def _outlook_aims(lake: Lake) -> list[SegmentAim]:
    """Log-loss of the 30 and 90 day outlook against the transition matrix and persistence."""
    found = lake.query(_OUTLOOK).to_pylist() if lake.has("segment_outlook_cards") else []
    cards = {card["horizon_days"]: card for card in found}
    return [
        SegmentAim(
            name=f"outlook_{days}d", value=card["log_loss"], aim=(aim := _best_baseline(card)),
            met=card["log_loss"] < aim, rows=card["customers"],
        ) if (card := cards.get(days)) else _unmeasured(f"outlook_{days}d", None)
        for days in HORIZONS
    ]  # fmt: skip


def _best_baseline(card: Mapping[str, float]) -> float:
    return min(card["matrix_log_loss"], card["staying_log_loss"])


def _outcome_aims(lake: Lake, drop: Path) -> list[SegmentAim]:
    """Between-segment variance of the next 90 days' outcomes, adjusted for the number of segments."""
    table = lake.query(_SEGMENTS).to_pydict()
    keys, segment, market = table["customer_id"], _codes(table["segment_id"]), _codes(table["market_segment"])
    at_risk, churned = _next_churn(drop, keys)
    bought = _next_purchases(drop, keys)
    aims = []
    for name, outcome, mask in (("churn_90d", churned, at_risk), ("expansion_90d", bought, np.ones(len(keys), bool))):
        arrays = outcome[mask], segment[mask], market[mask]
        segments, market_part = (_adjusted_r2(arrays[0], labels) for labels in arrays[1:])
        low, high = _lead_interval(*arrays)
        aims.append(
            SegmentAim(
                name=name,
                value=segments,
                aim=market_part,
                ahead_low=low,
                ahead_high=high,
                met=segments > market_part,
                rows=int(mask.sum()),
            )
        )
    return aims


def _lead_interval(outcome: Floats, ours: Integers, theirs: Integers) -> tuple[float | None, float | None]:
    """95 % jackknife interval of the difference in explained variance of two groupings.

    A bootstrap would favour the grouping with more segments.
    """
    if len(outcome) < 2 * JACKKNIFE_PARTS:
        return None, None
    fold = np.random.default_rng(1).permutation(len(outcome)) % JACKKNIFE_PARTS
    leave_one_out = np.array([
        _adjusted_r2(outcome[rows], ours[rows]) - _adjusted_r2(outcome[rows], theirs[rows])
        for rows in (fold != left_out for left_out in range(JACKKNIFE_PARTS))
    ])  # fmt: skip
    half_width = Z95 * float(
        np.sqrt((JACKKNIFE_PARTS - 1) / JACKKNIFE_PARTS * ((leave_one_out - leave_one_out.mean()) ** 2).sum())
    )
    estimate = _adjusted_r2(outcome, ours) - _adjusted_r2(outcome, theirs)
    return estimate - half_width, estimate + half_width


def shape_aims(candidates: Sequence[Candidate]) -> list[SegmentAim]:
    """Targets on the one-hot table; no value where there was no time for such k."""
    rules = [candidate for candidate in candidates if candidate.algorithm == RULES and candidate.k <= 30]
    aims = []
    for name, eligible, silhouette in (
        ("k22", [one for one in candidates if one.k == 22], 0.255), ("k40", candidates, 0.27),
        ("rules30", rules, 0.235),
    ):  # fmt: skip
        candidate = _best(eligible, MIN_STABILITY[name], silhouette) if eligible else None
        aims.append(_aim(f"{name}_silhouette", candidate, candidate.silhouette if candidate else None, silhouette))
        aims.append(
            _aim(f"{name}_stability", candidate, candidate.stability if candidate else None, MIN_STABILITY[name])
        )
        if name == "k22":
            aims.append(_aim("k22_null_excess", candidate, candidate.null_excess if candidate else None, 0.10))
    return aims


def _best(eligible: Sequence[Candidate], min_stability: float, min_silhouette: float) -> Candidate:
    """The most stable that is tight enough, else the tightest that is stable enough, else the most stable."""
    stable = [candidate for candidate in eligible if (candidate.stability or 0.0) >= min_stability]
    stable_and_tight = [candidate for candidate in stable if candidate.silhouette >= min_silhouette]
    if stable and not stable_and_tight:
        return max(stable, key=lambda candidate: candidate.silhouette)
    return max(stable_and_tight or eligible, key=lambda candidate: candidate.stability or 0.0)


def _aim(name: str, candidate: Candidate | None, value: float | None, aim: float) -> SegmentAim:
    if candidate is None or value is None:
        return _unmeasured(name, aim)
    return SegmentAim(name=name, value=value, aim=aim, met=value >= aim, rows=len(candidate.labels))


def _unmeasured(name: str, aim: float | None) -> SegmentAim:
    return SegmentAim(name=name, value=None, aim=aim, met=None, rows=0)


def search_predecessor(view: View, *, refits: int, seconds: float, seed: int, progress: Progress) -> list[Candidate]:
    """Measured candidates of the target sizes and kinds, within about `seconds`."""
    if view.count < 2 * max(SIZES):
        return []
    plan = SearchPlan(sizes=SIZES, kinds=KINDS, refits=refits, seconds=seconds, in_order=True)
    return search(
        view, Outcomes(), plan, floor=FLOOR, seed=seed,
        report=lambda spent, note: progress("Avaliar segmentos", min(spent, seconds), seconds, note),
    ).measured  # fmt: skip


def _predecessor_view(lake: Lake) -> View:
    names = [name for variable in VARIABLES for name in variable]
    table = lake.query(f"SELECT {', '.join(names)} FROM features_b2shift37 ORDER BY customer_id")
    columns = {name: table.column(name).to_numpy(zero_copy_only=False).astype(float) for name in names}
    return build_view(PREDECESSOR, [(parts, np.column_stack([columns[name] for name in parts])) for parts in VARIABLES])


def _adjusted_r2(values: Floats, labels: Integers) -> float:
    """Adjusted R²: 0 on average for random segments."""
    share, k = variance_explained(values, labels), len(np.unique(labels))
    return 0.0 if share is None or k >= len(values) else 1 - (1 - share) * (len(values) - 1) / (len(values) - k)


def _next_churn(drop: Path, keys: Sequence[str]) -> tuple["np.ndarray[tuple[int], np.dtype[np.bool_]]", Floats]:
    """Who had not left by the drop's date, and 1 for who leaves in the 90 days after."""
    found = {row["cliente"].strip().upper(): row for row in _truth(drop, "customers")}
    at_risk = np.array([found.get(key, {}).get("already_cancelled", "").lower() == "false" for key in keys])
    churned = np.array([float(found.get(key, {}).get("cancels_next_90d", "").lower() == "true") for key in keys])
    return at_risk, churned


def _next_purchases(drop: Path, keys: Sequence[str]) -> Floats:
    """1 for who buys in the 90 days after the drop's date."""
    buyers = {
        row["cliente"].strip().upper() for row in _truth(drop, "propensity") if row["buys_next_90d"].lower() == "true"
    }
    return np.array([float(key in buyers) for key in keys])


def _truth(drop: Path, name: str) -> list[dict[str, str]]:
    path = drop / "_truth" / f"{name}.csv"
    if not path.is_file():
        raise InputError("A entrega não traz a verdade", value=path, hint="Só entregas de demonstração a trazem")
    return truth_rows(drop, name)


def _codes(values: Sequence[str | None]) -> Integers:
    return np.unique([value or "" for value in values], return_inverse=True)[1].reshape(-1)
