"""Where customers are in their life with the vendor, and what they may buy again: the tables of this room."""

from datetime import date

from b2shift.differentiate.lifecycle import journey_table, repurchase_table
from b2shift.lake.api import Session


def build(session: Session, as_of: date) -> None:
    """Write `journey`, `repurchase` and `repurchase_model`, those whose inputs changed."""
    journey_table.build(session, as_of)
    repurchase_table.build(session, as_of)
