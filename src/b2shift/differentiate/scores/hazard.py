"""Time to event by quarterly discrete-time hazards.

Every customer of every past date is a row for each quarter it was followed without an event; a logistic regression
gives the hazard of the quarter from the features of the date. Survival is the product of the complements, the last
quarter in part; after the last quarter its hazard continues.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from b2shift.differentiate.scores.fitted_models import FittedModel, fit_logistic
from b2shift.differentiate.scores.frame import Design, Floats, Frame, fit_design
from b2shift.differentiate.scores.measures import sigmoid

QUARTER, MAX_QUARTERS = 90, 4
MIN_EVENTS = 40
_NEGATIVES_PER_EVENT = 12.0
_GRACE = 3
"""Days by which four calendar quarters may be shorter than 4 × 90."""


@dataclass(frozen=True)
class FollowUp:
    """Customers of one date, and days to the event; infinite where none is known."""

    frame: Frame
    days: Floats


@dataclass(frozen=True)
class HazardModel:
    """The fitted hazard."""

    design: Design
    model: FittedModel
    rows: int
    events: int

    def log_odds(self, frame: Frame) -> Floats:
        """Of each coming quarter (customers × MAX_QUARTERS)."""
        matrix = self.design.matrix(frame)
        return np.column_stack([self.model.log_odds(_in_quarter(matrix, q)) for q in range(1, MAX_QUARTERS + 1)])

    def hazards(self, frame: Frame, shift: float = 0.0) -> Floats:
        """Hazard of each coming quarter."""
        return sigmoid(self.log_odds(frame) + shift)

    def contributions(self, frame: Frame) -> Floats:
        """Contribution of each feature to the log-odds of the first quarter."""
        return self.design.by_feature(self.model.contributions(_in_quarter(self.design.matrix(frame), 1))[:, :-1])


def follow_up(frame: Frame, events: Mapping[str, Sequence[date]]) -> FollowUp:
    """Days to the first event after the frame's date, per customer."""
    days = [
        next(((day - frame.as_of).days for day in events.get(customer, ()) if day > frame.as_of), np.inf)
        for customer in frame.ids
    ]
    return FollowUp(frame, np.array(days, dtype=float))


def fit_hazards(
    follow_ups: Sequence[FollowUp],
    features: Sequence[str],
    formats: dict[str, str],
    known_until: date,
    seed: int,
    quarters: int = MAX_QUARTERS,
) -> HazardModel | None:
    """Fit on quarters that ended by `known_until`; None for too few events."""
    usable = [follow_up for follow_up in follow_ups if len(follow_up.frame) and _quarters(follow_up, known_until)]
    if not usable:
        return None
    design = fit_design([follow_up.frame for follow_up in usable], features, formats)
    matrices, target = [], []
    for follow_up in usable:
        matrix = design.matrix(follow_up.frame)
        for quarter in range(1, min(_quarters(follow_up, known_until), quarters) + 1):
            at_risk = follow_up.days > QUARTER * (quarter - 1)
            matrices.append(_in_quarter(matrix[at_risk], quarter))
            target.append((follow_up.days[at_risk] <= QUARTER * quarter).astype(float))
    rows, outcome = np.concatenate(matrices), np.concatenate(target)
    if outcome.sum() < MIN_EVENTS or (1 - outcome).sum() < MIN_EVENTS:
        return None
    negatives = np.flatnonzero(outcome == 0)
    size = int(min(len(negatives), _NEGATIVES_PER_EVENT * outcome.sum()))
    sampled = np.sort(
        np.r_[np.flatnonzero(outcome > 0), np.random.default_rng(seed).choice(negatives, size, replace=False)]
    )
    weight = np.where(outcome[sampled] > 0, 1.0, len(negatives) / size)
    model = fit_logistic(rows[sampled], outcome[sampled], weight)
    return HazardModel(design, model, len(outcome), int(outcome.sum()))


def survival(chances: Floats, days: Floats) -> Floats:
    """Survival probability after so many days; `chances` are quarterly hazards (customers × quarters)."""
    steps = np.log1p(-np.clip(chances, 0, 1 - 1e-9))
    elapsed = days[:, None] / QUARTER - np.arange(chances.shape[1])[None, :]
    share = np.clip(elapsed, 0, 1)
    share[:, -1] = np.maximum(elapsed[:, -1], 0)
    return np.exp((share * steps).sum(axis=1))


def median_days(chances: Floats) -> Floats:
    """Median time to event."""
    steps = -np.log1p(-np.clip(chances, 1e-9, 1 - 1e-9))
    before = np.cumsum(steps, axis=1) - steps
    remaining = np.log(2) - before
    quarter = np.clip((remaining > 0).sum(axis=1) - 1, 0, chances.shape[1] - 1)
    index = np.arange(len(chances))
    return QUARTER * (quarter + remaining[index, quarter] / steps[index, quarter])


def _quarters(follow_up: FollowUp, known_until: date) -> int:
    return int(np.clip(((known_until - follow_up.frame.as_of).days + _GRACE) // QUARTER, 0, MAX_QUARTERS))


def _in_quarter(matrix: Floats, quarter: int) -> Floats:
    return np.column_stack([matrix, np.full(len(matrix), quarter, dtype=np.float32)])
