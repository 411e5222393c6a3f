"""What every family of learners hands back once it is fitted, and the rows as families see them."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from b2shift.differentiate.supervised.shapes import Flags, Floats, Integers


@dataclass(frozen=True)
class Seen:
    """Rows as the families see them; the source column of every column of the matrices."""

    linear: Floats
    linear_of: Integers
    curves: Floats
    curves_of: Integers
    trees: Floats
    trees_of: Integers
    start: Floats
    """The score of each row before anything is known of it but its period."""


@dataclass(frozen=True)
class Fitted:
    """One family fitted at several strengths, of which `kept` count.

    `scores_at` says the scores of some strengths (strengths × rows), `parts_at` each source column's part of a weighted
    mean of all strengths (rows × columns of the table).
    """

    family: str
    kept: Integers
    strengths: int
    scores_at: Callable[[Seen, Integers], Floats]
    parts_at: Callable[[Seen, Floats, int], Floats]

    def scores(self, rows: Seen, wanted: Flags | None = None) -> Floats:
        """The scores of the kept strengths, or of those of them that are wanted."""
        return self.scores_at(rows, self.kept if wanted is None else self.kept[wanted])

    def parts(self, rows: Seen, shares: Floats, width: int) -> Floats:
        """Each source column's part of the mean of the kept strengths by their shares."""
        every = np.zeros(self.strengths)
        every[self.kept] = shares
        return self.parts_at(rows, every, width)

    def only(self, wanted: Flags) -> "Fitted":
        """The same with fewer strengths."""
        return replace(self, kept=self.kept[wanted])


def by_source(terms: Floats, sources: Integers, width: int) -> Floats:
    """Columns added up to the columns of the table they come from."""
    told = np.zeros((len(terms), width))
    for place, source in enumerate(sources):
        told[:, source] += terms[:, place]
    return told
