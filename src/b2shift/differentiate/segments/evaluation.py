"""What the segments of a demo drop reach against what is promised; the truth is read here and never in a run."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from b2shift.differentiate.contracts import SegmentAim
from b2shift.differentiate.segments.candidates import Candidate, Outcomes
from b2shift.differentiate.segments.choice import FLOOR
from b2shift.differentiate.segments.distinct import Floats, Integers
from b2shift.differentiate.segments.exploration import Plan, explore
from b2shift.differentiate.segments.measures import explained
from b2shift.differentiate.segments.outlook import HORIZONS
from b2shift.differentiate.segments.predecessor import VARIABLES
from b2shift.differentiate.segments.representations import SCALED
from b2shift.differentiate.segments.trials import BY_RULES, COLUMNS, DENSITY, MOVED_KMEANS, RULES
from b2shift.differentiate.segments.view import PREDECESSOR, View, view_of
from b2shift.identify.api import truth_rows
from b2shift.kernel.errors import InputError
from b2shift.kernel.progress import Progress
from b2shift.kernel.wilson import Z95
from b2shift.lake.api import Lake

SIZES = (22, 40, 30, 38, 36, 28, 34, 26, 32, 24)
"""Numbers of segments looked at, in this order, as far as the time goes."""
KINDS = (*((COLUMNS, algorithm) for algorithm in reversed(BY_RULES)), (SCALED, MOVED_KMEANS), (SCALED, DENSITY))
"""The quickest first: a slow one alone can outlast the time, and then nothing is measured at all."""
STEADY = {"k22": 0.85, "k40": 0.90, "rules30": 0.90}
"""The stability each aim demands; the tightest that meets it is told, the steadiest where none does."""
PARTS = 50
"""Parts of the customers of which each is left out once, to tell how far a difference would vary."""
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
    """Every aim with what is reached: of the default segmentation, and of the search on the predecessor's table."""
    told = (*_useful(lake, drop), *_foretold(lake))
    found = searched(_predecessor_view(lake), refits=refits, seconds=seconds, seed=seed, progress=progress)
    return (*told, *shapely(found))


def _foretold(lake: Lake) -> list[SegmentAim]:
    """Log-loss of the segment 30 and 90 days ahead on the newest days, under that of the matrix and of staying."""
    told = lake.query(_OUTLOOK).to_pylist() if lake.has("segment_outlook_cards") else []
    cards = {card["horizon_days"]: card for card in told}
    return [
        SegmentAim(
            name=f"outlook_{days}d", value=card["log_loss"], aim=(aim := _easier(card)),
            met=card["log_loss"] < aim, rows=card["customers"],
        ) if (card := cards.get(days)) else _unmeasured(f"outlook_{days}d", None)
        for days in HORIZONS
    ]  # fmt: skip


def _easier(card: Mapping[str, float]) -> float:
    return min(card["matrix_log_loss"], card["staying_log_loss"])


def _useful(lake: Lake, drop: Path) -> list[SegmentAim]:
    """Variance of what happens in the next 90 days that lies between segments, less what chance gives as many."""
    told = lake.query(_SEGMENTS).to_pydict()
    keys, segment, market = told["customer_id"], _codes(told["segment_id"]), _codes(told["market_segment"])
    here, left = _next_churn(drop, keys)
    bought = _next_purchases(drop, keys)
    aims = []
    for name, happened, rows in (("churn_90d", left, here), ("expansion_90d", bought, np.ones(len(keys), bool))):
        compared = happened[rows], segment[rows], market[rows]
        ours, theirs = (_beyond_chance(compared[0], labels) for labels in compared[1:])
        low, high = _ahead(*compared)
        aims.append(
            SegmentAim(
                name=name,
                value=ours,
                aim=theirs,
                ahead_low=low,
                ahead_high=high,
                met=ours > theirs,
                rows=int(rows.sum()),
            )
        )
    return aims


def _ahead(happened: Floats, ours: Integers, theirs: Integers) -> tuple[float | None, float | None]:
    """95 % interval of what one grouping explains more than another, by a jackknife of parts of the customers.

    Drawing customers with repetition would flatter the grouping into more segments.
    """
    if len(happened) < 2 * PARTS:
        return None, None
    part = np.random.default_rng(1).permutation(len(happened)) % PARTS
    without = np.array([
        _beyond_chance(happened[rows], ours[rows]) - _beyond_chance(happened[rows], theirs[rows])
        for rows in (part != left_out for left_out in range(PARTS))
    ])  # fmt: skip
    reach = Z95 * float(np.sqrt((PARTS - 1) / PARTS * ((without - without.mean()) ** 2).sum()))
    middle = _beyond_chance(happened, ours) - _beyond_chance(happened, theirs)
    return middle - reach, middle + reach


