"""Stored churn hazards: renewal probability and customer lifetime value."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from pydantic import Field

from b2shift.differentiate.scores.frame import Floats, Frame
from b2shift.differentiate.scores.hazard import HazardModel, survival
from b2shift.differentiate.scores.measures import sigmoid
from b2shift.differentiate.scores.stored_models.parameters import model_from_parameters
from b2shift.differentiate.scores.stored_models.protocol import Prediction, columns_to_json, design_from_json, to_json
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
        """Present value of one real in each coming month."""
        return np.asarray((1 + self.discount_year) ** (-np.arange(1, self.horizon_months + 1) / 12))


def lifetime_value(mrr: Floats, chances: Floats, assumptions: Assumptions) -> Floats:
    """Sum over coming months of MRR × margin × survival × discount, in BRL."""
    months = np.arange(1, assumptions.horizon_months + 1)
    survival_ = np.column_stack([survival(chances, np.full(len(mrr), month * _MONTH)) for month in months])
    return np.asarray(
        np.nan_to_num(mrr) * assumptions.margin * (survival_ * assumptions.discounts()).sum(axis=1), dtype=np.float64
    )


def days_to_end(frame: Frame) -> Floats:
    """To the open renewal, else to the next anniversary of the first contract."""
    days = np.where(np.isfinite(frame.numbers[OPEN]), frame.numbers[OPEN], frame.numbers[ANNIVERSARY])
    return np.asarray(days, dtype=np.float64)


@dataclass(frozen=True)
class RenewalModel:
    """`shift` is added to the churn log-odds of each quarter."""

    hazards: HazardModel
    shift: float
    score: str = RENEWAL

    @property
    def features(self) -> tuple[str, ...]:
        """Columns of `features` it reads."""
        return tuple(dict.fromkeys((*self.hazards.design.features, OPEN, ANNIVERSARY)))

    def predict(self, frame: Frame) -> Prediction:
        """Days to the renewal and its probability; points are of that probability."""
        days, log_odds = days_to_end(frame), self.hazards.log_odds(frame) + self.shift
        known = np.isfinite(days)

        def chance(at: Floats) -> Floats:
            return np.where(known, survival(sigmoid(at), np.nan_to_num(days)), np.nan)

        value_now = chance(log_odds)
        parts = self.hazards.contributions(frame)
        points = [value_now - chance(log_odds - parts[:, [k]]) for k in range(parts.shape[1])]
        by_name = points_by_feature(
            self.hazards.design.features, points, {OPEN: np.where(known, value_now - 1, np.nan)}
        )
        return Prediction(
            {RENEWAL: value_now, RENEWAL_DAYS: days}, tuple(by_name), 100 * np.column_stack(list(by_name.values()))
        )

    def text(self) -> str:
        """Serialised model."""
        return to_json({"kind": RENEWAL, "hazards": hazards_to_json(self.hazards), "shift": self.shift})


@dataclass(frozen=True)
class ValueModel:
    """`half_width` is that of the 90 % interval of each quarter's log-odds."""

    hazards: HazardModel
    shift: float
    half_width: float
    assumptions: Assumptions
    score: str = VALUE

    @property
    def features(self) -> tuple[str, ...]:
        """Columns of `features` it reads."""
        return tuple(dict.fromkeys((*self.hazards.design.features, MRR)))

    def predict(self, frame: Frame) -> Prediction:
        """Value and interval; points are BRL."""
        log_odds, mrr = self.hazards.log_odds(frame) + self.shift, frame.numbers[MRR].astype(np.float64)

        def value(by: Floats | float) -> Floats:
            return lifetime_value(mrr, sigmoid(log_odds + by), self.assumptions)

        value_now = value(0.0)
        columns = {VALUE: value_now, f"{VALUE}_low": value(self.half_width), f"{VALUE}_high": value(-self.half_width)}
        parts = self.hazards.contributions(frame) if len(frame) == 1 else np.zeros((len(frame), 0))
        points = [value_now - value(-parts[:, [k]]) for k in range(parts.shape[1])]
        by_name = points_by_feature(self.hazards.design.features[: len(points)], points, {MRR: value_now})
        return Prediction(columns, tuple(by_name), np.column_stack(list(by_name.values())))

    def text(self) -> str:
        """Serialised model."""
        return to_json(
            {
                "kind": VALUE,
                "hazards": hazards_to_json(self.hazards),
                "shift": self.shift,
                "reach": self.half_width,
                "supposed": self.assumptions.model_dump(),
            }
        )


def points_by_feature(features: tuple[str, ...], points: list[Floats], more: Mapping[str, Floats]) -> dict[str, Floats]:
    """Points of features and further inputs, summed where they coincide."""
    by_feature = dict(zip(features, points, strict=True))
    return by_feature | {name: by_feature.get(name, 0.0) + values for name, values in more.items()}


def hazards_to_json(hazards: HazardModel) -> dict[str, Any]:
    """A hazard model as JSON values."""
    return {
        "columns": columns_to_json(hazards.design), "model": hazards.model.parameters,
        "rows": hazards.rows, "events": hazards.events,
    }  # fmt: skip


def hazards_from_json(stored: Mapping[str, Any]) -> HazardModel:
    """A hazard model from JSON values."""
    return HazardModel(
        design_from_json(stored["columns"]), model_from_parameters(stored["model"]), stored["rows"], stored["events"]
    )


def load_renewal(stored: Mapping[str, Any], threads: int) -> RenewalModel:
    """Deserialise."""
    del threads
    return RenewalModel(hazards_from_json(stored["hazards"]), stored["shift"])


def load_value(stored: Mapping[str, Any], threads: int) -> ValueModel:
    """Deserialise."""
    del threads
    return ValueModel(
        hazards_from_json(stored["hazards"]), stored["shift"], stored["reach"], Assumptions(**stored["supposed"])
    )
