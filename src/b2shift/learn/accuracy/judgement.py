"""What is said of a score's calibration once its outcomes come in: in order, deviates, or too few cases to know."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from b2shift.learn.accuracy.evidence import Pair, interval, is_fewer, is_more
from b2shift.learn.contracts import AccuracyGrouping, CalibrationLevel

Key = tuple[str, AccuracyGrouping, str]
"""Score, grouping and group."""
TOLERANCE = 1.25
"""Times more, or fewer, events than predicted that are let pass: seasons and errors of the base rate move as much."""
ALARM = 0.05
"""Chance that a home whose scores are all within the tolerance ever sees an alarm."""
SEEN = 2.0
"""Times more, or fewer, events than predicted that must be visible before anything is called in order."""
CHAINS = 4
"""Dates a month apart whose 90 days can overlap."""


@dataclass(frozen=True)
class Batch:
    """One date's predictions of a group: events observed and predicted, and when the last outcome was over."""

    as_of: date
    over_on: date
    customers: int
    observed: float
    predicted: float
    together: float = 1.0
    """Events of one customer that may come together: evidence is of as many fewer."""

    @property
    def counts(self) -> Pair:
        """Events observed and predicted, as evidence."""
        return self.observed / self.together, self.predicted / self.together


Chains = list[list[Batch]]
"""Batches that do not overlap, one after another, in each."""


@dataclass(frozen=True)
class Judgement:
    """The level, and the evidence it rests on: the batches since the last alarm, or those of the alarm."""

    level: CalibrationLevel
    batches: tuple[Batch, ...]
    low: float
    high: float
    alarmed_on: date | None = None
    """As-of of the predictions that raised the alarm that stands."""

    @property
    def observed(self) -> float:
        """Events that happened."""
        return sum(one.observed for one in self.batches)

    @property
    def predicted(self) -> float:
        """Events that were predicted."""
        return sum(one.predicted for one in self.batches)


def judge_all(batches: Mapping[Key, Sequence[Batch]]) -> dict[Key, Judgement]:
    """Everyone and every group of every score, each with its part of the chance of a false alarm."""
    alphas = shares(batches)
    return {key: judge(found, alphas[key]) for key, found in sorted(batches.items())}


def shares(keys: Collection[Key]) -> dict[Key, float]:
    """The chance of a false alarm parted: by scores, then half for a score as a whole and half by its groups."""
    scores = len({score for score, _grouping, _group in keys})
    groups = Counter(score for score, grouping, _group in keys if grouping.value)
    return {key: ALARM / scores / 2 / (groups[key[0]] if key[1].value else 1) for key in keys}


def judge(batches: Sequence[Batch], alpha: float) -> Judgement:
    """Look at every batch, the oldest first, as the deliveries did; `alpha` is the chance of a false alarm.

    After an alarm only predictions made when the outcomes that raised it were over count, and it stands until they are
    in order.
    """
    level, chains, alarmed_on = standing(batches, alpha)
    ends = [interval([one.counts for one in chain], alpha / CHAINS) for chain in chains]
    low, high = max((low for low, _ in ends), default=0.0), min((high for _, high in ends), default=float("inf"))
    evidence = sorted((one for chain in chains for one in chain), key=lambda batch: batch.as_of)
    return Judgement(level, tuple(evidence), low, high, alarmed_on)


def standing(batches: Sequence[Batch], alpha: float) -> tuple[CalibrationLevel, Chains, date | None]:
    """The level after every batch was looked at, the chains of its evidence, and the date that raised its alarm."""
    found: Chains = []
    alarm: tuple[Chains, date] | None = None
    known = date.min
    for one in sorted(batches, key=lambda batch: batch.as_of):
        if one.as_of <= known:
            continue
        if _deviates(_joined(found, one), alpha):
            alarm, known, found = (found, one.as_of), one.over_on, []
        elif alarm is not None and _is_in_order(found, alpha):
            alarm = None
    if alarm is not None:
        return CalibrationLevel.DEVIATES, *alarm
    return CalibrationLevel.IN_ORDER if _is_in_order(found, alpha) else CalibrationLevel.FEW, found, None


def _joined(chains: Chains, one: Batch) -> list[Batch]:
    """The chain a batch goes on with: one whose last outcome was over when it was predicted, or a new one."""
    chain = next((known for known in chains if known[-1].over_on <= one.as_of), None)
    if chain is None:
        chain = []
        chains.append(chain)
    chain.append(one)
    return chain


def _deviates(chain: Sequence[Batch], alpha: float) -> bool:
    pairs = [one.counts for one in chain]
    return is_more(pairs, TOLERANCE, alpha / CHAINS) or is_fewer(pairs, 1 / TOLERANCE, alpha / CHAINS)


def _is_in_order(chains: Chains, alpha: float) -> bool:
    """Whether events are within the tolerance, and twice as many or half as many would have raised the alarm."""
    observed, predicted = (sum(one.counts[n] for chain in chains for one in chain) for n in (0, 1))
    if not predicted / TOLERANCE <= observed <= predicted * TOLERANCE:
        return False
    expected = [[one.counts[1] for one in chain] for chain in chains]
    doubled = [[(SEEN * one, one) for one in chain] for chain in expected]
    halved = [[(one / SEEN, one) for one in chain] for chain in expected]
    return any(is_more(pairs, TOLERANCE, alpha / CHAINS) for pairs in doubled) and any(
        is_fewer(pairs, 1 / TOLERANCE, alpha / CHAINS) for pairs in halved
    )
