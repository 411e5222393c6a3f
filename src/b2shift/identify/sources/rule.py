"""What a source promises about its data: rules that every load is held against."""

from enum import StrEnum
from typing import Self

from pydantic import Field, model_validator

from b2shift.kernel.contract import Contract


class RuleKind(StrEnum):
    """What a rule looks at; each gives one number that is compared with its limits."""

    COMPLETE = "complete"
    VALID = "valid"
    UNIQUE = "unique"
    KNOWN = "known"
    FRESH = "fresh"
    STEADY = "steady"
    VOLUME = "volume"
    PACE = "pace"


# Kinds that look at one column.
_OF_A_COLUMN = {RuleKind.COMPLETE, RuleKind.STEADY}


class Rule(Contract):
    """One promise. `critical`: a load that breaks it is set aside and the rows of the load before stay.

    complete: share of rows with a value in `column`. valid: share of rows where `check` (SQL over the columns of the
    table) is true, those where it is unknown apart. unique: share of rows that do not repeat another. known: share of
    rows whose `column` is found in `among` (table.column); without a column, whose customer exists. fresh: days from
    the newest `dated_by` of the source to the newest of all sources. steady: population stability index of `column`
    against the load before. volume: rows against the load before (1 = as many). pace: days by which the newest
    `dated_by` moved on since the load before, beyond the median of the sources delivered (below 0: it fell behind).
    """

    rule: RuleKind
    column: str | None = None
    check: str | None = None
    among: str | None = Field(None, pattern=r"^[a-z_0-9]+\.[a-z_0-9]+$")
    at_least: float | None = None
    at_most: float | None = None
    critical: bool = False

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if self.at_least is None and self.at_most is None:
            raise ValueError("a rule needs at_least or at_most")
        if self.rule in _OF_A_COLUMN and self.column is None:
            raise ValueError(f"a rule `{self.rule}` needs its column")
        if (self.rule is RuleKind.VALID) != (self.check is not None):
            raise ValueError("a rule `valid`, and no other, needs its check")
        if (self.among is not None) != (self.rule is RuleKind.KNOWN and self.column is not None):
            raise ValueError("a rule `known` has a column and the place it is found in, or neither")
        return self

    @property
    def about(self) -> str:
        """What it looks at, as people write it."""
        return self.check or (f"{self.column} → {self.among}" if self.among else self.column or "")

    def holds(self, value: float | None) -> bool:
        """Whether a number keeps the promise; what cannot be known breaks nothing."""
        if value is None:
            return True
        return (self.at_least is None or value >= self.at_least) and (self.at_most is None or value <= self.at_most)
