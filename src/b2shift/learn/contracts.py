"""The shapes of learn: arms of a campaign, what is measured of them, effects with their intervals."""

from datetime import date
from decimal import Decimal
from enum import StrEnum

from b2shift.kernel.contract import Contract
from b2shift.learn.choice.shapes import NEVER as NEVER
from b2shift.learn.choice.shapes import Arms as Arms
from b2shift.learn.choice.shapes import ArmShare as ArmShare
from b2shift.learn.choice.shapes import ArmValue as ArmValue
from b2shift.learn.choice.shapes import ShareReason as ShareReason
from b2shift.learn.choice.shapes import Trials as Trials
from b2shift.learn.trials.shapes import Interval as Interval
from b2shift.learn.trials.shapes import PolicyArm as PolicyArm
from b2shift.learn.trials.shapes import PolicyEstimate as PolicyEstimate
from b2shift.learn.trials.shapes import PolicyEvaluation as PolicyEvaluation
from b2shift.learn.trials.shapes import PolicyResult as PolicyResult
from b2shift.learn.trials.shapes import TrialArm as TrialArm
from b2shift.learn.trials.shapes import TrialColumns as TrialColumns
from b2shift.learn.trials.shapes import TrialEffect as TrialEffect
from b2shift.learn.trials.shapes import UpliftGroup as UpliftGroup
from b2shift.learn.trials.shapes import UpliftResult as UpliftResult

TREATED, CONTROL = "treated", "control"
"""Arms every campaign has: all it addressed, whatever the variant, and those left out by lot."""
EVERY = ""
"""The group of all customers, and the campaign that stands for all of them."""


class Measure(StrEnum):
    """What is compared between the arms of a campaign, within `HORIZON_DAYS` of the assignment."""

    BOUGHT = "bought"
    WON = "won"
    MRR_CHANGE = "mrr_change"
    LOST = "lost"

    @property
    def is_rate(self) -> bool:
        """Whether it is a share of customers; otherwise BRL per customer."""
        return self in (Measure.BOUGHT, Measure.LOST)

    @property
    def is_good(self) -> bool:
        """Whether more of it is what the company wants."""
        return self is not Measure.LOST


class Verdict(StrEnum):
    """What an interval says of an effect: it leaves out zero on one side, on the other, or not."""

    HELPED = "helped"
    HARMED = "harmed"
    UNCLEAR = "unclear"

    @classmethod
    def of(cls, low: float, high: float, *, is_good: bool) -> "Verdict":
        """What an interval says of something of which more is good, or bad."""
        if low <= 0 <= high:
            return cls.UNCLEAR
        return cls.HELPED if (low > 0) is is_good else cls.HARMED


class Grouping(StrEnum):
    """What customers are told apart by; nothing of it may change by what a campaign does."""

    EVERYONE = ""
    MARKET_SEGMENT = "market_segment"
    REVENUE_BAND = "revenue_band"


GROUPINGS = (Grouping.MARKET_SEGMENT, Grouping.REVENUE_BAND)
"""Those by which effects are told."""
DONE = ("sent", "opened", "clicked", "replied", "accepted", "rejected", "unsubscribed", "bought")
"""What a customer may have done, in the order of a campaign."""


class Assignment(Contract):
    """One customer of a campaign, as the lot fell."""

    campaign_id: str
    customer_id: str
    arm: str
    """`control`, or the variant."""
    assigned_on: date


class Arm(Contract):
    """What the customers of one variant did."""

    variant: str
    customers: int
    sent: int
    opened: int
    clicked: int
    replied: int
    accepted: int
    rejected: int
    unsubscribed: int
    bought: int
    cost: Decimal
    """BRL of the contacts, as the costs of channels say."""


class Effect(Contract):
    """The mean of a measure in one arm less that in another, with its 95 % interval.

    Rates are shares of customers (0 to 1), the others BRL per customer. `always_low` and `always_high` hold at every
    moment one may look at a campaign that still runs; `low` and `high` at the one moment it has ended.
    """

    campaign_id: str
    measure: Measure
    arm: str
    against: str
    grouping: Grouping = Grouping.EVERYONE
    group: str = EVERY
    customers: int
    others: int
    mean: float
    mean_of_others: float
    difference: float
    low: float
    high: float
    always_low: float
    always_high: float
    detectable: float
    """The smallest true effect that such a test tells from chance four times in five."""
    variance_cut: float
    """Share of the variance that what was known before the assignment took away; 0 where it was not used."""

    def interval(self, *, running: bool = False) -> tuple[float, float]:
        """The interval to be read: of a campaign that runs the one that holds whenever one looks."""
        return (self.always_low, self.always_high) if running else (self.low, self.high)

    def verdict(self, *, running: bool = False) -> Verdict:
        """What the interval says."""
        return Verdict.of(*self.interval(running=running), is_good=self.measure.is_good)


class PersuasionGroup(Contract):
    """Customers to whom contacts are expected to bring about the same; the first group is that of the most."""

    place: int
    assignments: int
    """Of campaigns; a customer of several counts in each."""
    customers: int
    """Of today."""
    effect: Interval
    """What contacts brought; the intervals of all groups hold together."""
    harmed: bool
    """Whether contacts were seen to do them harm."""


