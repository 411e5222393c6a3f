"""Which records are one company after all links: no chain of likenesses joins what is unlike at its ends."""

from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple, Protocol

from b2shift.identify.resolution.companies import CUSTOMER


class Claim(NamedTuple):
    """Somebody or the evidence says that a prospect (`one`) and another record are the same company."""

    one: int
    other: int
    chance: float


class Record(Protocol):
    """What is grouped: its table's word and its code there."""

    @property
    def kind(self) -> str:
        """Customer, prospect or contact."""

    @property
    def id(self) -> str:
        """The code."""


class Entities:
    """Groups of records, each with at most one customer."""

    def __init__(self, companies: Sequence[Record], likeness: Callable[[int, int], float]) -> None:
        self.companies, self.likeness = companies, likeness
        self.group: dict[int, set[int]] = {}
        self.customer: dict[int, int] = {}

    def join_all(self, claims: Iterable[Claim], apart: set[tuple[int, int]]) -> list[Claim]:
        """Join the likeliest first; the claims that would join what is apart are refused and come back.

        Groups join when the mean points over all pairs between them are positive (average linkage: R. R. Sokal and
        C. D. Michener, 1958) and neither a person nor another customer keeps them apart.
        """
        refused = []
        for claim in sorted(claims, key=lambda c: (-c.chance, self.companies[c.other].kind, c.one, c.other)):
            left, right = self._group(claim.one), self._group(claim.other)
            if left is not right and not self._join(left, right, claim, apart):
                refused.append(claim)
        return refused

    def _group(self, record: int) -> set[int]:
        return self.group.setdefault(record, {record})

    def _join(self, left: set[int], right: set[int], claim: Claim, apart: set[tuple[int, int]]) -> bool:
        customers = [r for r in left | right if self.companies[r].kind == CUSTOMER]
        across = [(min(a, b), max(a, b)) for a in left for b in right]
        if len(customers) > 1 or any(pair in apart for pair in across):
            return False
        if claim.chance < 1 and sum(self.likeness(*pair) for pair in across) <= 0:
            return False
        left |= right
        for record in right:
            self.group[record] = left
        return True

    def name(self, record: int) -> tuple[str, str | None, int]:
        """(entity, its customer if any, its records): the customer's code, or the first prospect's."""
        members = sorted(self._group(record), key=lambda r: (self.companies[r].kind, self.companies[r].id))
        first = self.companies[members[0]]
        return first.id, first.id if first.kind == CUSTOMER else None, len(members)
