"""Kept propensities: one model of customers × product families, and the rates that stand beside a pair."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from b2shift.differentiate.scores.affinity import DECLARED as RATES
from b2shift.differentiate.scores.affinity import OF_EVERYONE, Affinity
from b2shift.differentiate.scores.calibration import Calibration
from b2shift.differentiate.scores.frame import Design, Floats, Frame
from b2shift.differentiate.scores.interest import DECLARED as INTEREST
from b2shift.differentiate.scores.kept.contract import Said, as_text, columns_of, design_of
from b2shift.differentiate.scores.kept.models import model_of
from b2shift.differentiate.scores.learners import Learned
from b2shift.differentiate.scores.measures import sigmoid
from b2shift.differentiate.scores.outcomes import key_of
from b2shift.differentiate.scores.reasons import in_points

PROPENSITY = "propensity"
PARTS = "parts"
"""Where the card of the whole holds those of the families."""
BESIDE = (*RATES, *INTEREST)
"""Inputs that are of a customer and a family together."""
_NAMES = frozenset(one.name for one in BESIDE)


def column_of(family: str) -> str:
    """Of `scores`: `Distribuição` → `propensity_distribuicao`."""
    return f"{PROPENSITY}_{key_of(family)}"


@dataclass(frozen=True)
class Pairs:
    """`shown` are the families whose propensity is said; `shifts` moves each family's level, in log-odds."""

    known: Affinity
    shown: tuple[str, ...]
    seen: Design
    learned: Learned
    calibration: Calibration
    shifts: tuple[float, ...]
    least: float
    score: str = PROPENSITY

    @property
    def features(self) -> tuple[str, ...]:
        """Columns of `features` it looks at."""
        own = (name for name in self.seen.features if name not in _NAMES)
        return tuple(dict.fromkeys((*own, "market_segment")))

    def beside(self, frame: Frame, interest: Mapping[str, Floats], key: str) -> Frame:
        """The customers beside a family; `interest` is what they have shown of each (customers × families)."""
        return paired(frame, self.known.of(frame) | dict(interest), self.known.families.index(key))

    def probability(self, matrix: Floats, family: int) -> Floats:
        """Of rows of one family."""
        log_odds = self.calibration.apply(self.learned.log_odds(matrix)) + self.shifts[family]
        return np.clip(sigmoid(log_odds), self.least, 1 - self.least)

    def of(self, frame: Frame, key: str) -> Said:
        """One family of customers that stand beside it."""
        matrix, family = self.seen.matrix(frame), self.known.families.index(key)
        said = self.probability(matrix, family)
        parts = self.seen.by_feature(self.learned.contributions(matrix))
        parts[:, [name in OF_EVERYONE for name in self.seen.features]] = 0.0  # no reason of anyone's
        return Said({column_of(key): said}, self.seen.features, in_points(said, parts))

    def text(self) -> str:
        """The model as it is kept."""
        known = self.known
        return as_text(
            {
                "kind": PROPENSITY,
                "families": known.families,
                "common": known.common.tolist(),
                "lifts": known.lifts.tolist(),
                "segments": {name: values.tolist() for name, values in known.segments.items()},
                "held": known.held.tolist(),
                "held_in": {name: values.tolist() for name, values in known.held_in.items()},
                "shown": self.shown,
                "columns": columns_of(self.seen),
                "model": self.learned.parameters,
                "calibration": [self.calibration.name, self.calibration.numbers],
                "shifts": self.shifts,
                "least": self.least,
            }
        )


def paired(frame: Frame, pairs: Mapping[str, Floats], family: int) -> Frame:
    """Customers with what is known of them and one family."""
    mine = {name: values[:, family] for name, values in pairs.items()}
    return Frame(frame.as_of, frame.ids, frame.numbers | mine, frame.words)


def pairs_of(told: Mapping[str, Any], threads: int) -> Pairs:
    """From its text; versions from before `held` do not look at it."""
    name, numbers = told["calibration"]
    segments, held_in = (
        {segment: np.array(values) for segment, values in told.get(key, {}).items()} for key in ("segments", "held_in")
    )
    common = np.array(told["common"])
    return Pairs(
        known=Affinity(
            families=tuple(told["families"]),
            common=common,
            lifts=np.array(told["lifts"]),
            segments=segments,
            held=np.array(told.get("held", np.zeros_like(common))),
            held_in=held_in,
        ),
        shown=tuple(told["shown"]),
        seen=design_of(told["columns"]),
        learned=model_of(told["model"], threads),
        calibration=Calibration(name, tuple(map(tuple, numbers))),
        shifts=tuple(told["shifts"]),
        least=told["least"],
    )