class Persuasion(Contract):
    """Whether contacts bring more to some customers than to others, on one measure, over all campaigns with a lot."""

    measure: Measure
    assignments: int
    effect: Interval
    gain: Interval
    """What choosing whom to contact brings over choosing at random, per customer; more is better."""
    tells_apart: bool
    groups: tuple[PersuasionGroup, ...]


class CampaignResult(Contract):
    """One campaign: its arms, and the effects that could be measured."""

    campaign_id: str
    product_family: str | None
    channel: str | None
    began_on: date
    ended_on: date
    """The last assignment."""
    runs: bool
    """Whether its last customers have not had the whole horizon yet."""
    prospects: int
    """Prospects of it, who are not compared: nothing was known of them before."""
    arms: tuple[Arm, ...]
    effects: tuple[Effect, ...]

    def effect(self, measure: Measure, arm: str = TREATED, against: str = CONTROL) -> Effect | None:
        """The effect over all its customers; None where it was not measured."""
        asked = (measure, arm, against, Grouping.EVERYONE)
        return next((e for e in self.effects if (e.measure, e.arm, e.against, e.grouping) == asked), None)

    @property
    def main(self) -> Effect | None:
        """The effect one asks for first: purchases where the source tells of them, else the first that is measured."""
        return next((found for measure in Measure if (found := self.effect(measure)) is not None), None)


FAMILIES = "propensity"
"""The model of the propensities to all families of products: its rows are of customers and families."""
UNBOUNDED = 1e9
"""The upper end of a ratio that nothing bounds, as tables hold it."""


class AccuracyGrouping(StrEnum):
    """What predictions are told apart by, as customers were on the day they were made."""

    EVERYONE = ""
    MARKET_SEGMENT = "market_segment"
    REVENUE_BAND = "revenue_band"
    TENURE_BAND = "tenure_band"
    LIFE_STAGE = "life_stage"


class CalibrationLevel(StrEnum):
    """What outcomes say of a score: it deviates, it does not though it would have been seen, or they are too few."""

    DEVIATES = "deviates"
    IN_ORDER = "in_order"
    FEW = "few"


class ScoreAccuracy(Contract):
    """What a score said on one date of everyone or a group, and what happened; as the table `score_accuracy`."""

    score: str
    as_of: date
    model_version: str
    grouping: AccuracyGrouping
    group: str
    customers: int
    events: int
    predicted: float
    observed: float
    observed_low: float
    observed_high: float
    ratio: float | None
    auc: float | None
    auc_low: float | None
    auc_high: float | None
    brier: float
    ece: float | None
    ece_floor: float | None


class ScoreCalibration(Contract):
    """Whether a score and what happened agree, of everyone or a group; as the table `score_calibration`."""

    score: str
    grouping: AccuracyGrouping
    group: str
    level: CalibrationLevel
    alarmed_on: date | None
    dates: int
    first_as_of: date | None
    last_as_of: date | None
    customers: int
    predicted: float
    observed: float
    ratio: float | None
    ratio_low: float
    ratio_high: float

    @property
    def unbounded(self) -> bool:
        """Whether nothing bounds the ratio from above yet."""
        return self.ratio_high >= UNBOUNDED

    @property
    def is_more(self) -> bool:
        """Whether more happened than was predicted."""
        return self.observed > self.predicted


class Accuracies(Contract):
    """What all scores said and what happened: rows of both tables, and since when there is anything to say."""

    labels: dict[str, str]
    """Name of each score, pt-BR."""
    first_said: date | None
    """The first date predictions were kept of; None before any were."""
    first_outcomes: date | None
    """The day on which the horizon of these ends; their outcomes are known once revenue of that month is closed."""
    rows: tuple[ScoreAccuracy, ...]
    calibration: tuple[ScoreCalibration, ...]

    def of(self, score: str) -> "Accuracies":
        """Of one score only."""
        rows = tuple(one for one in self.rows if one.score == score)
        levels = tuple(one for one in self.calibration if one.score == score)
        return self.model_copy(update={"rows": rows, "calibration": levels})

    def label(self, score: str) -> str:
        """Its name, pt-BR; the column where the version has none."""
        return self.labels.get(score, score)

    @property
    def alarms(self) -> tuple[ScoreCalibration, ...]:
        """Those that deviate, scores as a whole before their groups."""
        found = [one for one in self.calibration if one.level is CalibrationLevel.DEVIATES]
        return tuple(sorted(found, key=lambda one: (bool(one.grouping), one.score, one.grouping, one.group)))


class ReturnGrouping(StrEnum):
    """What campaigns are put together by."""

    EVERYTHING = ""
    CHANNEL = "channel"
    PRODUCT_FAMILY = "product_family"


class CampaignReturn(Contract):
    """What campaigns brought in deals that would not have come, over what they cost; BRL."""

    grouping: ReturnGrouping
    group: str
    campaigns: int
    customers: int
    """Those addressed."""
    hours: float
    """Of people."""
    cost: Decimal
    won: Interval
    net: Interval
    """Deals less cost."""

    @property
    def per_hour(self) -> Interval | None:
        """BRL for each hour of people; None where they took none."""
        if not self.hours:
            return None
        return Interval(**{name: value / self.hours for name, value in self.net.model_dump().items()})
