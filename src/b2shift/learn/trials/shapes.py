"""The shapes of what a trial tells."""

from pathlib import Path

from b2shift.kernel.contract import Contract
from b2shift.kernel.wilson import Z95


class Interval(Contract):
    """A value with its 95 % interval."""

    value: float
    low: float
    high: float

    @classmethod
    def around(cls, value: float, error: float, reach: float = Z95) -> "Interval":
        """The normal interval of a value with that standard error, so many of them wide to each side."""
        return cls(value=value, low=value - reach * error, high=value + reach * error)

    def turned(self, base: float = 0.0) -> "Interval":
        """Of `base` less the value."""
        return Interval(value=base - self.value, low=base - self.high, high=base - self.low)


class TrialColumns(Contract):
    """Where a table tells a trial: one row a customer."""

    table: Path
    arm: str
    """Column of what each was given."""
    lot: str | None = None
    """Column within whose values the arms were drawn with shares of their own."""
    identity: str | None = None
    """Column of the key."""
    unused: tuple[str, ...] = ()
    """Columns that were not known before, or must not be learnt from."""


class TrialArm(Contract):
    """One arm: its rows, and the mean of a value in it."""

    name: str
    rows: int
    mean: float


class TrialEffect(Contract):
    """What one arm brought over another, per row."""

    measure: str
    arm: TrialArm
    against: TrialArm
    difference: Interval | None
    """Of the means as they are; null where too few have any value for an interval to hold."""
    adjusted: Interval | None
    """The same, with what was known before taken off."""


class UpliftGroup(Contract):
    """Customers of whom about the same is expected; the first group is that of whom most is."""

    place: int
    rows: int
    expected: float
    effect: Interval
    """What the arm brought to them; intervals of all groups hold together."""


class UpliftResult(Contract):
    """Whether an arm persuades some more than others, and whom."""

    measure: str
    arm: str
    against: str
    rows: int
    effect: Interval
    """Over all rows."""
    gain: Interval
    """What choosing whom to give the arm by expectation brings over choosing at random, per row, averaged over how many
    are chosen."""
    tells_apart: bool
    """Whether that gain is beyond chance with 95 %; if not, nobody is known to be persuaded more than others."""
    qini: float | None
    """Radcliffe's coefficient; null where values are not 0 and 1."""
    groups: tuple[UpliftGroup, ...]
    harmed: int
    """Rows of groups whose whole interval is on the wrong side of zero."""
    learners: dict[str, float]
    """Weight of each learner; all are zero where nothing could be learnt."""
    notes: tuple[str, ...]


class PolicyArm(Contract):
    """One arm as a choice: what it brings when given to all, its cost taken off, and to how many it is given."""

    name: str
    cost: float
    to_all: Interval
    chosen: int


class PolicyResult(Contract):
    """Whether to give each row its own arm would bring more than giving all the same."""

    measure: str
    rows: int
    arms: tuple[PolicyArm, ...]
    best: str
    """The arm that is best for all."""
    value: Interval
    """Of the learnt choice, per row."""
    gain: Interval
    """Over the best arm for all."""
    is_better: bool
    """Whether that gain is beyond chance; if not, give all the best arm."""
    notes: tuple[str, ...]


class PolicyEstimate(Contract):
    """The value per row of a rule of choice, by one estimator."""

    name: str
    value: Interval


class PolicyEvaluation(Contract):
    """What a rule of choice would have brought, from rows another chose, and how far those rows can tell it."""

    measure: str
    rule: str
    rows: int
    effective_rows: float
    """Kish's effective sample size of the weights."""
    largest_weight: float
    never_given: float
    """Share of the rule's choices that the log hardly ever made."""
    logged: Interval
    """The value per row of what was chosen."""
    estimates: tuple[PolicyEstimate, ...]
    """The last is the one to read; none where too little of the log is like the rule."""
    may_go_live: bool
    """Whether the rule is better than the logged one with 90 % confidence, and the log tells it well enough."""
    notes: tuple[str, ...]
