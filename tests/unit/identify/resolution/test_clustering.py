"""Records that matches unite, and what is still asked about them."""

from dataclasses import dataclass

from b2shift.identify.resolution.clustering import Clusters, Match
from b2shift.identify.resolution.links import zone


@dataclass(frozen=True)
class Prospect:
    id: str
    kind: str = "prospect"


def test_a_doubt_about_records_that_others_united_is_none() -> None:
    clusters = Clusters([Prospect(one) for one in "abcd"], lambda _one, _other: 1.0)
    assert clusters.merge_all([Match(0, 1, 0.99), Match(1, 2, 0.99)], set()) == []
    assert clusters.together(0, 2)
    assert not clusters.together(0, 3)
    assert zone(0.3, together=clusters.together(0, 2)) == "same"
    assert zone(0.3, together=clusters.together(0, 3)) == "doubt"
    assert zone(0.05, together=True) == "other"
