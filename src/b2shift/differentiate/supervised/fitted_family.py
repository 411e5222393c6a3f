"""The interface of a fitted model family, and the design matrices families are fitted on."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from b2shift.differentiate.supervised.shapes import Flags, Floats, Integers


@dataclass(frozen=True)
class Design:
    """Design matrices with the source column of each of their columns."""

    linear: Floats
    linear_source: Integers
    curves: Floats
    curves_source: Integers
    trees: Floats
    trees_source: Integers
    offset: Floats
    """Score of each row from its period alone (0 without periods)."""


@dataclass(frozen=True)
class FittedFamily:
    """A family fitted at several strengths, of which `selected` are used.

    `scores_at` gives scores (strengths × rows); `contributions_at` the contribution of each source column to the
    weighted mean score (rows × source columns).
    """

    family: str
    selected: Integers
    strengths: int
    scores_at: Callable[[Design, Integers], Floats]
    contributions_at: Callable[[Design, Floats, int], Floats]

    def scores(self, rows: Design, wanted: Flags | None = None) -> Floats:
        """Scores at the selected strengths, or at those of them that are wanted."""
        return self.scores_at(rows, self.selected if wanted is None else self.selected[wanted])

    def contributions(self, rows: Design, shares: Floats, width: int) -> Floats:
        """Contribution of each source column to the mean score, strengths weighted by `shares`."""
        weights = np.zeros(self.strengths)
        weights[self.selected] = shares
        return self.contributions_at(rows, weights, width)

    def select(self, wanted: Flags) -> "FittedFamily":
        """The same with fewer strengths."""
        return replace(self, selected=self.selected[wanted])


def sum_by_source(terms: Floats, sources: Integers, width: int) -> Floats:
    """Terms (rows × terms) summed by their source column."""
    total = np.zeros((len(terms), width))
    for index, source in enumerate(sources):
        total[:, source] += terms[:, index]
    return total
