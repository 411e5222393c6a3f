"""Customer × family features: ownership, co-purchase, segment rates."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from b2shift.differentiate.contracts import FeatureDeclaration
from b2shift.differentiate.scores.frame import Floats, Frame
from b2shift.differentiate.scores.measures import logit

_PRIOR_CUSTOMERS = 20.0
OWNS, TOGETHER, SEGMENT, COMMON = "family_owned", "family_together", "family_in_segment", "family_rate"
HELD, HELD_IN_SEGMENT = "family_held", "family_held_in_segment"
DECLARED = (
    FeatureDeclaration(
        name=OWNS,
        label="Já tem a família",
        meaning="Revenue of this product family in the last closed month.",
        source="recurring_revenue",
        family="receita",
        format="boolean",
    ),
    FeatureDeclaration(
        name=TOGETHER,
        label="Compras de quem tem as mesmas famílias",
        meaning="Rate of buying this family among owners of the customer's families over everyone's, multiplied.",
        source="derived",
        family="receita",
        unit="vezes",
        format="decimal",
    ),
    FeatureDeclaration(
        name=SEGMENT,
        label="Compras da família no segmento",
        meaning="Rate of buying this family in the market segment, drawn to everyone's by 20 customers' worth.",
        source="derived",
        family="cadastro",
        format="percent",
    ),
    FeatureDeclaration(
        name=COMMON,
        label="Compras da família em toda a base",
        meaning="Rate of buying this family on the training dates.",
        source="derived",
        family="receita",
        format="percent",
    ),
    FeatureDeclaration(
        name=HELD,
        label="Clientes que têm a família",
        meaning="Share of customers with revenue of this family on the training dates.",
        source="derived",
        family="receita",
        format="percent",
    ),
    FeatureDeclaration(
        name=HELD_IN_SEGMENT,
        label="Presença da família no segmento",
        meaning="Logarithm of the odds of having this family in the market segment over everyone's, drawn to nothing "
        "by 20 customers' worth.",
        source="derived",
        family="cadastro",
        format="decimal",
    ),
)
OF_EVERYONE, OF_SEGMENTS = (COMMON, HELD), (SEGMENT, HELD_IN_SEGMENT)
"""Features equal for all customers, and for all customers of a market segment."""


@dataclass(frozen=True)
class Affinity:
    """Purchase rates of each family on training dates: overall, by owned family, by market segment.

    `held` is the ownership share of each family, `held_in` its segment log-odds above that.
    """

    families: tuple[str, ...]
    common: Floats
    lifts: Floats
    segments: dict[str, Floats]
    held: Floats
    held_in: dict[str, Floats]

    def features(self, frame: Frame) -> dict[str, Floats]:
        """The six features (customers × families)."""
        owned = owned_families(frame, self.families)
        lifted = np.zeros(owned.shape)
        for k in range(len(self.families)):  # row by row: a customer alone gets the same bits as among others
            lifted += owned[:, [k]] * self.lifts[k]
        combined = np.clip(np.exp(lifted), 0.05, 20)
        segments, nothing = frame.words["market_segment"], np.zeros(len(self.families))
        rates = np.array([self.segments.get(name, self.common) for name in segments])
        above = np.array([self.held_in.get(name, nothing) for name in segments])
        features = {
            OWNS: owned,
            TOGETHER: combined,
            SEGMENT: rates.reshape(owned.shape),
            COMMON: np.broadcast_to(self.common, owned.shape),
            HELD: np.broadcast_to(self.held, owned.shape),
            HELD_IN_SEGMENT: above.reshape(owned.shape),
        }
        return {name: values.astype(np.float32) for name, values in features.items()}


def owned_families(frame: Frame, families: Sequence[str]) -> Floats:
    """1 where the customer has revenue of the family, by the features family_<key>."""
    nobody = np.zeros(len(frame), dtype=np.float32)
    return np.column_stack([np.nan_to_num(frame.numbers.get(f"family_{name}", nobody)) for name in families])


def fit_affinity(frames: Sequence[Frame], bought: Sequence[Floats], families: Sequence[str]) -> Affinity:
    """Fit on frames and purchases (customers × families)."""
    owned = np.concatenate([owned_families(frame, families) for frame in frames])
    events = np.concatenate(list(bought))
    common = np.maximum(events.mean(axis=0), 1e-5) if len(events) else np.full(len(families), 1e-5)
    rates = (owned.T @ events + _PRIOR_CUSTOMERS * common) / (owned.sum(axis=0)[:, None] + _PRIOR_CUSTOMERS)
    lifts = np.log(rates / common)
    np.fill_diagonal(lifts, 0.0)
    held = np.clip(owned.mean(axis=0), 1e-3, 1 - 1e-3) if len(owned) else np.full(len(families), 1e-3)
    names = np.concatenate([frame.words["market_segment"] for frame in frames])
    segments, held_in = {}, {}
    for name in {name for name in names if name is not None}:
        members = names == name
        segments[name] = _shrunk_means(events[members], common)
        held_in[name] = logit(_shrunk_means(owned[members], held)) - logit(held)
    return Affinity(tuple(families), common, lifts, segments, held, held_in)


def _shrunk_means(rows: Floats, towards: Floats) -> Floats:
    """Column means, shrunk to the overall ones by `_PRIOR_CUSTOMERS`."""
    return np.asarray((rows.sum(axis=0) + _PRIOR_CUSTOMERS * towards) / (len(rows) + _PRIOR_CUSTOMERS))
