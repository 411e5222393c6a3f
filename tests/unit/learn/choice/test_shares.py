"""Shares of arms: they add up, hold the floor, begin as told, follow the better arm, and stop a harmful one."""

from dataclasses import replace

import numpy as np
import pytest
from benchmarks.simulated_arms import WINDOW, course
from hypothesis import given, settings
from hypothesis import strategies as st

from b2shift.kernel.errors import InputError
from b2shift.learn.choice.shapes import NEVER, Arms, ShareReason, Trials
from b2shift.learn.choice.shares import shares

AFTER = st.one_of(st.just(NEVER), st.integers(0, WINDOW))
SPLIT = Arms(["a", "b", "c"], [0.5, 0.3, 0.2], 0.05, WINDOW)


@st.composite
def trials(draw: st.DrawFn) -> Trials:
    """Some trials of three arms in two groups."""
    rows = draw(
        st.lists(st.tuples(st.integers(0, 2), st.integers(0, 1), st.integers(0, 30), AFTER, AFTER), max_size=120)
    )
    return Trials.of(
        [(arm, group, max(age, one, two), one, two) for arm, group, age, one, two in rows],
        np.full((len(rows), 3), 1 / 3),
    )


def many(successes: list[list[int]], of: int, left: tuple[int, ...] = (0, 0, 0)) -> Trials:
    """`of` trials of every arm in every group (groups, arms), their windows over."""
    rows = [
        (arm, group, WINDOW, 2 if n < came else NEVER, 1 if n < left[arm] else NEVER)
        for group, row in enumerate(successes)
        for arm, came in enumerate(row)
        for n in range(of)
    ]
    return Trials.of(rows, np.full((len(rows), 3), 1 / 3))


@settings(max_examples=30, deadline=None)
@given(trials(), st.sets(st.sampled_from(["a", "b"]), max_size=2))
def test_shares_add_up_and_no_arm_that_runs_falls_below_its_floor(seen: Trials, stopped: set[str]) -> None:
    lines = shares(SPLIT, ["x", "y"], seen, stopped=stopped)
    for group in ("x", "y", ""):
        mine = [one for one in lines if one.group == group]
        assert sum(one.share for one in mine) == pytest.approx(1, abs=1e-12)
        out = {one.arm for one in mine if one.reason is ShareReason.STOPPED}
        assert out >= stopped
        assert len(out) < 3
        for one in mine:
            assert one.share == 0 if one.arm in out else one.share >= 0.0499
            assert 0 <= one.low <= one.mean <= one.high <= 1
            assert one.successes <= one.known + 1e-9 <= max(one.trials, one.successes) + 1e-6


def test_shares_begin_as_told_until_every_arm_is_known_of() -> None:
    for seen in (many([[0, 0, 0]], 0), many([[9, 1, 1]], 19)):
        lines = shares(SPLIT, ["x"], seen)
        assert [one.share for one in lines if one.group == "x"] == [0.5, 0.3, 0.2]
        assert {one.reason for one in lines} == {ShareReason.STARTING}
    learnt = [one.share for one in shares(SPLIT, ["x"], many([[15, 1, 1]], 40)) if one.group == "x"]
    assert learnt == pytest.approx([0.9, 0.05, 0.05], abs=1e-3)


def test_a_group_without_trials_is_as_one_not_seen_yet() -> None:
    lines = shares(SPLIT, ["x", "y", "z"], many([[10, 30, 20], [30, 10, 20]], 100))
    by = {(one.group, one.arm): one.share for one in lines}
    assert [by["z", arm] for arm in "abc"] == [by["", arm] for arm in "abc"]
    assert by["x", "b"] > by["", "b"] > by["y", "b"]


def test_one_group_alone_is_the_whole() -> None:
    lines = shares(SPLIT, ["x"], many([[10, 12, 9]], 100))
    ours, whole = ([one for one in lines if one.group == group] for group in ("x", ""))
    assert [(a.share, a.mean, a.low, a.high) for a in ours] == [(b.share, b.mean, b.low, b.high) for b in whole]


def test_groups_are_shrunk_by_as_much_as_they_are_alike() -> None:
    """A small group with a rate of its own: near the whole where large ones are alike, less so where they differ."""
    small = many([[5, 1, 1]], 10)

    def mean_of_the_small(large: list[list[int]]) -> float:
        one = many(large, 400)
        both = Trials(*(np.concatenate([getattr(one, name), getattr(small, name)]) for name in vars(one)))
        group = np.append(one.group, np.full(len(small.arm), len(large)))
        lines = shares(SPLIT, [*map(str, range(len(large))), "s"], replace(both, group=group))
        return next(line.mean for line in lines if (line.group, line.arm) == ("s", "a"))

    alike = mean_of_the_small([[40, 40, 40]] * 4)
    apart = mean_of_the_small([[4, 40, 80], [80, 4, 40], [40, 80, 4], [120, 10, 60]])
    assert 0.1 < alike < 0.2 < apart < 0.5


def test_an_arm_that_makes_customers_leave_is_stopped_and_stays_so() -> None:
    seen = many([[30, 60, 30]], 300, left=(2, 18, 3))
    lines = {one.arm: one for one in shares(SPLIT, ["x"], seen) if one.group == "x"}
    assert (lines["b"].share, lines["b"].reason, lines["b"].left) == (0, ShareReason.STOPPED, 18)
    later = {one.arm: one.share for one in shares(SPLIT, ["x"], many([[30, 60, 30]], 300), stopped={"b"})}
    assert later["b"] == 0
    same = shares(SPLIT, ["x"], many([[30, 60, 30]], 300, left=(9, 12, 9)))
    assert not [one for one in same if one.reason is ShareReason.STOPPED], "a difference that chance makes"


def test_the_last_arm_is_never_stopped() -> None:
    lines = shares(SPLIT, ["x"], many([[1, 1, 1]], 300, left=(0, 0, 90)), stopped={"a", "b"})
    assert [one.share for one in lines if one.group == "x"] == [0, 0, 1]


def test_a_floor_that_does_not_fit_is_refused() -> None:
    for floor in (0.01, 0.4):
        with pytest.raises(InputError):
            shares(Arms(["a", "b", "c"], [0.4, 0.3, 0.3], floor, WINDOW), ["x"], many([[1, 1, 1]], 1))


@pytest.mark.parametrize("rates", [[[0.1, 0.05]], [[0.12, 0.06, 0.06]], [[0.12, 0.04], [0.04, 0.12]]])
def test_regret_is_well_below_that_of_equal_shares(rates: list[list[float]]) -> None:
    assert np.mean([course(rates, seed=seed, days=50, a_day=100).regret for seed in range(3)]) < 0.45


def test_a_harmful_arm_is_left_although_it_sells_best() -> None:
    seen = course([[0.05, 0.15]], seed=3, leaving=(0.01, 0.10))
    assert {one.arm: one.share for one in seen.lines if one.group == "g0"} == {"a0": 1, "a1": 0}
