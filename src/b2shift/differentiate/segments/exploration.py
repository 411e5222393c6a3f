"""The one search: candidates are found first, then it is told which of them hold.

Within a time, as for any table, or everything there is to try, as in a run of the product, which must come out the same
every time. Whoever interrupts, or runs out of time, keeps what has been measured so far.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from math import inf

import numpy as np
from sklearn.metrics import adjusted_rand_score

from b2shift.differentiate.segments import measures
from b2shift.differentiate.segments.candidates import Candidate, Outcomes, explainability
from b2shift.differentiate.segments.choice import dominates
from b2shift.differentiate.segments.distinct import Distinct, Integers
from b2shift.differentiate.segments.floored import SAMPLE
from b2shift.differentiate.segments.latent import Told
from b2shift.differentiate.segments.presets import BALANCED, CRITERIA, PRESETS, Preset, score
from b2shift.differentiate.segments.representations import SCALED
from b2shift.differentiate.segments.resumed import Kept
from b2shift.differentiate.segments.trials import KMEANS, LATENT, Searched, Trial
from b2shift.differentiate.segments.view import View

SIZES = (22, 30, 10, 40, 16, 6, 35, 26, 13, 8, 18)
"""Numbers of segments tried, in this order, after those at which plain K-Means is at its tightest."""
KEPT_SHARE = 0.8
"""Share of the rows in each refit that tells the stability."""
FINDING = 0.45
"""Share of the time that goes into finding candidates; the rest measures how they hold."""
TELLING = 0.2
"""Nats a row by which groups must describe the rows better than chance does to tell their own number."""
UNSTEADY = 0.6
"""Agreement of the first two refits under which no more are made."""

Tell = Callable[[float, str], None]
"""Told the seconds spent and what is being done."""


@dataclass(frozen=True)
class Plan:
    """What is tried (`kinds` = representation and algorithm; all when empty), and how much of it is measured whole."""

    sizes: tuple[int, ...] = SIZES
    kinds: tuple[tuple[str, str], ...] = ()
    refits: int = 4
    most: int = 1_000
    sample: int = SAMPLE
    seconds: float = inf
    preset: str = BALANCED
    in_order: bool = False
    """Whether candidates are measured as they were found, not the most promising first."""
    between: tuple[int, int] | None = None
    """Fewest and most segments a person asked for; nothing else is tried or kept."""

    @property
    def asked(self) -> Preset:
        """What the preset asks for; the most segments a person asked for go before its own."""
        asked = PRESETS[self.preset]
        return replace(asked, most=self.between[1]) if self.between else asked

    def takes(self, k: int) -> bool:
        """Whether so many segments are among those asked for."""
        return self.between is None or self.between[0] <= k <= self.between[1]


@dataclass
class Exploration:
    """What was found: candidates by trial; those with a stability are measured whole."""

    found: dict[Trial, Candidate] = field(default_factory=dict)
    measured: list[Candidate] = field(default_factory=list)
    trials: int = 0
    interrupted: bool = False
    chance: list[Integers] = field(default_factory=list)
    """What the same trial as each of the measured finds where variables are shuffled."""

    @property
    def front(self) -> list[Candidate]:
        """The measured candidates that none other of as many segments beats in everything."""
        return [
            one
            for one in self.measured
            if not any(other.k == one.k and dominates(other, one, CRITERIA) for other in self.measured)
        ]

    @property
    def everyone(self) -> list[Candidate]:
        """The measured, then what was only found; of equal kind and size the tightest."""
        best: dict[tuple[str, int], Candidate] = {}
        for one in sorted(self.found.values(), key=lambda one: -one.silhouette):
            best.setdefault((one.algorithm, one.k), one)
        seen = {(one.algorithm, one.k) for one in self.measured}
        return [*self.measured, *(one for key, one in best.items() if key not in seen)]


class _Clock:
    def __init__(self, plan: Plan, tell: Tell) -> None:
        self.plan, self.tell, self.started = plan, tell, time.perf_counter()

    @property
    def spent(self) -> float:
        return time.perf_counter() - self.started


def spread(least: int, most: int) -> tuple[int, ...]:
    """All numbers from the least to the most, in an order whose beginning covers the whole span."""
    digits = (most - least).bit_length()
    return tuple(sorted(range(least, most + 1), key=lambda k: f"{k - least:0{digits}b}"[::-1]))


def explore(
    view: View,
    outcomes: Outcomes,
    plan: Plan,
    *,
    floor: float,
    seed: int,
    tell: Tell,
    kept: Kept | None = None,
) -> Exploration:
    """Search the view by the plan; the outcomes (per row) add how much of them segments explain.

    What the plan's preset may choose is measured first. `kept` holds what an earlier search of the same rows found.
    """
    clock, found = _Clock(plan, tell), Exploration()
    searched = Searched(view, floor, seed, plan.sample)
    null = Searched(view.shuffled(np.random.default_rng(seed)), floor, seed, plan.sample)
    try:
        if not plan.kinds:
            _begin(searched, found, outcomes, clock, kept)
        groups = Told(1, 0.0, 0.0) if plan.kinds else _told(searched, null)
        _find(searched, found, outcomes, clock, kept, groups)
        _measure(searched, null, found, clock)
    except KeyboardInterrupt:
        found.interrupted = True
    if searched.seen is not None:
        _measured_on_all(searched, found)
    _held_against_chance(null, found)
    return found


def _told(searched: Searched, null: Searched) -> Told:
    """The groups the rows tell beyond what they tell with their variables shuffled; one group where that is little."""
    found = searched.told.beyond(null.told)
    return found if found.gain >= TELLING else Told(1, 0.0, 0.0)


def _begin(searched: Searched, found: Exploration, outcomes: Outcomes, clock: _Clock, kept: Kept | None) -> None:
    """The quickest trial of all before anything else: who interrupts early keeps something."""
    fewest = min((k for k in clock.plan.sizes if clock.plan.takes(k) and searched.has_room(k)), default=None)
    if fewest is not None:
        _try(searched, Trial(SCALED, KMEANS, fewest), found, outcomes, clock, kept)


def _find(
    searched: Searched, found: Exploration, outcomes: Outcomes, clock: _Clock, kept: Kept | None, groups: Told
) -> None:
    plan = clock.plan
    trials = [trial for trial in searched.trials(plan.sizes, plan.kinds, groups.k) if plan.takes(trial.k)]
    found.trials = len(trials)
    for place, trial in enumerate(trials):
        if place and found.found and clock.spent > FINDING * plan.seconds:
            break
        if trial not in found.found:
            _try(searched, trial, found, outcomes, clock, kept, groups)


def _try(
    searched: Searched,
    trial: Trial,
    found: Exploration,
    outcomes: Outcomes,
    clock: _Clock,
    kept: Kept | None,
    groups: Told | None = None,
) -> None:
    clock.tell(clock.spent, f"{trial.algorithm} {trial.representation} {trial.k}")
    candidate = _candidate(searched, trial, outcomes, kept)
    if candidate is not None and clock.plan.takes(candidate.k):
        over = groups.repeated if groups and trial.algorithm == LATENT else None
        found.found[trial] = replace(candidate, told_over=over)


def _labels(searched: Searched, trial: Trial, kept: Kept | None) -> tuple[Integers, float]:
    """Labels of the distinct rows and the seconds they took, now or in the search that was killed."""
    before = kept.get(repr(trial)) if kept else None
    if before is not None:
        return before
    started = time.perf_counter()
    labels = searched.labels(trial)
    seconds = time.perf_counter() - started
    if kept:
        kept.put(repr(trial), labels, seconds)
    return labels, seconds


def _candidate(searched: Searched, trial: Trial, outcomes: Outcomes, kept: Kept | None) -> Candidate | None:
    """None where the floor leaves one segment only."""
    of_rows, seconds = _labels(searched, trial, kept)
    view = searched.view
    labels = of_rows[view.distinct.owner]
    k = int(of_rows.max()) + 1
    smallest = float(view.distinct.shares(of_rows, k).min())
    if k < 2 or smallest < searched.floor - 1e-12:
        return None
    churn, mrr = outcomes.explained(labels)
    return Candidate(
        view=view.name,
        representation=trial.representation,
        algorithm=trial.algorithm,
        labels=labels,
        silhouette=searched.silhouette(of_rows),
        davies_bouldin=measures.davies_bouldin(view.points, of_rows),
        calinski_harabasz=measures.calinski_harabasz(view.points, of_rows),
        null_silhouette=None,
        stability=None,
        smallest_share=smallest,
        explainability=explainability(view, labels, searched.seed),
        churn_explained=churn,
        mrr_explained=mrr,
        seconds=seconds,
    )


def _measure(searched: Searched, null: Searched, found: Exploration, clock: _Clock) -> None:
    """Stability and what chance gives, of as many as the plan and its time allow, one at least.

    The most promising first, or as they were found where the plan says so.
    """
    view, seed, plan = searched.view, searched.seed, clock.plan
    rows = [_part(len(view.matrix), seed, refit) for refit in range(plan.refits)]
    parts = [Searched(view.of(part), searched.floor, seed, plan.sample) for part in rows]
    ordered = list(found.found) if plan.in_order else _promising(found.found, plan.asked)
    for trial in ordered[: plan.most]:
        candidate = found.found[trial]
        if found.measured and clock.spent + plan.refits * candidate.seconds > plan.seconds:
            continue
        clock.tell(clock.spent, f"{trial.algorithm} {candidate.k}: estabilidade")
        agreed: list[float] = []
        for chosen, part in zip(rows, parts, strict=True):
            again = part.labels(trial)[part.view.distinct.owner]
            agreed.append(float(adjusted_rand_score(candidate.labels[chosen], again)))
            if clock.spent > plan.seconds or (len(agreed) == 2 and np.mean(agreed) < UNSTEADY):
                break
        found.chance.append(null.labels(_by_chance(trial)))
        found.measured.append(replace(candidate, stability=float(np.mean(agreed))))


def _by_chance(trial: Trial) -> Trial:
    """What shuffled variables are asked: groups that are not made to be tight are held against K-Means."""
    return Trial(SCALED, KMEANS, trial.k) if trial.algorithm == LATENT else trial


def _measured_on_all(searched: Searched, found: Exploration) -> None:
    """The silhouettes of what was found on a sample of the rows, measured on all of them in one pass."""
    owner, points = searched.view.distinct.owner, searched.view.points
    of_rows = np.zeros(len(points.rows), np.intp)
    told: dict[int, float] = {}
    labelings = []
    for one in found.found.values():
        of_rows[owner] = one.labels
        labelings.append(of_rows.copy())
    for one, value in zip(found.found.values(), _silhouettes(points, labelings, searched.seed), strict=True):
        told[id(one.labels)] = value
    found.found = {trial: replace(one, silhouette=told[id(one.labels)]) for trial, one in found.found.items()}
    found.measured = [replace(one, silhouette=told[id(one.labels)]) for one in found.measured]


def _held_against_chance(null: Searched, found: Exploration) -> None:
    """Each measured held against the best that any algorithm made to be tight finds by chance with as many segments."""
    best: dict[tuple[int, bool], float] = {}
    values = _silhouettes(null.view.points, found.chance, null.seed)
    for one, value in zip(found.measured, values, strict=True):
        key = one.k, one.algorithm == LATENT
        best[key] = max(best.get(key, -1.0), value)
    found.measured = [replace(one, null_silhouette=best[one.k, one.algorithm == LATENT]) for one in found.measured]


def _silhouettes(points: Distinct, labelings: list[Integers], seed: int) -> list[float]:
    return measures.silhouettes(points, labelings, seed=seed) if labelings else []


def _promising(found: dict[Trial, Candidate], asked: Preset) -> list[Trial]:
    """What the preset may choose first; of these, what no other beats before its stability is known, the best first."""
    known = ("silhouette", "explainability", "churn_explained", "mrr_explained", "k")
    everyone = list(found.values())
    ranked = sorted(found, key=lambda trial: (not asked.fits(found[trial]), -score(found[trial], everyone, asked)))
    unbeaten = [one for one in ranked if not any(dominates(found[other], found[one], known) for other in ranked)]
    seen: dict[tuple[str, int], Trial] = {}
    for trial in [*(one for one in unbeaten if asked.fits(found[one])), *ranked]:
        seen.setdefault((trial.algorithm, found[trial].k), trial)
    first = [trial for trial in ranked if asked.groups and trial.algorithm == LATENT]
    return list(dict.fromkeys([*first, *seen.values()]))


def _part(count: int, seed: int, refit: int) -> Integers:
    rng = np.random.default_rng([seed, refit])
    return np.sort(rng.choice(count, max(2, int(KEPT_SHARE * count)), replace=False))
