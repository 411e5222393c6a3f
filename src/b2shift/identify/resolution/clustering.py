"""Cluster matched records into entities: average linkage with cannot-link constraints, one customer per entity."""

from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple, Protocol

from b2shift.identify.resolution.companies import CUSTOMER


class Match(NamedTuple):
    """Two records, by position, that are one entity with this probability; 1 for what a person accepted."""

    one: int
    other: int
    probability: float


class Record(Protocol):
    """A record to cluster."""

    @property
    def kind(self) -> str:
        """Customer, prospect or contact."""

    @property
    def id(self) -> str:
        """Its code in its table."""


class Clusters:
    """A partition of records into clusters of at most one customer each; `points` scores any pair in bits."""

    def __init__(self, records: Sequence[Record], points: Callable[[int, int], float]) -> None:
        self.records, self.points = records, points
        self._cluster: dict[int, set[int]] = {}

    def merge_all(self, matches: Iterable[Match], cannot_link: set[tuple[int, int]]) -> list[Match]:
        """Merge by matches, the most probable first; returns those that were refused.

        Two clusters merge when the mean points over all pairs between them are positive (average linkage: R. R. Sokal
        and C. D. Michener, 1958) and no cannot-link pair (lower position first) and no second customer forbids it.
        """
        refused = []
        for match in sorted(matches, key=lambda m: (-m.probability, self.records[m.other].kind, m.one, m.other)):
            left, right = self._cluster_of(match.one), self._cluster_of(match.other)
            if left is not right and not self._merge(left, right, match, cannot_link):
                refused.append(match)
        return refused

    def _cluster_of(self, record: int) -> set[int]:
        return self._cluster.setdefault(record, {record})

    def _merge(self, left: set[int], right: set[int], match: Match, cannot_link: set[tuple[int, int]]) -> bool:
        customers = [r for r in left | right if self.records[r].kind == CUSTOMER]
        between = [(min(a, b), max(a, b)) for a in left for b in right]
        if len(customers) > 1 or any(pair in cannot_link for pair in between):
            return False
        if match.probability < 1 and sum(self.points(*pair) for pair in between) <= 0:
            return False
        left |= right
        for record in right:
            self._cluster[record] = left
        return True

    def together(self, one: int, other: int) -> bool:
        """Whether two records are of one entity."""
        return self._cluster_of(one) is self._cluster_of(other)

    def entity(self, record: int) -> tuple[str, str | None, int]:
        """(entity code, its customer or null, its size): the customer's code, else that of the first record."""
        members = sorted(self._cluster_of(record), key=lambda r: (self.records[r].kind, self.records[r].id))
        first = self.records[members[0]]
        return first.id, first.id if first.kind == CUSTOMER else None, len(members)
