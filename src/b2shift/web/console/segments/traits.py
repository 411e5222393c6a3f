"""What marks a segment: traits by lift, each with the interval of its sample."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import log

from django.utils.translation import gettext as _

from b2shift.web.console.formats import number, percent
from b2shift.web.console.wording import shipped
from b2shift.web.crm.models import SegmentTrait

_NOBODY = 1e-3
"""A lift of nothing counts as one in a thousand."""


@dataclass(frozen=True)
class TraitLine:
    """One trait of one segment. Prevalence and base are shares; lift is one over the other."""

    trait: str
    label: str
    prevalence: float
    low: float | None
    high: float | None
    overall: float | None
    lift: float | None
    lift_low: float | None
    lift_high: float | None
    members: int

    @property
    def certain(self) -> bool:
        """Whether the interval leaves out a lift of 1, that is, no difference from the base."""
        return self.lift_low is not None and self.lift_high is not None and not self.lift_low <= 1 <= self.lift_high


def lines_of(traits: Iterable[SegmentTrait]) -> list[TraitLine]:
    """The traits with the interval of their lift: the prevalence's, over the base's share taken as known."""
    return [_line(trait) for trait in traits]


def marking(lines: Sequence[TraitLine], most: int = 12) -> list[TraitLine]:
    """The traits that mark the segment beyond doubt: those whose lift is surely largest first."""
    above = [line for line in lines if line.lift is not None and line.lift > 1 and line.certain]
    return sorted(above, key=lambda line: (-(line.lift_low or 0), line.trait))[:most]


def missing(lines: Sequence[TraitLine], most: int = 6) -> list[TraitLine]:
    """The traits the segment lacks most: lift below 1 beyond doubt, what is surely rarest first."""
    below = [line for line in lines if line.lift is not None and line.lift < 1 and line.certain]
    return sorted(below, key=lambda line: (line.lift_high or 0, line.trait))[:most]


def reading(name: str, lines: Sequence[TraitLine]) -> str:
    """The profile in one sentence."""
    first = next(iter(marking(lines, 1)), None)
    if first is None or first.overall is None:
        return _("Nenhum traço é mais comum em %(name)s do que na base.") % {"name": name}
    text = _("O que mais marca %(name)s: %(trait)s, em %(share)s dos membros contra %(base)s da base") % {
        "name": name,
        "trait": shipped(first.label),
        "share": percent(first.prevalence, 0),
        "base": percent(first.overall, 0),
    }
    if first.lift is not None and first.lift_low is not None and first.lift_high is not None:
        text += _(" (lift %(lift)s, entre %(low)s e %(high)s)") % {
            "lift": number(first.lift, 1),
            "low": number(first.lift_low, 1),
            "high": number(first.lift_high, 1),
        }
    return text + "."


@dataclass(frozen=True)
class TraitPair:
    """One trait in two segments; None where the segment has no measure of it."""

    label: str
    a: TraitLine | None
    b: TraitLine | None

    @property
    def apart(self) -> bool:
        """Whether the two intervals do not touch: the segments differ beyond the noise of their samples."""
        if self.a is None or self.b is None:
            return False
        bounds = (self.a.lift_low, self.a.lift_high, self.b.lift_low, self.b.lift_high)
        if any(bound is None for bound in bounds):
            return False
        a_low, a_high, b_low, b_high = (float(bound or 0) for bound in bounds)
        return a_low > b_high or b_low > a_high


def pairs(a: Sequence[TraitLine], b: Sequence[TraitLine], most: int = 15) -> list[TraitPair]:
    """The traits that tell two segments apart most: largest sure ratio of lifts first."""
    left, right = {line.trait: line for line in a}, {line.trait: line for line in b}
    found = [
        TraitPair((left.get(key) or right[key]).label, left.get(key), right.get(key))
        for key in sorted(left.keys() | right.keys())
    ]
    return sorted(found, key=_distance, reverse=True)[:most]


def _distance(pair: TraitPair) -> tuple[bool, float]:
    """Both measured before one; then the least log-ratio their intervals leave open, below 0 where they touch."""
    if pair.a is None or pair.b is None:
        only = pair.a or pair.b
        return (False, abs(log(max(only.lift or 1.0, _NOBODY))) if only else 0.0)
    (a_low, a_high), (b_low, b_high) = _ends(pair.a), _ends(pair.b)
    return (True, max(log(a_low / b_high), log(b_low / a_high)))


def _ends(line: TraitLine) -> tuple[float, float]:
    """The interval of a lift, or the lift itself where there is none."""
    low, high = (line.lift if end is None else end for end in (line.lift_low, line.lift_high))
    return max(low or 0.0, _NOBODY), max(high or 0.0, _NOBODY)


def _line(trait: SegmentTrait) -> TraitLine:
    base = trait.overall if trait.overall else None
    return TraitLine(
        trait=trait.trait,
        label=trait.label,
        prevalence=trait.prevalence,
        low=trait.low,
        high=trait.high,
        overall=trait.overall,
        lift=trait.lift,
        lift_low=trait.low / base if base and trait.low is not None else None,
        lift_high=trait.high / base if base and trait.high is not None else None,
        members=trait.members,
    )
