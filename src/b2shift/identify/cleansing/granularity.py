"""The finest step of a column's numbers: one that is off the step, or ends in a zero no other has, was typed again."""

from collections import Counter
from collections.abc import Sequence
from decimal import Decimal
from itertools import pairwise
from math import gcd
from typing import NamedTuple

# Nearly all the numbers of a column, and enough of them to speak.
_NEARLY_ALL, _ENOUGH = 0.9, 30
# Of numbers written with fixed decimals one in ten ends in a zero.
_HARDLY_ANY = 0.04


class Granularity(NamedTuple):
    """Numbers are multiples of `step` / 10**`decimals` (step 1: nothing learnt); whether decimals may end in a zero,
    whether thousands stand in groups (`1.234,56`), and whether a currency stands in front (`R$ 1.234,56`).

    `12,0` is how some exports write a whole number: a single zero says nothing.
    """

    decimals: int = 0
    step: int = 1
    zeros: bool = True
    grouped: bool = False
    currency: bool = False

    @property
    def told(self) -> str:
        """The step as people write it."""
        return f"{Decimal(self.step).scaleb(-self.decimals):f}".replace(".", ",")


def learn(values: Sequence[str]) -> Granularity:
    """From different numbers of one column, written with a decimal point."""
    fractions = [value.partition(".")[2] for value in values if "." in value]
    if len(fractions) < _ENOUGH:
        return Granularity()
    decimals = max(map(len, fractions))
    zeros = sum(len(f) > 1 and f.endswith("0") for f in fractions) > _HARDLY_ANY * len(fractions)
    whole = [abs(int(Decimal(value).scaleb(decimals))) for value in values]
    pairs = Counter(gcd(a, b) for a, b in pairwise(whole) if a and b)
    step = next((step for step, _ in pairs.most_common(3) if step > 1 and _fits(whole, step)), 1)
    return Granularity(decimals, step, zeros)


def _fits(whole: Sequence[int], step: int) -> bool:
    return sum(value % step == 0 for value in whole) >= _NEARLY_ALL * len(whole)