def shapely(found: Sequence[Candidate]) -> list[SegmentAim]:
    """The aims on the one-hot table; without a figure where there was no time to measure such sizes."""
    rules = [one for one in found if one.algorithm == RULES and one.k <= 30]
    aims = []
    for name, among, silhouette in (
        ("k22", [one for one in found if one.k == 22], 0.255), ("k40", found, 0.27), ("rules30", rules, 0.235),
    ):  # fmt: skip
        one = _told(among, STEADY[name], silhouette) if among else None
        aims.append(_aim(f"{name}_silhouette", one, one.silhouette if one else None, silhouette))
        aims.append(_aim(f"{name}_stability", one, one.stability if one else None, STEADY[name]))
        if name == "k22":
            aims.append(_aim("k22_null_excess", one, one.null_excess if one else None, 0.10))
    return aims


def _told(among: Sequence[Candidate], steady: float, tight: float) -> Candidate:
    """The steadiest that is tight enough, else the tightest that is steady enough, else the steadiest."""
    held = [one for one in among if (one.stability or 0.0) >= steady]
    both = [one for one in held if one.silhouette >= tight]
    if held and not both:
        return max(held, key=lambda one: one.silhouette)
    return max(both or among, key=lambda one: one.stability or 0.0)


def _aim(name: str, one: Candidate | None, value: float | None, aim: float) -> SegmentAim:
    if one is None or value is None:
        return _unmeasured(name, aim)
    return SegmentAim(name=name, value=value, aim=aim, met=value >= aim, rows=len(one.labels))


def _unmeasured(name: str, aim: float | None) -> SegmentAim:
    return SegmentAim(name=name, value=None, aim=aim, met=None, rows=0)


def searched(view: View, *, refits: int, seconds: float, seed: int, progress: Progress) -> list[Candidate]:
    """What was measured of the sizes and kinds the aims are about, within about so many seconds."""
    if view.count < 2 * max(SIZES):
        return []
    plan = Plan(sizes=SIZES, kinds=KINDS, refits=refits, seconds=seconds, in_order=True)
    return explore(
        view, Outcomes(), plan, floor=FLOOR, seed=seed,
        tell=lambda spent, note: progress("Avaliar segmentos", min(spent, seconds), seconds, note),
    ).measured  # fmt: skip


def _predecessor_view(lake: Lake) -> View:
    names = [name for variable in VARIABLES for name in variable]
    table = lake.query(f"SELECT {', '.join(names)} FROM features_b2shift37 ORDER BY customer_id")
    columns = {name: table.column(name).to_numpy(zero_copy_only=False).astype(float) for name in names}
    return view_of(PREDECESSOR, [(parts, np.column_stack([columns[name] for name in parts])) for parts in VARIABLES])


def _beyond_chance(values: Floats, labels: Integers) -> float:
    """Adjusted R²: as many segments drawn by lot have 0 on average."""
    share, k = explained(values, labels), len(np.unique(labels))
    return 0.0 if share is None or k >= len(values) else 1 - (1 - share) * (len(values) - 1) / (len(values) - k)


def _next_churn(drop: Path, keys: Sequence[str]) -> tuple["np.ndarray[tuple[int], np.dtype[np.bool_]]", Floats]:
    """Who had not left by the day of the drop, and 1 for who leaves in the 90 days after."""
    told = {row["cliente"].strip().upper(): row for row in _truth(drop, "customers")}
    here = np.array([told.get(key, {}).get("already_cancelled", "").lower() == "false" for key in keys])
    left = np.array([float(told.get(key, {}).get("cancels_next_90d", "").lower() == "true") for key in keys])
    return here, left


def _next_purchases(drop: Path, keys: Sequence[str]) -> Floats:
    """1 for who buys in the 90 days after the day of the drop."""
    buyers = {
        row["cliente"].strip().upper() for row in _truth(drop, "propensity") if row["buys_next_90d"].lower() == "true"
    }
    return np.array([float(key in buyers) for key in keys])


def _truth(drop: Path, name: str) -> list[dict[str, str]]:
    place = drop / "_truth" / f"{name}.csv"
    if not place.is_file():
        raise InputError("A entrega não traz a verdade", value=place, hint="Só entregas de demonstração a trazem")
    return truth_rows(drop, name)


def _codes(values: Sequence[str | None]) -> Integers:
    return np.unique([value or "" for value in values], return_inverse=True)[1].reshape(-1)
