"""The plan, the state and the deadline of a search."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from math import inf

from b2shift.differentiate.segments.candidates import Candidate
from b2shift.differentiate.segments.distinct import Integers
from b2shift.differentiate.segments.minimum_size import SAMPLE_ROWS
from b2shift.differentiate.segments.preset_declarations import BALANCED, PRESETS, Preset
from b2shift.differentiate.segments.presets import CRITERIA
from b2shift.differentiate.segments.search_space import Trial
from b2shift.differentiate.segments.selection import dominates

SIZES = (22, 30, 10, 40, 16, 6, 35, 26, 13, 8, 18, 38, 33)
"""k tried, in this order, after the silhouette peaks of K-Means."""
Report = Callable[[float, str], None]
"""Receives seconds spent and a note on what is being done."""


@dataclass(frozen=True)
class SearchPlan:
    """What is tried (`kinds` = representation and algorithm; all when empty), and how much is measured fully."""

    sizes: tuple[int, ...] = SIZES
    kinds: tuple[tuple[str, str], ...] = ()
    refits: int = 4
    max_measured: int = 1_000
    sample: int = SAMPLE_ROWS
    seconds: float = inf
    preset: str = BALANCED
    in_order: bool = False
    """Whether candidates are measured in the order found, not the most promising first."""
    k_range: tuple[int, int] | None = None
    """Fewest and most segments asked for; nothing else is tried or kept."""

    @property
    def criteria(self) -> Preset:
        """The preset; an explicit maximum k overrides its own."""
        preset = PRESETS[self.preset]
        return replace(preset, max_segments=self.k_range[1]) if self.k_range else preset

    def allows(self, k: int) -> bool:
        """Whether k is in the range asked for."""
        return self.k_range is None or self.k_range[0] <= k <= self.k_range[1]


@dataclass
class SearchState:
    """Candidates by trial; those with a stability are fully measured."""

    candidates: dict[Trial, Candidate] = field(default_factory=dict)
    measured: list[Candidate] = field(default_factory=list)
    trials: int = 0
    interrupted: bool = False
    null_labels: list[Integers] = field(default_factory=list)
    """Labels of the same trial on shuffled variables, for each measured candidate."""

    @property
    def front(self) -> list[Candidate]:
        """Pareto front of the measured candidates at each k."""
        return [
            candidate
            for candidate in self.measured
            if not any(other.k == candidate.k and dominates(other, candidate, CRITERIA) for other in self.measured)
        ]

    @property
    def all_candidates(self) -> list[Candidate]:
        """The measured candidates, then the others; the tightest of equal algorithm and k."""
        best: dict[tuple[str, int], Candidate] = {}
        for candidate in sorted(self.candidates.values(), key=lambda candidate: -candidate.silhouette):
            best.setdefault((candidate.algorithm, candidate.k), candidate)
        measured_keys = {(candidate.algorithm, candidate.k) for candidate in self.measured}
        return [*self.measured, *(candidate for key, candidate in best.items() if key not in measured_keys)]


class DeadlineExceeded(Exception):  # noqa: N818 - no error
    """Aborts a trial in progress."""


class Deadline:
    def __init__(self, plan: SearchPlan, report: Report) -> None:
        self.plan, self.report, self.started, self.deadline = plan, report, time.perf_counter(), inf

    def check_deadline(self) -> None:
        """Abort when time is up."""
        if self.spent > self.deadline:
            raise DeadlineExceeded

    @contextmanager
    def limit(self, share: float, grace: float = 0.0) -> Iterator[None]:
        """Abort the body at this share of the time and so many seconds more."""
        self.deadline = share * self.plan.seconds + grace
        try:
            yield
        except DeadlineExceeded:
            pass
        finally:
            self.deadline = inf

    @property
    def spent(self) -> float:
        return time.perf_counter() - self.started


def covering_order(min_k: int, max_k: int) -> tuple[int, ...]:
    """All numbers of a range, ordered so that every prefix covers it."""
    digits = (max_k - min_k).bit_length()
    return tuple(sorted(range(min_k, max_k + 1), key=lambda k: f"{k - min_k:0{digits}b}"[::-1]))
