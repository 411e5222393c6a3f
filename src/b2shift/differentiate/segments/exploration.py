"""The one search: candidates are found first, then it is told which of them hold.

Within a time, as for any table, or everything there is to try, as in a run of the product, which must come out the same
every time. Whoever interrupts, or runs out of time, keeps what has been measured so far.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from math import inf

import numpy as np

from b2shift.differentiate.segments import measures
from b2shift.differentiate.segments.candidates import Candidate, Outcomes, explainability
from b2shift.differentiate.segments.choice import dominates
from b2shift.differentiate.segments.distinct import Distinct, Integers
from b2shift.differentiate.segments.floored import SAMPLE
from b2shift.differentiate.segments.latent import Told
from b2shift.differentiate.segments.presets import BALANCED, CRITERIA, PRESETS, Preset, score
from b2shift.differentiate.segments.representations import SCALED
from b2shift.differentiate.segments.resumed import Kept
from b2shift.differentiate.segments.trials import BLOCK_RULES, BY_RULES, COLUMNS, KMEANS, LATENT, RULES, Searched, Trial
from b2shift.differentiate.segments.view import View

SIZES = (22, 30, 10, 40, 16, 6, 35, 26, 13, 8, 18, 38, 33)
"""Numbers of segments tried, in this order, after those at which plain K-Means is at its tightest."""
FINDING = 0.45
"""Share of the time that goes into finding candidates; the rest measures how they hold."""
FOUND, MEASURED, GRACE = 0.75, 1.6, 2.0
"""Shares of the time at which a trial, or a measurement, that has begun is broken off and nothing kept of it; the
latter has so many seconds more, so that a small table has one whatever its time."""
ONE = Told(1, 0.0, 0.0)
"""Rows that tell no groups."""
TELLING = 0.2
"""Nats a row by which groups must describe the rows better than chance does to tell their own number."""
UNSTEADY = 0.6
"""Agreement of the first two refits under which no more are made."""
HOPELESS = 0.05
"""The same, under the stability asked for, once something has reached it."""
NEARLY = 0.02
"""Stability under the one asked for within which rules of so many segments are worth moving: refits vary as much."""

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


class _OutOfTime(Exception):  # noqa: N818 - no error
    """What had begun is broken off."""


class _Clock:
    def __init__(self, plan: Plan, tell: Tell) -> None:
        self.plan, self.tell, self.started, self.until = plan, tell, time.perf_counter(), inf

    def heed(self) -> None:
        """Break off where the time is over."""
        if self.spent > self.until:
            raise _OutOfTime

    @contextmanager
    def within(self, share: float, grace: float = 0.0) -> Iterator[None]:
        """What is inside is broken off at that share of the time and so many seconds more."""
        self.until = share * self.plan.seconds + grace
        try:
            yield
        except _OutOfTime:
            pass
        finally:
            self.until = inf

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
    searched = Searched(view, floor, seed, plan.sample, clock.heed)
    null = Searched(view.shuffled(np.random.default_rng(seed)), floor, seed, plan.sample, clock.heed)
    try:
        groups = ONE
        if not plan.kinds:
            _begin(searched, found, outcomes, clock, kept)
            with clock.within(FINDING):
                groups = _told(searched, null)
        with clock.within(FOUND if found.found else inf):
            _find(searched, found, outcomes, clock, kept, groups)
        with clock.within(MEASURED, GRACE):
            _measure(
                searched, null, found, clock, lambda trial: _try(searched, trial, found, outcomes, clock, kept, groups)
            )
    except KeyboardInterrupt:
        found.interrupted = True
    if searched.seen is not None:
        _measured_on_all(searched, found)
    _held_against_chance(null, found)
    return found


def _told(searched: Searched, null: Searched) -> Told:
    """The groups the rows tell beyond what they tell with their variables shuffled; one group where that is little."""
    found = searched.told.beyond(null.told)
    return found if found.gain >= TELLING else ONE


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
    k = int(of_rows.max()) + 1
    labels = of_rows.astype(np.min_scalar_type(-k))[view.distinct.owner]
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


def _measure(
    searched: Searched, null: Searched, found: Exploration, clock: _Clock, look: Callable[[Trial], None]
) -> None:
    """Stability and what chance gives, of as many as the plan and its time allow, one at least.

    The most promising first, or as they were found where the plan says so. `look` tries what was not found yet.
    """
    plan, holding = clock.plan, _Holding(searched, null, found, clock)
    if plan.in_order or plan.kinds:
        ordered = list(found.found) if plan.in_order else _promising(found.found, plan.asked)
        for trial in ordered[: plan.most]:
            holding.measure(trial)
        return
    waiting = []
    for trial in _promising(found.found, plan.asked):
        if trial.algorithm in BY_RULES:
            holding.measure(replace(trial, algorithm=RULES))
        if trial.algorithm not in BY_RULES or holding.may_hold(trial.k):
            holding.follow(trial, look)
        else:
            waiting.append(trial)
    for trial in waiting:
        holding.measure(trial)


class _Holding:
    """Refits of what was found, and which numbers of segments come back."""

    def __init__(self, searched: Searched, null: Searched, found: Exploration, clock: _Clock) -> None:
        self.null, self.found, self.clock = null, found, clock
        clock.heed()
        view, plan = searched.view, clock.plan
        rows = [searched.refitted(refit) for refit in range(plan.refits)]
        self.parts = [
            (part, Searched(view.of(part), searched.floor, searched.seed, plan.sample, clock.heed)) for part in rows
        ]
        self.told: dict[Trial, float] = {}

    def may_hold(self, k: int) -> bool:
        """Whether the rules into so many segments come back about as steadily as asked, or were not measured.

        What is made of them by moving rows comes back as they do, up to some 0.01 (ADR 0333).
        """
        return self.told.get(Trial(COLUMNS, RULES, k), 1.0) >= self.clock.plan.asked.steady - NEARLY

    def follow(self, trial: Trial, look: Callable[[Trial], None]) -> None:
        """Measure it; beside rules that come back also what blocks make of them, where time is left to look."""
        plain, moved = replace(trial, algorithm=RULES), replace(trial, algorithm=BLOCK_RULES)
        if trial == plain and plain in self.told and not self.clock.plan.asked.algorithms:
            cost = [one.seconds for other, one in self.found.found.items() if other.algorithm == BLOCK_RULES]
            if moved not in self.found.found and self._has_time(max(cost, default=4 * self.found.found[plain].seconds)):
                look(moved)
            self.measure(moved)
        self.measure(trial)

    def measure(self, trial: Trial) -> None:
        """Stability by refits on parts of the rows, once; fewer of them where the first two do not hold."""
        candidate, clock, found = self.found.found.get(trial), self.clock, self.found
        if candidate is None or trial in self.told or (found.measured and not self._has_time(candidate.seconds)):
            return
        clock.tell(clock.spent, f"{trial.algorithm} {candidate.k}: estabilidade")
        steady = clock.plan.asked.steady
        enough = max(UNSTEADY, steady - HOPELESS) if max(self.told.values(), default=0.0) >= steady else UNSTEADY
        agreed: list[float] = []
        for chosen, part in self.parts:
            again = part.labels(trial)[part.view.distinct.owner]
            agreed.append(measures.agreement(candidate.labels[chosen], again))
            if clock.spent > clock.plan.seconds or (len(agreed) == 2 and np.mean(agreed) < enough):
                break
        self.told[trial] = float(np.mean(agreed))
        found.chance.append(self.null.labels(_asked_of_chance(trial)))
        found.measured.append(replace(candidate, stability=self.told[trial]))

    def _has_time(self, seconds: float) -> bool:
        return self.clock.spent + len(self.parts) * seconds <= self.clock.plan.seconds


def by_chance(view: View, k: int, *, floor: float, seed: int, sample: int) -> float:
    """The silhouette of as many segments by K-Means where each variable is shuffled alone, by the lot of a search."""
    null = Searched(view.shuffled(np.random.default_rng(seed)), floor, seed, sample)
    return measures.silhouette(null.view.points, null.labels(Trial(SCALED, KMEANS, k)), seed=seed)


def _asked_of_chance(trial: Trial) -> Trial:
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
    """Each measured held against the best that any algorithm made to be tight finds by chance with as many segments.

    One variable alone is the same shuffled, so that nothing can be told.
    """
    if len(null.view.variables) < 2:
        return
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
