"""The front door of differentiate: features, scores and segments, with the reason for each."""

from collections.abc import Collection
from datetime import date

import pyarrow as pa

from b2shift.differentiate.contracts import FeatureDeclaration
from b2shift.differentiate.features import build as _features
from b2shift.differentiate.features.declarations import declarations as _declarations
from b2shift.lake.api import Session

__all__ = ["FeatureDeclaration", "build_features", "feature_declarations", "features_at"]


def build_features(session: Session, as_of: date) -> None:
    """Write `features`, one row per customer known on `as_of`; needs `customers` and the refined tables."""
    _features.build(session, as_of)


def features_at(session: Session, as_of: date, customers: Collection[str] | None = None) -> pa.Table:
    """The columns of `features` on any date, from rows dated on or before it only; sorted by customer_id.

    Customers that began later are absent. Snapshot features (`FeatureDeclaration.snapshot`) are null on every date
    before the newest of the data. `customers` limits the rows given back, not the peers they are compared with.
    """
    return _features.rows_at(session, as_of, customers)


def feature_declarations() -> tuple[FeatureDeclaration, ...]:
    """Every published feature in the order of the table's columns: name, pt-BR label and unit, format, meaning."""
    return _declarations().told()
