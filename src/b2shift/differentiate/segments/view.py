"""The tables segments are looked for in: columns of numbers, the variables they belong to, a space to measure in."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import pairwise

import numpy as np

from b2shift.differentiate.segments.distinct import Distinct, Floats, Integers, distinct
from b2shift.differentiate.segments.measures import OTHERS
from b2shift.differentiate.segments.space import Space, reference_space
from b2shift.differentiate.segments.traits import MISSING, Codes, Levels

BEHAVIOUR = "perfil_e_comportamento"
PREDECESSOR = "b2shift37"
RARE = 0.01
"""A level of a category held by fewer customers has no column of its own: it would be an axis for a handful."""
MOST_CELLS = 90_000_000
"""Distinct rows by columns of numbers, a column for each level: more would need over 8 GB, so that rows are drawn."""


@dataclass(frozen=True)
class View:
    """Customers x columns, equal ones held once; `variables` lists the columns of each, which are shuffled together."""

    name: str
    distinct: Distinct
    columns: tuple[str, ...]
    variables: tuple[tuple[int, ...], ...]

    @property
    def count(self) -> int:
        """Customers."""
        return len(self.distinct.owner)

    def matrix(self, rows: Integers | None = None) -> Floats:
        """The columns of all customers, or of some (positions), laid out."""
        owner = self.distinct.owner
        return self.distinct.rows[owner if rows is None else owner[rows]]

    @cached_property
    def space(self) -> Space:
        """Its reference space: standardised columns, the axes of 80 % of the variance."""
        return reference_space(self.distinct)

    @cached_property
    def points(self) -> Distinct:
        """Its distinct rows in the reference space."""
        return self.distinct.moved(self.space.project(self.distinct.rows))

    def of(self, rows: Integers) -> "View":
        """The same view of some of the customers."""
        return replace(self, distinct=self.distinct.drawn(rows))

    def shuffled(self, rng: np.random.Generator) -> "View":
        """Each variable given to other customers at random: the same margins, no joint structure.

        Shuffled rows repeat less, and chance shows as well in fewer: at most OTHERS customers, MOST_CELLS values.
        """
        room = min(OTHERS, MOST_CELLS // len(self.columns))
        matrix = self.matrix(None if self.count <= room else rng.choice(self.count, room, replace=False))
        for columns in self.variables:
            matrix[:, columns] = matrix[rng.permutation(len(matrix))][:, columns]
        return replace(self, distinct=distinct(matrix))


def behaviour_view(levels: Levels) -> View:
    """Profile and behaviour: ordered levels from 0 to 1 and whether there is one; a column per common category."""
    parts: list[tuple[tuple[str, ...], Floats]] = []
    for variable in levels.variables:
        if variable.clusters:
            codes = levels.codes[variable.name]
            part = _ordered(codes, len(variable.levels)) if variable.ordered else _one_hot(codes, len(variable.levels))
            names = ("level", "missing") if variable.ordered else tuple(level.key for level in variable.levels)
            parts.append((tuple(f"{variable.name}_{name}" for name in names), part))
    return view_of(BEHAVIOUR, parts)


def view_of(name: str, parts: Sequence[tuple[tuple[str, ...], Floats]]) -> View:
    """A view from the columns of each variable."""
    ends = np.cumsum([0, *(len(names) for names, _ in parts)])
    variables = tuple(tuple(range(start, end)) for start, end in pairwise(ends))
    matrix = np.hstack([part for _, part in parts])
    return View(name, distinct(matrix), tuple(c for names, _ in parts for c in names), variables)


def _ordered(codes: Codes, levels: int) -> Floats:
    known = codes != MISSING
    value = codes / max(levels - 1, 1)
    value = np.where(known, value, value[known].mean() if known.any() else 0.0)
    missing = (~known).astype(np.float64)
    return np.column_stack([value, missing if _common(missing) else np.zeros(len(codes))])


def _one_hot(codes: Codes, levels: int) -> Floats:
    columns = [(codes == level).astype(np.float64) for level in range(levels)]
    return np.column_stack([column if _common(column) else np.zeros(len(codes)) for column in columns])


def _common(flags: Floats) -> bool:
    return bool(RARE <= flags.mean() <= 1 - RARE) if len(flags) else False
