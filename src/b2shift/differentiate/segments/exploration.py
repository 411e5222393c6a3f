"""The budgeted search: half the time finds candidates, the other half tells which of them hold.

Whoever interrupts, or runs out of time, keeps what has been measured so far.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from sklearn.metrics import adjusted_rand_score

from b2shift.differentiate.segments import measures
from b2shift.differentiate.segments.candidates import KEPT_SHARE, Candidate, explainability
from b2shift.differentiate.segments.choice import STEADY, dominates
from b2shift.differentiate.segments.distinct import Floats, Integers
from b2shift.differentiate.segments.measures import explained
from b2shift.differentiate.segments.trials import Searched, Trial
from b2shift.differentiate.segments.view import View

SIZES = (10, 22, 6, 30, 14, 40, 8, 18, 12, 26, 35, 4, 3, 2)
"""Numbers of segments tried, in this order."""
REFITS = 4
"""Random parts of the rows, KEPT_SHARE each, on which a candidate is searched again."""
FINDING = 0.45
"""Share of the time that goes into finding candidates; the rest measures how they hold."""
CRITERIA = ("silhouette", "null_excess", "stability", "explainability", "mrr_explained", "k")
"""What the front is about; more of each is better."""

Tell = Callable[[float, str], None]
"""Told the seconds spent and what is being done."""


@dataclass
class Exploration:
    """What was found: candidates by trial; those with a stability are measured whole."""

    found: dict[Trial, Candidate] = field(default_factory=dict)
    measured: list[Candidate] = field(default_factory=list)
    trials: int = 0
    interrupted: bool = False

    @property
    def front(self) -> list[Candidate]:
        """The measured candidates that none other beats in everything."""
        return [one for one in self.measured if not any(dominates(other, one, CRITERIA) for other in self.measured)]


def explore(view: View, money: Floats | None, *, floor: float, seconds: float, seed: int, tell: Tell) -> Exploration:
    """Search the view for about so many seconds; `money` (a figure per row) adds how much of it segments explain."""
    started = time.perf_counter()
    found = Exploration()
    try:
        searched = Searched(view, floor, seed)
        trials = searched.trials(SIZES)
        found.trials = len(trials)
        for trial in trials:
            spent = time.perf_counter() - started
            if spent > FINDING * seconds and found.found:
                break
            tell(spent, f"{trial.algorithm} {trial.representation} {trial.k}")
            candidate = _candidate(searched, trial, money)
            if candidate is not None:
                found.found[trial] = candidate
        _measure(searched, found, seconds, started, tell)
    except KeyboardInterrupt:
        found.interrupted = True
    return found


def _candidate(searched: Searched, trial: Trial, money: Floats | None) -> Candidate | None:
    """None where the floor leaves one segment only."""
    started = time.perf_counter()
    view, of_rows = searched.view, searched.labels(trial)
    seconds = time.perf_counter() - started
    labels = of_rows[view.distinct.owner]
    k = int(of_rows.max()) + 1
    smallest = float(view.distinct.shares(of_rows, k).min())
    if k < 2 or smallest < searched.floor - 1e-12:
        return None
    return Candidate(
        view=trial.representation,
        algorithm=trial.algorithm,
        labels=labels,
        silhouette=measures.silhouette(view.points, of_rows, seed=searched.seed),
        davies_bouldin=measures.davies_bouldin(view.points, of_rows),
        calinski_harabasz=measures.calinski_harabasz(view.points, of_rows),
        null_silhouette=None,
        stability=None,
        smallest_share=smallest,
        noise_share=0.0,
        explainability=explainability(view, labels, searched.seed, leaves=2 * k),
        churn_explained=None,
        mrr_explained=None if money is None else explained(money, labels),
        seconds=seconds,
    )


def _measure(searched: Searched, found: Exploration, seconds: float, started: float, tell: Tell) -> None:
    """Stability and null of the most promising, as many as the time allows, one at least."""
    view, seed = searched.view, searched.seed
    rows = [_part(len(view.matrix), seed, refit) for refit in range(REFITS)]
    parts = [Searched(view.of(part), searched.floor, seed) for part in rows]
    null = Searched(view.shuffled(np.random.default_rng(seed)), searched.floor, seed)
    for trial in _promising(found.found):
        candidate = found.found[trial]
        spent = time.perf_counter() - started
        if found.measured and spent + REFITS * candidate.seconds > seconds:
            continue
        tell(spent, f"{trial.algorithm} {candidate.k}: estabilidade")
        agreed = [
            float(adjusted_rand_score(candidate.labels[chosen], part.labels(trial)[part.view.distinct.owner]))
            for chosen, part in zip(rows, parts, strict=True)
        ]
        by_chance = measures.silhouette(null.view.points, null.labels(trial), seed=seed)
        found.measured.append(replace(candidate, stability=float(np.mean(agreed)), null_silhouette=by_chance))
        found.measured = _against_chance(found.measured)


def _against_chance(measured: list[Candidate]) -> list[Candidate]:
    """Each held against the best that any algorithm finds by chance with as many segments."""
    best: dict[int, float] = {}
    for one in measured:
        best[one.k] = max(best.get(one.k, -1.0), one.null_silhouette or 0.0)
    return [replace(one, null_silhouette=best[one.k]) for one in measured]


def _promising(found: dict[Trial, Candidate]) -> list[Trial]:
    """Those that no other beats before their stability is known, then the rest; the best silhouettes first."""
    known = ("silhouette", "explainability", "mrr_explained", "k")
    ranked = sorted(found, key=lambda trial: -found[trial].silhouette)
    unbeaten = [one for one in ranked if not any(dominates(found[other], found[one], known) for other in ranked)]
    seen: dict[tuple[str, int], Trial] = {}
    for trial in [*unbeaten, *ranked]:
        seen.setdefault((trial.algorithm, found[trial].k), trial)
    return list(dict.fromkeys(seen.values()))


def _part(count: int, seed: int, refit: int) -> Integers:
    rng = np.random.default_rng([seed, refit])
    return np.sort(rng.choice(count, max(2, int(KEPT_SHARE * count)), replace=False))


def preferred(measured: Sequence[Candidate], preset: str) -> Candidate:
    """The highest weighted share of the best value of each criterion, of those that hold on other samples if any do."""
    weights = PRESETS[preset]
    measured = [one for one in measured if (one.stability or 0) >= STEADY] or measured
    best = {name: max((getattr(one, name) or 0.0) for one in measured) for name in CRITERIA}

    def score(one: Candidate) -> float:
        shares = {name: max(getattr(one, name) or 0.0, 0.0) / top if top > 0 else 0.0 for name, top in best.items()}
        return sum(weights.get(name, 0.0) * share for name, share in shares.items())

    return max(measured, key=lambda one: (round(score(one), 9), -one.k, one.algorithm))


BALANCED, EXPLAINABLE, STABLE, FINE = "balanced", "explainable", "stable", "fine"
PRESETS: dict[str, dict[str, float]] = {
    BALANCED: {"silhouette": 1, "null_excess": 1, "stability": 1, "explainability": 1, "mrr_explained": 1},
    EXPLAINABLE: {"explainability": 4, "null_excess": 1, "stability": 1},
    STABLE: {"stability": 4, "silhouette": 1, "null_excess": 1},
    FINE: {"k": 2, "silhouette": 2, "null_excess": 1, "stability": 1},
}
"""How much each criterion counts."""
