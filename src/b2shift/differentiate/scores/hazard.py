"""When something happens next: its chance in each of the coming quarters, learnt from customers followed that long.

A discrete-time hazard: every customer of every past date is one row for each quarter that it was followed and in which
it had not happened before; a logistic regression of those rows says the chance of the quarter, given what was known on
the date. The chance that it has not happened by some day is the product of the quarters' complements, the last one in
part; after the last quarter learnt, its chance goes on.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from b2shift.differentiate.scores.frame import Design, Floats, Frame, design
from b2shift.differentiate.scores.learners import Learned, logistic
from b2shift.differentiate.scores.measures import sigmoid

QUARTER, MOST_QUARTERS = 90, 4
FEWEST_EVENTS = 40
_QUIET_PER_EVENT = 12.0
_GRACE = 3
"""Days by which four calendar quarters may be shorter than 4 x 90."""


@dataclass(frozen=True)
class Followed:
    """Customers of one date, and the days from it to the event; infinite where it is not known to have happened."""

    frame: Frame
    days: Floats


@dataclass(frozen=True)
class Hazards:
    """The fitted hazard."""

    seen: Design
    learned: Learned
    rows: int
    events: int

    def log_odds(self, frame: Frame) -> Floats:
        """Of each of the coming quarters (customers × MOST_QUARTERS)."""
        matrix = self.seen.matrix(frame)
        return np.column_stack([self.learned.log_odds(_in_quarter(matrix, q)) for q in range(1, MOST_QUARTERS + 1)])

    def of(self, frame: Frame, shift: float = 0.0) -> Floats:
        """The chance in each of the coming quarters, given that it has not happened before."""
        return sigmoid(self.log_odds(frame) + shift)

    def contributions(self, frame: Frame) -> Floats:
        """What each feature adds to the log-odds of the first quarter."""
        return self.seen.by_feature(self.learned.contributions(_in_quarter(self.seen.matrix(frame), 1))[:, :-1])


def followed(frame: Frame, events: Mapping[str, Sequence[date]]) -> Followed:
    """The first event after the frame's date of each of its customers."""
    days = [
        next(((day - frame.as_of).days for day in events.get(customer, ()) if day > frame.as_of), np.inf)
        for customer in frame.ids
    ]
    return Followed(frame, np.array(days, dtype=float))


def hazards(
    told: Sequence[Followed],
    features: Sequence[str],
    formats: dict[str, str],
    known_until: date,
    seed: int,
    quarters: int = MOST_QUARTERS,
) -> Hazards | None:
    """Learnt from the first quarters that ended by `known_until`; None when they hold too few events."""
    kept = [one for one in told if len(one.frame) and _quarters(one, known_until)]
    if not kept:
        return None
    seen = design([one.frame for one in kept], features, formats)
    matrices, happened = [], []
    for one in kept:
        matrix = seen.matrix(one.frame)
        for quarter in range(1, min(_quarters(one, known_until), quarters) + 1):
            there = one.days > QUARTER * (quarter - 1)
            matrices.append(_in_quarter(matrix[there], quarter))
            happened.append((one.days[there] <= QUARTER * quarter).astype(float))
    rows, outcome = np.concatenate(matrices), np.concatenate(happened)
    if outcome.sum() < FEWEST_EVENTS or (1 - outcome).sum() < FEWEST_EVENTS:
        return None
    quiet = np.flatnonzero(outcome == 0)
    size = int(min(len(quiet), _QUIET_PER_EVENT * outcome.sum()))
    drawn = np.sort(np.r_[np.flatnonzero(outcome > 0), np.random.default_rng(seed).choice(quiet, size, replace=False)])
    weight = np.where(outcome[drawn] > 0, 1.0, len(quiet) / size)
    learned = logistic(rows[drawn], outcome[drawn], weight)
    return Hazards(seen, learned, len(outcome), int(outcome.sum()))


def survival(chances: Floats, days: Floats) -> Floats:
    """The chance that it has not happened after so many days; `chances` by quarter (customers × quarters)."""
    steps = np.log1p(-np.clip(chances, 0, 1 - 1e-9))
    whole = days[:, None] / QUARTER - np.arange(chances.shape[1])[None, :]
    part = np.clip(whole, 0, 1)
    part[:, -1] = np.maximum(whole[:, -1], 0)
    return np.exp((part * steps).sum(axis=1))


def median_days(chances: Floats) -> Floats:
    """The day by which it has happened with even chance."""
    steps = -np.log1p(-np.clip(chances, 1e-9, 1 - 1e-9))
    before = np.cumsum(steps, axis=1) - steps
    left = np.log(2) - before
    quarter = np.clip((left > 0).sum(axis=1) - 1, 0, chances.shape[1] - 1)
    at = np.arange(len(chances))
    return QUARTER * (quarter + left[at, quarter] / steps[at, quarter])


def _quarters(one: Followed, known_until: date) -> int:
    return int(np.clip(((known_until - one.frame.as_of).days + _GRACE) // QUARTER, 0, MOST_QUARTERS))


def _in_quarter(matrix: Floats, quarter: int) -> Floats:
    return np.column_stack([matrix, np.full(len(matrix), quarter, dtype=np.float32)])
