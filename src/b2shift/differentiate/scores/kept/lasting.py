"""Kept hazards of leaving: the chance of the next renewal, and what the customer is worth over the coming years."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from pydantic import Field

from b2shift.differentiate.scores.frame import Floats, Frame
from b2shift.differentiate.scores.hazard import Hazards, survival
from b2shift.differentiate.scores.kept.contract import Said, as_text, columns_of, design_of
from b2shift.differentiate.scores.kept.models import model_of
from b2shift.differentiate.scores.measures import sigmoid
from b2shift.kernel.contract import Contract

RENEWAL, RENEWAL_DAYS, VALUE = "renewal_probability", "renewal_in_days", "clv"
OPEN, ANNIVERSARY, MRR = "renewal_days", "contract_anniversary_days", "mrr"
_MONTH = 30.4375


class Assumptions(Contract):
    """All of value.yaml."""

    margin: float = Field(gt=0, le=1)
    discount_year: float = Field(ge=0)
    horizon_months: int = Field(ge=1)

    def discounts(self) -> Floats:
        """What one real of each coming month is worth today."""
        return np.asarray((1 + self.discount_year) ** (-np.arange(1, self.horizon_months + 1) / 12))


def worth(mrr: Floats, chances: Floats, told: Assumptions) -> Floats:
    """Sum over the coming months of MRR x margin x chance of still being there x discount, in BRL."""
    months = np.arange(1, told.horizon_months + 1)
    there = np.column_stack([survival(chances, np.full(len(mrr), month * _MONTH)) for month in months])
    return np.asarray(np.nan_to_num(mrr) * told.margin * (there * told.discounts()).sum(axis=1), dtype=np.float64)


def days_to_end(frame: Frame) -> Floats:
    """To the open renewal where there is one, else to the next anniversary of the first contract."""
    told = np.where(np.isfinite(frame.numbers[OPEN]), frame.numbers[OPEN], frame.numbers[ANNIVERSARY])
    return np.asarray(told, dtype=np.float64)


@dataclass(frozen=True)
class Lasting:
    """`shift` is added to the log-odds of leaving in each quarter."""

    hazards: Hazards
    shift: float
    score: str = RENEWAL

    @property
    def features(self) -> tuple[str, ...]:
        """Columns of `features` it looks at."""
        return tuple(dict.fromkeys((*self.hazards.seen.features, OPEN, ANNIVERSARY)))

    def say(self, frame: Frame) -> Said:
        """Days to the renewal and its chance; points are of that chance, lower where the risk of leaving is higher."""
        days, log_odds = days_to_end(frame), self.hazards.log_odds(frame) + self.shift
        known = np.isfinite(days)

        def chance(at: Floats) -> Floats:
            return np.where(known, survival(sigmoid(at), np.nan_to_num(days)), np.nan)

        told = chance(log_odds)
        parts = self.hazards.contributions(frame)
        points = [told - chance(log_odds - parts[:, [k]]) for k in range(parts.shape[1])]
        by_name = points_by_name(self.hazards.seen.features, points, {OPEN: np.where(known, told - 1, np.nan)})
        return Said({RENEWAL: told, RENEWAL_DAYS: days}, tuple(by_name), 100 * np.column_stack(list(by_name.values())))

    def text(self) -> str:
        """The model as it is kept."""
        return as_text({"kind": RENEWAL, "hazards": as_numbers(self.hazards), "shift": self.shift})


@dataclass(frozen=True)
class Worth:
    """`reach` is half the 90 % interval of each quarter's log-odds."""

    hazards: Hazards
    shift: float
    reach: float
    supposed: Assumptions
    score: str = VALUE

    @property
    def features(self) -> tuple[str, ...]:
        """Columns of `features` it looks at."""
        return tuple(dict.fromkeys((*self.hazards.seen.features, MRR)))

    def say(self, frame: Frame) -> Said:
        """The value and its ends; points are BRL."""
        log_odds, mrr = self.hazards.log_odds(frame) + self.shift, frame.numbers[MRR].astype(np.float64)

        def value(by: Floats | float) -> Floats:
            return worth(mrr, sigmoid(log_odds + by), self.supposed)

        told = value(0.0)
        columns = {VALUE: told, f"{VALUE}_low": value(self.reach), f"{VALUE}_high": value(-self.reach)}
        parts = self.hazards.contributions(frame) if len(frame) == 1 else np.zeros((len(frame), 0))
        points = [told - value(-parts[:, [k]]) for k in range(parts.shape[1])]
        by_name = points_by_name(self.hazards.seen.features[: len(points)], points, {MRR: told})
        return Said(columns, tuple(by_name), np.column_stack(list(by_name.values())))

    def text(self) -> str:
        """The model as it is kept."""
        return as_text(
            {
                "kind": VALUE,
                "hazards": as_numbers(self.hazards),
                "shift": self.shift,
                "reach": self.reach,
                "supposed": self.supposed.model_dump(),
            }
        )


def points_by_name(features: tuple[str, ...], points: list[Floats], more: Mapping[str, Floats]) -> dict[str, Floats]:
    """Points of the features and of further inputs; what is both is added up."""
    told = dict(zip(features, points, strict=True))
    return told | {name: told.get(name, 0.0) + values for name, values in more.items()}


def as_numbers(told: Hazards) -> dict[str, Any]:
    """A hazard as JSON holds it."""
    return {
        "columns": columns_of(told.seen), "model": told.learned.parameters, "rows": told.rows, "events": told.events,
    }  # fmt: skip


def hazards_of(told: Mapping[str, Any]) -> Hazards:
    """A hazard from JSON."""
    return Hazards(design_of(told["columns"]), model_of(told["model"]), told["rows"], told["events"])


def lasting(told: Mapping[str, Any], threads: int) -> Lasting:
    """From its text."""
    del threads
    return Lasting(hazards_of(told["hazards"]), told["shift"])


def valued(told: Mapping[str, Any], threads: int) -> Worth:
    """From its text."""
    del threads
    return Worth(hazards_of(told["hazards"]), told["shift"], told["reach"], Assumptions(**told["supposed"]))
