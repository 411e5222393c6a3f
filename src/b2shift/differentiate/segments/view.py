"""Views: encoded columns of a customer table, their variables, and the space they are measured in."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import pairwise

import numpy as np

from b2shift.differentiate.segments.distinct import Distinct, Floats, Integers, distinct
from b2shift.differentiate.segments.measures import MAX_REFERENCE
from b2shift.differentiate.segments.space import Space, reference_space
from b2shift.differentiate.segments.traits import MISSING, Codes, Levels

BEHAVIOUR = "perfil_e_comportamento"
PREDECESSOR = "b2shift37"
MIN_LEVEL_SHARE = 0.01
"""Share of customers below which a level has no column: it would be an axis for a handful."""
MAX_CELLS = 90_000_000
"""Distinct rows × encoded columns; more would need over 8 GB, so that rows are sampled."""


@dataclass(frozen=True)
class View:
    """Customers × columns, deduplicated; `variables` lists the columns of each, which are shuffled together."""

    name: str
    distinct: Distinct
    columns: tuple[str, ...]
    variables: tuple[tuple[int, ...], ...]

    @property
    def count(self) -> int:
        """Customers."""
        return len(self.distinct.inverse)

    def matrix(self, rows: Integers | None = None) -> Floats:
        """The columns of all customers, or of some (positions)."""
        inverse = self.distinct.inverse
        return self.distinct.rows[inverse if rows is None else inverse[rows]]

    @cached_property
    def space(self) -> Space:
        """Reference space: principal components of the standardised columns with 80 % of the variance."""
        return reference_space(self.distinct)

    @cached_property
    def points(self) -> Distinct:
        """Distinct rows in the reference space."""
        return self.distinct.with_rows(self.space.project(self.distinct.rows))

    def take(self, rows: Integers) -> "View":
        """Some of the customers."""
        return replace(self, distinct=self.distinct.sample(rows))

    def shuffled(self, rng: np.random.Generator) -> "View":
        """Each variable permuted independently: the same margins, no joint structure.

        At most MAX_REFERENCE customers and MAX_CELLS values: shuffled rows repeat less, and fewer show chance as well.
        """
        room = min(MAX_REFERENCE, MAX_CELLS // len(self.columns))
        matrix = self.matrix(None if self.count <= room else rng.choice(self.count, room, replace=False))
        for columns in self.variables:
            matrix[:, columns] = matrix[rng.permutation(len(matrix))][:, columns]
        return replace(self, distinct=distinct(matrix))


def behaviour_view(levels: Levels) -> View:
    """Profile and behaviour: ordered levels scaled to 0..1 with a missing indicator; one-hot categories.

    What no customer has a level of, as in a house without the file that tells it, has no columns, unless all is so.
    """
    blocks: list[tuple[tuple[str, ...], Floats]] = []
    clustering = [variable for variable in levels.variables if variable.clusters]
    told = [variable for variable in clustering if (levels.codes[variable.name] != MISSING).any()]
    for variable in told or clustering:
        codes = levels.codes[variable.name]
        block = _ordered(codes, len(variable.levels)) if variable.ordered else _one_hot(codes, len(variable.levels))
        names = ("level", "missing") if variable.ordered else tuple(level.key for level in variable.levels)
        blocks.append((tuple(f"{variable.name}_{name}" for name in names), block))
    return build_view(BEHAVIOUR, blocks)


def build_view(name: str, blocks: Sequence[tuple[tuple[str, ...], Floats]]) -> View:
    """A view from the columns of each variable."""
    ends = np.cumsum([0, *(len(names) for names, _ in blocks)])
    variables = tuple(tuple(range(start, end)) for start, end in pairwise(ends))
    matrix = np.hstack([block for _, block in blocks])
    return View(name, distinct(matrix), tuple(c for names, _ in blocks for c in names), variables)


def _ordered(codes: Codes, levels: int) -> Floats:
    known = codes != MISSING
    value = codes / max(levels - 1, 1)
    value = np.where(known, value, value[known].mean() if known.any() else 0.0)
    missing = (~known).astype(np.float64)
    return np.column_stack([value, missing if _common_enough(missing) else np.zeros(len(codes))])


def _one_hot(codes: Codes, levels: int) -> Floats:
    columns = [(codes == level).astype(np.float64) for level in range(levels)]
    return np.column_stack([column if _common_enough(column) else np.zeros(len(codes)) for column in columns])


def _common_enough(flags: Floats) -> bool:
    return bool(MIN_LEVEL_SHARE <= flags.mean() <= 1 - MIN_LEVEL_SHARE) if len(flags) else False
