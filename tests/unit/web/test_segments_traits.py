"""The arithmetic behind the segment pages: lifts with intervals, NPS of a sample, means with their doubt."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from b2shift.web.console.segments.mixes import _reach
from b2shift.web.console.segments.traits import TraitLine, lines_of, marking, missing, pairs, reading
from b2shift.web.crm.answers import nps_from
from b2shift.web.crm.models import SegmentTrait


def trait(name: str, prevalence: float, overall: float | None, reach: float = 0.05) -> SegmentTrait:
    """A trait with a symmetric interval."""
    return SegmentTrait(
        segment_id="s",
        trait=name,
        label=f"tem {name}",
        prevalence=prevalence,
        low=prevalence - reach,
        high=prevalence + reach,
        overall=overall,
        lift=prevalence / overall if overall else None,
        members=10,
    )


def test_the_interval_of_a_lift_is_that_of_the_prevalence_over_the_base() -> None:
    (line,) = lines_of([trait("a", 0.5, 0.25)])
    assert (line.lift, line.lift_low, line.lift_high) == pytest.approx((2.0, 1.8, 2.2))
    assert line.certain
    (doubtful,) = lines_of([trait("b", 0.26, 0.25)])
    assert not doubtful.certain
    (unknown,) = lines_of([trait("c", 0.5, None)])
    assert (unknown.lift, unknown.lift_low, unknown.certain) == (None, None, False)


def test_what_marks_and_what_lacks() -> None:
    lines = lines_of([trait("a", 0.6, 0.2), trait("b", 0.5, 0.4), trait("c", 0.1, 0.5), trait("d", 0.48, 0.5)])
    assert [line.trait for line in marking(lines)] == ["a", "b"]
    assert [line.trait for line in missing(lines)] == ["c"]  # d's interval holds 1
    lone = trait("lone", 0.002, 0.0002, reach=0.0015)  # one member: a lift of 10 that may be 2.5
    assert [line.trait for line in marking(lines_of([lone, trait("a", 0.6, 0.2)]))] == ["a", "lone"]
    assert marking(lines_of([trait("doubt", 0.26, 0.25)])) == []
    assert reading("X", lines).startswith("O que mais marca X: tem a, em 60% dos membros contra 20% da base (lift 3,0")
    assert reading("X", []) == "Nenhum traço é mais comum em X do que na base."


def test_pairs_begin_with_what_tells_two_segments_apart() -> None:
    a = lines_of([trait("a", 0.6, 0.2), trait("b", 0.3, 0.3), trait("only", 0.9, 0.3)])
    b = lines_of([trait("a", 0.1, 0.2), trait("b", 0.31, 0.3)])
    told = pairs(a, b)
    assert [pair.label for pair in told] == ["tem a", "tem b", "tem only"]  # measured in both first
    assert [pair.apart for pair in told] == [True, False, False]
    assert told[2].b is None


def test_a_ratio_that_chance_may_have_made_comes_after_a_sure_one() -> None:
    a = lines_of([trait("rare", 0.004, 0.001, reach=0.0035), trait("common", 0.6, 0.3, reach=0.03)])
    b = lines_of([trait("rare", 0.001, 0.001, reach=0.0009), trait("common", 0.2, 0.3, reach=0.03)])
    assert [pair.label for pair in pairs(a, b)] == ["tem common", "tem rare"]


@given(st.lists(st.tuples(st.floats(0, 1), st.floats(0.01, 1)), max_size=8))
def test_pairs_are_symmetric_and_never_fail(values: list[tuple[float, float]]) -> None:
    a = lines_of(trait(f"t{n}", p, o) for n, (p, o) in enumerate(values))
    b: list[TraitLine] = lines_of(trait(f"t{n}", o, o) for n, (_p, o) in enumerate(values))
    assert {pair.label for pair in pairs(a, b)} == {pair.label for pair in pairs(b, a)}
    assert sum(pair.apart for pair in pairs(a, b)) == sum(pair.apart for pair in pairs(b, a))


def test_nps_needs_three_answers() -> None:
    assert nps_from(2, 2, 0) is None
    told = nps_from(10, 5, 3)
    assert told is not None
    assert told.value == pytest.approx(20.0)
    # variance of one answer 0.8 - 0.04, over 10 answers
    assert told.reach == pytest.approx(100 * 1.959964 * (0.76 / 10) ** 0.5)


@given(st.integers(3, 500), st.data())
def test_nps_stays_within_its_scale(answers: int, data: st.DataObject) -> None:
    promoters = data.draw(st.integers(0, answers))
    detractors = data.draw(st.integers(0, answers - promoters))
    told = nps_from(answers, promoters, detractors)
    assert told is not None
    assert -100 <= told.low <= told.value <= told.high <= 100


@given(st.lists(st.floats(0, 1), min_size=2, max_size=50))
def test_the_reach_of_a_mean_is_that_of_its_values(values: list[float]) -> None:
    mean = sum(values) / len(values)
    squared = sum(value * value for value in values) / len(values)
    spread = (sum((value - mean) ** 2 for value in values) / (len(values) - 1)) ** 0.5
    assert _reach(mean, squared, len(values)) == pytest.approx(1.959964 * spread / len(values) ** 0.5, abs=1e-6)


def test_the_reach_of_nothing_is_nothing() -> None:
    assert _reach(None, None, 0) == 0
    assert _reach(0.3, 0.09, 1) == 0
